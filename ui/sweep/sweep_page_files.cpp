#include "core/text/words.h"
#include "ui/background/latest_worker.h"
#include "ui/files/ask_for_path.h"
#include "ui/files/file_drops.h"
#include "ui/sweep/sweep_form.h"
#include "ui/sweep/sweep_page.h"
#include "ui/sweep/sweep_runner.h"

#include <QComboBox>
#include <QDropEvent>
#include <QPlainTextEdit>
#include <QSaveFile>

#include <exception>
#include <string_view>
#include <utility>
#include <variant>

// Where the page's text comes from and goes to: files and drafts.

namespace mergarium {
namespace {

/// A draft is a text alone; its last line says what paths in it are relative to.
constexpr std::string_view kFolderLine = "# Paths are relative to ";

}  // namespace

void SweepPage::open(const QString& path) {
    if (isGoing() || path.isEmpty()) return;
    presets_->setCurrentIndex(-1);
    quiet_.stop();
    looked_ = false;
    worker_->forget();
    using Answer = std::variant<SweepFile, QString>;
    worker_->run(
        [path = std::filesystem::path(path.toStdString())]() -> Answer {
            try {
                return readSweepFile(path);
            } catch (const std::exception& error) {
                return QString::fromStdString(words::failure(error, "this file"));
            }
        },
        [this](const Answer& answer) {
            if (const auto* sentence = std::get_if<QString>(&answer)) {
                Q_EMIT said({.kind = Message::Kind::Error, .sentence = *sentence});
                lookSoon();
            } else {
                const auto& file = std::get<SweepFile>(answer);
                replace(file, file.text);
            }
        });
}

void SweepPage::replace(const SweepFile& file, const std::string& pristine) {
    const bool edits = file_.text != pristine_;
    if (edits) before_ = {file_, pristine_};
    Q_EMIT left(edits);
    fill(file, pristine);
}

void SweepPage::fill(const SweepFile& file, const std::string& pristine) {
    quiet_.stop();
    worker_->forget();
    file_ = file;
    pristine_ = pristine;
    formLeads_ = false;
    filling_ = true;
    text_->setPlainText(QString::fromStdString(file.text));
    filling_ = false;
    looked_ = false;
    lookNow();
}

void SweepPage::goBack() {
    if (!canGoBack()) return;
    const auto now = file_.text != pristine_ ? std::optional(std::pair(file_, pristine_)) : std::nullopt;
    const auto [file, pristine] = *std::exchange(before_, now);
    presets_->setCurrentIndex(-1);
    Q_EMIT wentBack();
    fill(file, pristine);
}

std::string SweepPage::draft() const {
    if (file_.folder.empty()) return file_.text;
    const auto end = file_.text.empty() || file_.text.back() == '\n' ? "" : "\n";
    return file_.text + end + std::string(kFolderLine) + std::filesystem::absolute(file_.folder).string() + '\n';
}

QString SweepPage::draftName() const {
    try {
        if (const auto name = parseDraft(file_.text, {}).name; !name.empty()) return QString::fromStdString(name);
    } catch (const std::exception&) {
        // It isn't one yet.
    }
    return tr("sweep");
}

void SweepPage::reopen(const std::string& draft) {
    if (isGoing()) return;
    SweepFile file{.text = draft, .folder = {}, .source = tr("The sweep").toStdString()};
    if (const auto line = draft.rfind(kFolderLine);
        line != std::string::npos && (line == 0 || draft[line - 1] == '\n')) {
        const auto path = line + kFolderLine.size();
        const auto end = draft.find('\n', path);
        if (end == std::string::npos || end + 1 == draft.size()) {
            file.text.resize(line);
            file.folder = draft.substr(path, end == std::string::npos ? end : end - path);
        }
    }
    presets_->setCurrentIndex(-1);
    // It was edited, whatever it began as.
    replace(file, {});
}

void SweepPage::save(const QString& path) {
    QSaveFile file(path);
    const auto bytes = QByteArray::fromStdString(file_.text);
    if (!file.open(QSaveFile::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Q_EMIT said({.kind = Message::Kind::Error, .sentence = tr("%1: %2.").arg(path, file.errorString())});
    Q_EMIT said({.sentence = tr("The sweep was saved as %1.").arg(path)});
}

void SweepPage::askWhereToSave() {
    const auto name = outlook_.draft ? QString::fromStdString(outlook_.draft->name) : tr("sweep");
    auto path = mergarium::askWhereToSave(
        {.parent = this, .purpose = "sweeps", .title = tr("Save the sweep"), .filter = tr("Sweep (*.yaml)")},
        name + ".yaml");
    if (path.isEmpty()) return;
    if (!path.contains('.')) path += ".yaml";
    save(path);
}

void SweepPage::dragEnterEvent(QDragEnterEvent* event) {
    if (!isGoing() && !localPaths(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void SweepPage::dropEvent(QDropEvent* event) {
    open(localPaths(event->mimeData()).value(0));
    event->acceptProposedAction();
}

}  // namespace mergarium
