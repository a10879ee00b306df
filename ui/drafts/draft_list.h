#pragma once

#include "core/drafts/drafts.h"

#include <QDialog>

#include <vector>

class QPushButton;
class QStackedLayout;
class QTableView;

namespace mergarium {

class DraftModel;

/// The runs and sweeps that were set up and are kept: opened, duplicated, renamed, removed. The window goes on beside
/// it.
class DraftList : public QDialog {
    Q_OBJECT

public:
    explicit DraftList(QWidget* parent = nullptr);

    void setDrafts(const std::vector<Draft>& drafts);

Q_SIGNALS:
    void openRequested(const mergarium::Draft& draft);
    void duplicateRequested(qint64 id);
    void renameRequested(qint64 id, const QString& name);
    void removeRequested(qint64 id);

private:
    /// Null when none is chosen.
    const Draft* chosen() const;
    void judge();

    DraftModel* model_ = nullptr;
    QStackedLayout* pages_ = nullptr;
    QTableView* table_ = nullptr;
    QPushButton* open_ = nullptr;
    QPushButton* duplicate_ = nullptr;
    QPushButton* rename_ = nullptr;
    QPushButton* remove_ = nullptr;
};

}  // namespace mergarium
