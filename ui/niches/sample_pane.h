#pragma once

#include "ui/niches/niche_frame.h"
#include "ui/selection/selection.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace mergarium {

class MemberChoice;
class SampleTable;

/// The niches in numbers, and two members side by side, sample by sample: the selected one and one that is chosen here.
class SamplePane : public QWidget {
    Q_OBJECT

public:
    /// `selection` outlives the pane.
    explicit SamplePane(Selection& selection, QWidget* parent = nullptr);

    /// Null empties it.
    void setFrame(const NicheFramePtr& frame);
    /// Follows the selection.
    void mark();

private:
    void refresh();

    Selection& selection_;
    NicheFramePtr frame_;
    SampleTable* model_ = nullptr;
    MemberChoice* other_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* awaited_ = nullptr;
    /// The row is being chosen for what is selected elsewhere.
    bool marking_ = false;
    bool sized_ = false;
};

}  // namespace mergarium
