#pragma once

#include "ui/niches/niche_frame.h"
#include "ui/selection/selection.h"

#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;

namespace mergarium {

class MemberChoice;
class PictureBoard;

/// What the fittest members painted, beside the references, caption by caption; or two members side by side: the
/// selected one and one that is chosen here.
class PicturePane : public QWidget {
    Q_OBJECT

public:
    /// `selection` outlives the pane.
    explicit PicturePane(Selection& selection, QWidget* parent = nullptr);

    /// Null empties it.
    void setFrame(const NicheFramePtr& frame);
    /// Follows the selection.
    void mark();

Q_SIGNALS:
    void readoutChanged(const QString& text);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Whom { Fitting, All, Two };

    Whom whom() const;
    void refresh();
    std::vector<MemberPtr> members() const;

    Selection& selection_;
    NicheFramePtr frame_;
    QComboBox* whom_ = nullptr;
    QLabel* beside_ = nullptr;
    MemberChoice* other_ = nullptr;
    PictureBoard* board_ = nullptr;
};

}  // namespace mergarium
