#include "ui/export/writing_dialog.h"

#include "ui/export/described_row.h"
#include "ui/export/export_progress.h"
#include "ui/export/new_folder.h"
#include "ui/files/ask_for_path.h"
#include "ui/setup/path_edit.h"
#include "ui/theme/plain_labels.h"

#include <QDesktopServices>
#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace mergarium {
namespace {

/// Of what folders are remembered for.
const QString kWrittenModels = QStringLiteral("exports");

}  // namespace

WritingDialog::WritingDialog(std::filesystem::path file, const QString& title, const QString& verb, const char* name,
                             QWidget* parent)
    : QDialog(parent),
      file_(std::move(file)),
      title_(new QLabel(this)),
      rows_(new QFormLayout),
      parent_(new PathEdit(PathEdit::Kind::Folder, {}, this)),
      folder_(new QLineEdit(this)),
      verdict_(new QLabel(this)),
      start_(new QPushButton(verb, this)),
      verb_(verb),
      progress_(new ExportProgress(this)),
      job_(new ExportJob(this)) {
    setWindowTitle(title);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    for (auto* label : {title_, verdict_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    parent_->setName(tr("Where the new folder is made"));
    const auto before = folderFor(*this, kWrittenModels);
    parent_->setPath(before.isEmpty() ? QDir::homePath() : before);
    verdict_->setMinimumHeight(fontMetrics().lineSpacing() * 2);
    start_->setDefault(true);
    auto* close = new QPushButton(tr("&Close"), this);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(start_);
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title_);
    layout->addLayout(rows_);
    layout->addWidget(verdict_);
    layout->addWidget(progress_);
    layout->addLayout(buttons);
    title_->setObjectName("title");
    start_->setObjectName(name);
    verdict_->setObjectName("verdict");
    start_->setEnabled(false);

    connect(parent_, &PathEdit::changed, this, [this] { review(); });
    connect(folder_, &QLineEdit::textChanged, this, [this] { review(); });
    connect(start_, &QPushButton::clicked, this, [this] { job_->isRunning() ? job_->cancel() : begin(); });
    connect(close, &QPushButton::clicked, this, &WritingDialog::reject);
    connectJob();
}

void WritingDialog::connectJob() {
    connect(job_, &ExportJob::progressed, this,
            [this](const QString& what, std::uint64_t done, std::uint64_t total, double perSecond) {
                showSentence(*verdict_, what);
                progress_->setProgress(done, total, perSecond);
            });
    connect(job_, &ExportJob::cancelled, this, [this] {
        setRunning(false);
        showSentence(*verdict_, cancelledText());
    });
    connect(job_, &ExportJob::failed, this, [this](const QString& sentence) {
        setRunning(false);
        showWarning(*verdict_, sentence);
        Q_EMIT said({.kind = Message::Kind::Error, .sentence = sentence});
    });
    connect(job_, &ExportJob::finished, this, [this](const ExportResult& result) {
        setRunning(false);
        const auto folder = QString::fromStdString(result.folder.string());
        Q_EMIT said({.sentence = finishedText(result), .action = tr("Open folder"), .carryOut = [folder] {
                         QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
                     }});
        accept();
    });
}

void WritingDialog::addRow(const QString& name, QWidget* editor, const char* key, const QString& meaning) {
    addDescribedRow(*rows_, name, editor, key, meaning);
}

void WritingDialog::addPlace(const QString& folderName, const QString& meaning) {
    addRow(tr("&In"), parent_, "parent", tr("Where the new folder is made."));
    addRow(folderName, folder_, "folder", meaning);
}

std::filesystem::path WritingDialog::wishedFolder() const { return newFolder(parent_->path(), folder_->text()); }

void WritingDialog::start(const ExportJob::Work& work) {
    rememberFolder(*this, kWrittenModels, QString::fromStdString(wishedFolder().string()));
    job_->begin(work);
    setRunning(true);
}

void WritingDialog::setRunning(bool running) {
    for (QWidget* place : {static_cast<QWidget*>(parent_), static_cast<QWidget*>(folder_)}) place->setEnabled(!running);
    for (auto* editor : editors_) editor->setEnabled(!running);
    start_->setText(running ? tr("C&ancel") : verb_);
    start_->setEnabled(true);
    progress_->setRunning(running);
    if (running)
        verdict_->clear();
    else
        review();
}

void WritingDialog::reject() {
    if (job_->isRunning()) {
        job_->cancel();
        Q_EMIT said({.sentence = cancelledText()});
    }
    QDialog::reject();
}

}  // namespace mergarium
