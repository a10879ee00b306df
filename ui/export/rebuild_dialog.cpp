#include "ui/export/rebuild_dialog.h"

#include "core/evaluation/checkpoint_founders.h"
#include "core/text/words.h"
#include "ui/export/new_folder.h"
#include "ui/session/run_text.h"
#include "ui/setup/path_edit.h"
#include "ui/theme/plain_labels.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace mergarium {
namespace {

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
    : WritingDialog(std::move(recipe), tr("Rebuild a model"), tr("&Rebuild"), "rebuild", parent),
      rebuild_(rebuild ? std::move(rebuild) : rebuildWithCache),
      founders_(new QListWidget(this)),
      models_(new PathEdit(PathEdit::Kind::Folder, tr("beside the recipe"), this)) {
    founders_->setAccessibleName(tr("Founders of the model, and where they lie"));
    founders_->setMaximumHeight(fontMetrics().lineSpacing() * (kFoundersInSight + 1));
    models_->setName(tr("A folder that holds the founders"));

    addRow(tr("&Founders"), founders_, "founders", tr("The models that it is merged of."));
    addRow(tr("&Models in"), models_, "models", tr("A folder in which founders are looked for by their names."));
    addPlace(tr("F&older"), tr("The new folder, equal to the one that the recipe is from."));
    restWhileWriting({models_});

    connect(models_, &PathEdit::changed, this, [this] { review(); });
    read();
}

QString RebuildDialog::finishedText(const ExportResult& result) const {
    return tr("%1 was made again in %2 (%3), equal to the byte; contents %4.")
        .arg(QString::fromStdString(recipe_->name), textOf(result.folder), bytesText(static_cast<double>(result.bytes)),
             QString::fromStdString(result.hash).left(12));
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
    return {.recipe = file_, .folder = wishedFolder(), .models = models_->path().toStdString()};
}

void RebuildDialog::review() {
    if (isWriting() || !recipe_) return;
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
    start([rebuild = rebuild_, wish = request()](const Announce& announce) { return rebuild(wish, announce); });
}

QString RebuildDialog::cancelledText() const {
    return tr("Rebuilding %1 was cancelled; nothing is left of it.").arg(textOf(file_));
}

}  // namespace mergarium
