#include "ui/export/merge_dialog.h"

#include "core/files/scratch_place.h"
#include "core/text/words.h"
#include "ui/export/new_folder.h"
#include "ui/session/run_text.h"
#include "ui/setup/path_edit.h"
#include "ui/theme/plain_labels.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>

#include <exception>
#include <limits>
#include <utility>

namespace mergarium {
namespace {

constexpr int kModelsInSight = 5;
constexpr std::size_t kNotesInSight = 4;

QString placeText(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

QString lineOf(const MergeOutline::Model& model) {
    auto line = MergeDialog::tr("%1: %2").arg(QString::fromStdString(model.name), placeText(model.place.base));
    for (const auto& [path, weight] : model.place.adapter.all()) line += QStringLiteral(" + ") + placeText(path);
    if (model.layers > 0) line += MergeDialog::tr(", %1 layers").arg(model.layers);
    if (model.isBase) line += MergeDialog::tr(" (base)");
    return line;
}

}  // namespace

MergeDialog::MergeDialog(std::filesystem::path configuration, QWidget* parent, Work work)
    : WritingDialog(std::move(configuration), tr("Merge models"), tr("&Merge"), "merge", parent),
      work_(std::move(work)),
      models_(new QListWidget(this)),
      notes_(new QLabel(this)),
      places_(new PathEdit(PathEdit::Kind::Folder, tr("beside the file, and downloaded ones"), this)),
      seed_(new QSpinBox(this)) {
    notes_->setWordWrap(true);
    notes_->setTextFormat(Qt::PlainText);
    models_->setAccessibleName(tr("The models that are merged, and where they lie"));
    models_->setMaximumHeight(fontMetrics().lineSpacing() * (kModelsInSight + 1));
    places_->setName(tr("A folder that holds the models"));
    seed_->setRange(0, std::numeric_limits<int>::max());

    addRow(tr("M&odels"), models_, "models", tr("The models that the file names."));
    addRow({}, notes_, "notes", tr("What there is to know of this merge."));
    addRow(tr("Models i&n"), places_, "places",
           tr("A folder in which models are looked for by their names; before it beside the file, behind it from the "
              "current folder and among those that were downloaded from Hugging Face."));
    addPlace(tr("&Folder"), tr("The new folder: weights, configuration, tokenizer, model card and the file itself."));
    addRow(tr("&Seed"), seed_, "seed", tr("Of what the method draws at random; the same seed gives the same bytes."));
    restWhileWriting({places_, seed_});
    rows_->setRowVisible(notes_, false);
    rows_->setRowVisible(seed_, false);
    folder_->setText(tr("%1-merged").arg(QString::fromStdString(file_.stem().string())));

    connect(places_, &PathEdit::changed, this, &MergeDialog::read);
    showSentence(*title_, placeText(file_));
    read();
}

QString MergeDialog::finishedText(const ExportResult& result) const {
    return tr("%1 was merged into %2 (%3), read back and verified; contents %4.")
        .arg(placeText(file_.filename()), placeText(result.folder), bytesText(static_cast<double>(result.bytes)),
             QString::fromStdString(result.hash).left(12));
}

void MergeDialog::read() {
    if (isWriting()) return;
    read_ = {};
    start_->setEnabled(false);
    showSentence(*verdict_, tr("Reading the models' headers."));
    worker_.forget();
    worker_.run(
        [file = file_, folder = places_->path().toStdString(), outline = work_.outline] {
            Read read;
            try {
                ConfiguredMerge merge{.configuration = readMergeConfiguration(file), .scratch = scratchPlace()};
                if (!folder.empty()) merge.models.emplace_back(folder);
                read.outline = outline ? outline(merge) : outlineOf(merge);
                read.configuration = std::move(merge.configuration);
            } catch (const std::exception& error) {
                read.problem = QString::fromStdString(words::failure(error, "reading the merge"));
            }
            return read;
        },
        [this](Read read) { take(std::move(read)); });
}

void MergeDialog::take(Read read) {
    read_ = std::move(read);
    models_->clear();
    rows_->setRowVisible(notes_, false);
    rows_->setRowVisible(seed_, false);
    if (read_.outline) describe();
    review();
}

void MergeDialog::describe() {
    const auto& outline = *read_.outline;
    auto what = tr("%1 makes one model of %2 by the method %3: ")
                    .arg(placeText(file_))
                    .arg(outline.models.size())
                    .arg(QString::fromStdString(outline.method));
    if (outline.layers > 0) what += tr("%1 layers, ").arg(outline.layers);
    what += tr("%1 tensors, %2.").arg(countText(outline.tensors), bytesText(static_cast<double>(outline.bytes)));
    showSentence(*title_, what);
    for (const auto& model : outline.models) models_->addItem(lineOf(model));
    QStringList notes;
    for (const auto& note : outline.notes) notes << QString::fromStdString(note);
    notes_->setToolTip(notes.join('\n'));
    if (outline.notes.size() > kNotesInSight) {
        notes = notes.first(static_cast<qsizetype>(kNotesInSight));
        notes << tr("and %1 more").arg(outline.notes.size() - kNotesInSight);
    }
    notes_->setText(notes.join('\n'));
    rows_->setRowVisible(notes_, !notes.isEmpty());
    rows_->setRowVisible(seed_, outline.isRandom);
}

ConfiguredMerge MergeDialog::request() const {
    ConfiguredMerge merge{.configuration = *read_.configuration,
                          .folder = wishedFolder(),
                          .seed = static_cast<std::uint64_t>(seed_->value()),
                          .scratch = scratchPlace()};
    if (const auto folder = places_->path().toStdString(); !folder.empty()) merge.models.emplace_back(folder);
    return merge;
}

void MergeDialog::review() {
    if (isWriting()) return;
    if (!read_.outline) {
        start_->setEnabled(false);
        if (!read_.problem.isEmpty()) showWarning(*verdict_, read_.problem);
        return;
    }
    const auto problem = problemOfNewFolder(parent_->path(), folder_->text());
    start_->setEnabled(problem.isEmpty());
    showSentence(*verdict_, problem.isEmpty() ? tr("Models are read piece by piece, whatever their size; what was "
                                                   "written is read back before the folder gets its name.")
                                              : problem);
}

void MergeDialog::begin() {
    start([merge = work_.merge, wish = request()](const Announce& announce) -> ExportResult {
        auto result = merge ? merge(wish, announce) : mergeAsConfigured(wish, announce);
        return {.folder = std::move(result.folder),
                .bytes = result.bytes,
                .hash = std::move(result.hash),
                .notes = std::move(result.notes)};
    });
}

QString MergeDialog::cancelledText() const {
    return tr("The merge of %1 was cancelled; nothing is left of it.").arg(placeText(file_));
}

}  // namespace mergarium
