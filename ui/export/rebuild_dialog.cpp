#include "ui/export/rebuild_dialog.h"

#include "core/evaluation/checkpoint_founders.h"
#include "core/text/words.h"
#include "ui/export/described_row.h"
#include "ui/export/export_progress.h"
#include "ui/export/new_folder.h"
#include "ui/files/ask_for_path.h"
#include "ui/session/run_text.h"
#include "ui/setup/path_edit.h"
#include "ui/theme/plain_labels.h"

#include <QDesktopServices>
#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace mergarium {
namespace {

/// Of what folders are remembered for.
const QString kExports = QStringLiteral("exports");
constexpr int kFoundersInSight = 5;

QString textOf(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

QString lineOf(const FoundFounder& founder, std::size_t number) {
    const auto name = RebuildDialog::tr("%1  %2: ").arg(number).arg(QString::fromStdString(founder.name));
    if (!founder.place) return name + RebuildDialog::tr("not found");
    if (founder.place->adapter.empty()) return name + textOf(founder.place->base);
    QStringList adapters;
    for (const auto& [path, weight] : founder.place->adapter.all()) adapters << textOf(path);
    return name + RebuildDialog::tr("%1, with the adapter %2")
                      .arg(textOf(founder.place->base), adapters.join(QStringLiteral(", ")));
}

ExportResult rebuildWithCache(const RebuildRequest& request, const Announce& announce) {
    return rebuildModel(request, founderCache({}), announce);
}

}  // namespace

RebuildDialog::RebuildDialog(std::filesystem::path recipe, QWidget* parent, Rebuild rebuild)
    : QDialog(parent),
      file_(std::move(recipe)),
      rebuild_(rebuild ? std::move(rebuild) : rebuildWithCache),
      title_(new QLabel(this)),
      founders_(new QListWidget(this)),
      models_(new PathEdit(PathEdit::Kind::Folder, tr("beside the recipe"), this)),
      parent_(new PathEdit(PathEdit::Kind::Folder, {}, this)),
      folder_(new QLineEdit(this)),
      verdict_(new QLabel(this)),
      progress_(new ExportProgress(this)),
      start_(new QPushButton(tr("&Rebuild"), this)),
      close_(new QPushButton(tr("&Close"), this)),
      job_(new ExportJob(this)) {
    setWindowTitle(tr("Rebuild a model"));
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    title_->setWordWrap(true);
    title_->setTextFormat(Qt::PlainText);
    founders_->setAccessibleName(tr("Founders of the model, and where they lie"));
    founders_->setMaximumHeight(fontMetrics().lineSpacing() * (kFoundersInSight + 1));
    models_->setName(tr("A folder that holds the founders"));
    parent_->setName(tr("Where the new folder is made"));
    const auto before = folderFor(*this, kExports);
    parent_->setPath(before.isEmpty() ? QDir::homePath() : before);
    verdict_->setWordWrap(true);
    verdict_->setMinimumHeight(fontMetrics().lineSpacing() * 2);
    start_->setDefault(true);

    auto* form = new QFormLayout;
    const auto add = [&](const QString& name, QWidget* editor, const char* key, const QString& meaning) {
        addDescribedRow(*form, name, editor, key, meaning);
    };
    add(tr("&Founders"), founders_, "founders", tr("The models that it is merged of."));
    add(tr("&Models in"), models_, "models", tr("A folder in which founders are looked for by their names."));
    add(tr("&In"), parent_, "parent", tr("Where the new folder is made."));
    add(tr("F&older"), folder_, "folder", tr("The new folder, equal to the one that the recipe is from."));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(start_);
    buttons->addWidget(close_);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title_);
    layout->addLayout(form);
    layout->addWidget(verdict_);
    layout->addWidget(progress_);
    layout->addLayout(buttons);
    title_->setObjectName("title");
    start_->setObjectName("rebuild");
    verdict_->setObjectName("verdict");

    for (auto* one : {models_, parent_}) connect(one, &PathEdit::changed, this, &RebuildDialog::review);
    connect(folder_, &QLineEdit::textChanged, this, &RebuildDialog::review);
    connect(start_, &QPushButton::clicked, this, &RebuildDialog::begin);
    connect(close_, &QPushButton::clicked, this, &RebuildDialog::reject);
    connectJob();
    start_->setEnabled(false);
    read();
}

void RebuildDialog::connectJob() {
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
        const auto folder = textOf(result.folder);
        Q_EMIT said({.sentence = tr("%1 was made again in %2 (%3), equal to the byte; contents %4.")
                                     .arg(QString::fromStdString(recipe_->name), folder,
                                          bytesText(static_cast<double>(result.bytes)),
                                          QString::fromStdString(result.hash).left(12)),
                     .action = tr("Open folder"),
                     .carryOut = [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }});
        accept();
    });
}

void RebuildDialog::read() {
    showSentence(*verdict_, tr("Reading the recipe."));
    using Answer = std::variant<ModelRecipe, QString>;
    worker_.run(
        [file = file_]() -> Answer {
            try {
                return readModelRecipe(file);
            } catch (const std::exception& error) {
                return QString::fromStdString(words::failure(error, "reading the recipe"));
            }
        },
        [this](Answer answer) {
            if (const auto* sentence = std::get_if<QString>(&answer))
                showWarning(*verdict_, *sentence);
            else
                describe(std::get<ModelRecipe>(std::move(answer)));
        });
}

void RebuildDialog::describe(ModelRecipe recipe) {
    recipe_ = std::move(recipe);
    showSentence(*title_,
                 tr("%1, a model of %2 founders, is made again as %3 describes it. Its contents must become %4.")
                     .arg(QString::fromStdString(recipe_->name))
                     .arg(recipe_->founders.size())
                     .arg(textOf(file_), QString::fromStdString(recipe_->result).left(12)));
    folder_->setText(tr("%1-again").arg(textOf(std::filesystem::absolute(file_).parent_path().filename())));
    review();
    folder_->setFocus();
}

RebuildRequest RebuildDialog::request() const {
    return {.recipe = file_,
            .folder = newFolder(parent_->path(), folder_->text()),
            .models = models_->path().toStdString()};
}

void RebuildDialog::review() {
    if (job_->isRunning() || !recipe_) return;
    const auto wish = request();
    const auto found = foundFounders(wish, *recipe_);
    founders_->clear();
    for (std::size_t k = 0; k < found.size(); ++k) founders_->addItem(lineOf(found[k], k + 1));
    const auto missing = std::ranges::count_if(found, [](const auto& one) { return !one.place; });
    QString problem;
    if (missing > 0)
        problem =
            tr("%1 of %2 founders were not found; name the folder that holds them.").arg(missing).arg(found.size());
    else
        problem = problemOfNewFolder(parent_->path(), folder_->text());
    start_->setEnabled(problem.isEmpty());
    showSentence(*verdict_, problem.isEmpty()
                                ? tr("Founders are compared with the recipe's before anything is written, and what was "
                                     "written is read back.")
                                : problem);
}

void RebuildDialog::begin() {
    if (job_->isRunning()) return job_->cancel();
    const auto wish = request();
    rememberFolder(*this, kExports, textOf(wish.folder));
    job_->begin([rebuild = rebuild_, wish](const Announce& announce) { return rebuild(wish, announce); });
    setRunning(true);
}

void RebuildDialog::setRunning(bool running) {
    for (QWidget* editor :
         {static_cast<QWidget*>(models_), static_cast<QWidget*>(parent_), static_cast<QWidget*>(folder_)})
        editor->setEnabled(!running);
    start_->setText(running ? tr("C&ancel") : tr("&Rebuild"));
    start_->setEnabled(true);
    progress_->setRunning(running);
    if (running)
        verdict_->clear();
    else
        review();
}

QString RebuildDialog::cancelledText() const {
    return tr("Rebuilding %1 was cancelled; nothing is left of it.").arg(textOf(file_));
}

void RebuildDialog::reject() {
    if (job_->isRunning()) {
        job_->cancel();
        Q_EMIT said({.sentence = cancelledText()});
    }
    QDialog::reject();
}

}  // namespace mergarium
