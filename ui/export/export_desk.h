#pragma once

#include "core/run/snapshot.h"
#include "ui/export/export_job.h"
#include "ui/message_bar/message_bar.h"

#include <QObject>

#include <filesystem>
#include <optional>

namespace mergarium {

class ExportDialog;

/// Brings the export dialog and the job that writes together. One export at a time.
class ExportDesk : public QObject {
    Q_OBJECT

public:
    ExportDesk(std::filesystem::path database, QWidget* window, ExportJob::Write write = exportModel);

    /// Asks where to put a member of the shown run; absent: the best one.
    void ask(const SnapshotPtr& snapshot, std::optional<MemberId> member);
    bool isWriting() const { return job_->isRunning(); }
    ExportDialog& dialog() { return *dialog_; }

Q_SIGNALS:
    void said(const mergarium::Message& message);

private:
    std::filesystem::path database_;
    ExportDialog* dialog_ = nullptr;
    ExportJob* job_ = nullptr;
    MemberId member_;
};

}  // namespace mergarium
