#include "ui/export/export_desk.h"

#include "ui/export/export_dialog.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"

#include <QDesktopServices>
#include <QUrl>
#include <QWidget>

#include <utility>

namespace mergarium {

ExportDesk::ExportDesk(std::filesystem::path database, QWidget* window, ExportJob::Write write)
    : QObject(window),
      database_(std::move(database)),
      dialog_(new ExportDialog(window)),
      job_(new ExportJob(this, std::move(write))) {
    connect(dialog_, &ExportDialog::exportRequested, this, [this](const ExportWish& wish) {
        member_ = wish.member;
        dialog_->setRunning(true);
        job_->start({.database = database_,
                     .run = wish.run,
                     .member = wish.member,
                     .folder = wish.folder,
                     .dtype = wish.dtype,
                     .outOfRange = wish.outOfRange,
                     .shardSize = wish.shardBytes,
                     .form = wish.form});
    });
    connect(dialog_, &ExportDialog::cancelRequested, job_, &ExportJob::cancel);
    connect(job_, &ExportJob::progressed, dialog_, &ExportDialog::setProgress);
    connect(job_, &ExportJob::cancelled, this, [this] {
        dialog_->setRunning(false);
        Q_EMIT said(
            {.sentence = tr("The export of %1 was cancelled; nothing was left behind.").arg(memberText(member_))});
    });
    connect(job_, &ExportJob::failed, this, [this](const QString& sentence) {
        dialog_->setFailure(sentence);
        Q_EMIT said({.kind = Message::Kind::Error, .sentence = sentence});
    });
    connect(job_, &ExportJob::finished, this, [this](const ExportResult& result) {
        dialog_->setRunning(false);
        dialog_->accept();
        const auto folder = QString::fromStdString(result.folder.string());
        Q_EMIT said({.sentence = tr("%1 was exported to %2 (%3), read back and verified; contents %4.")
                                     .arg(memberText(member_), folder, bytesText(static_cast<double>(result.bytes)),
                                          QString::fromStdString(result.hash).left(12)),
                     .action = tr("Open folder"),
                     .carryOut = [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }});
    });
}

void ExportDesk::ask(const SnapshotPtr& snapshot, std::optional<MemberId> member) {
    if (!hasMembers(snapshot) || !snapshot->run) {
        Q_EMIT said(
            {.sentence = tr("There is no model to export yet: start a run, or open one from the list of runs.")});
        return;
    }
    dialog_->setRun(snapshot->run->id, runName(*snapshot), exportChoices(*snapshot));
    if (member) dialog_->choose(*member);
    dialog_->show();
    dialog_->raise();
}

}  // namespace mergarium
