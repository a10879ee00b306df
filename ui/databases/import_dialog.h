#pragma once

#include "core/store/run_catalog.h"
#include "ui/background/latest_worker.h"
#include "ui/message_bar/message_bar.h"

#include <QDialog>

#include <filesystem>
#include <vector>

class QLabel;
class QListWidget;
class QPushButton;

namespace mergarium {

/// Which runs of another database are copied into the shown one. Reads and copies on a thread of its own; closing it
/// waits for a copy that has begun.
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    ImportDialog(std::filesystem::path database, std::filesystem::path from, QWidget* parent = nullptr);

Q_SIGNALS:
    /// What came of it, in one sentence.
    void said(const mergarium::Message& message);
    void imported();

private:
    void list(const std::vector<RunSummary>& runs);
    void begin();
    void judge();

    const std::filesystem::path database_, from_;
    QListWidget* runs_;
    QLabel* state_;
    QPushButton* import_;
    bool listed_ = false;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
