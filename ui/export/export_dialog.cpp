#include "ui/export/export_dialog.h"

#include "ui/export/described_row.h"
#include "ui/export/export_progress.h"
#include "ui/export/new_folder.h"
#include "ui/files/ask_for_path.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/setup/path_edit.h"
#include "ui/theme/plain_labels.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <algorithm>

namespace mergarium {
namespace {

constexpr double kGigabyte = 1e9;
/// Of what folders are remembered for.
const QString kPurpose = QStringLiteral("exports");

/// "digits from specialists" -> "digits-from-specialists".
QString fileName(const QString& name) {
    auto words = name.toLower();
    words.replace(QRegularExpression("[^a-z0-9._]+"), "-");
    return words.remove(QRegularExpression("^-+|-+$"));
}

}  // namespace

ExportChoices exportChoices(const SessionSnapshot& snapshot) {
    std::vector<MemberPtr> members;
    for (const auto& member : snapshot.members)
        if (member) members.push_back(member);
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
        const double first = a->scores.total(), second = b->scores.total();
        return first != second ? first > second : a->id < b->id;
    });
    ExportChoices choices{
        .members = {},
        .pipelines = snapshot.run && std::ranges::any_of(snapshot.run->layout.tensors, [](const auto& one) {
                         return one.name.starts_with("unet.");
                     })};
    for (const auto& member : members)
        choices.members.push_back(
            {member->id,
             QObject::tr("%1, %2 % in training").arg(memberText(member->id), percentNumber(member->scores.mean()))});
    return choices;
}

ExportDialog::ExportDialog(QWidget* parent)
    : QDialog(parent),
      member_(new QComboBox(this)),
      parent_(new PathEdit(PathEdit::Kind::Folder, {}, this)),
      folder_(new QLineEdit(this)),
      dtype_(new QComboBox(this)),
      clamp_(new QCheckBox(tr("Clamp what is too lar&ge"), this)),
      shard_(new QDoubleSpinBox(this)),
      form_(new QComboBox(this)),
      rows_(new QFormLayout),
      verdict_(new QLabel(this)),
      progress_(new ExportProgress(this)),
      export_(new QPushButton(tr("&Export"), this)),
      close_(new QPushButton(tr("&Close"), this)) {
    setWindowTitle(tr("Export a model"));
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    dtype_->addItem(tr("as stored"), -1);
    for (const auto& [name, dtype] : {std::pair(tr("bf16"), DType::BF16), std::pair(tr("fp16"), DType::F16),
                                      std::pair(tr("fp32"), DType::F32), std::pair(tr("fp8 (E4M3)"), DType::F8E4M3)})
        dtype_->addItem(name, static_cast<int>(dtype));
    shard_->setRange(0.001, 1000.0);
    shard_->setDecimals(3);
    shard_->setValue(5.0);
    shard_->setSuffix(tr(" GB"));
    shard_->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    parent_->setName(tr("Where the new folder is made"));
    const auto before = folderFor(*this, kPurpose);
    parent_->setPath(before.isEmpty() ? QDir::homePath() : before);
    verdict_->setWordWrap(true);
    verdict_->setMinimumHeight(fontMetrics().lineSpacing() * 2);
    export_->setDefault(true);

    form_->addItem(tr("as the founders"), -1);
    form_->addItem(tr("a folder per network (diffusers)"), static_cast<int>(PipelineForm::Folder));
    form_->addItem(tr("a single file (ComfyUI, web interfaces)"), static_cast<int>(PipelineForm::SingleFile));

    const auto add = [&](const QString& name, QWidget* editor, const char* key, const QString& meaning) {
        addDescribedRow(*rows_, name, editor, key, meaning);
    };
    add(tr("&Model"), member_, "member", tr("A member of the archive."));
    add(tr("&In"), parent_, "parent", tr("Where the new folder is made."));
    add(tr("&Folder"), folder_, "folder",
        tr("The new folder: weights, configuration, tokenizer, recipe and model card."));
    add(tr("&Numbers"), dtype_, "dtype", tr("As the founders store them, or rounded to one type."));
    add({}, clamp_, "clamp", tr("Numbers that the type can't hold become its largest; else they are refused."));
    add(tr("Files &of"), shard_, "shard", tr("No file of weights becomes larger."));
    add(tr("Fo&rm"), form_, "form", tr("How the pipeline lies on the disk."));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(export_);
    buttons->addWidget(close_);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(rows_);
    layout->addWidget(verdict_);
    layout->addWidget(progress_);
    layout->addLayout(buttons);
    export_->setObjectName("export");
    verdict_->setObjectName("verdict");

    connect(member_, &QComboBox::currentIndexChanged, this, &ExportDialog::nameFolder);
    connect(parent_, &PathEdit::changed, this, &ExportDialog::review);
    connect(folder_, &QLineEdit::textChanged, this, &ExportDialog::review);
    connect(export_, &QPushButton::clicked, this, [this] {
        if (running_) return Q_EMIT cancelRequested();
        rememberFolder(*this, kPurpose, QDir(parent_->path()).filePath(folder_->text()));
        Q_EMIT exportRequested(wish());
    });
    connect(close_, &QPushButton::clicked, this, &ExportDialog::reject);
    setRunning(false);
}

void ExportDialog::setRun(RunId run, const QString& name, ExportChoices choices) {
    if (running_) return;
    run_ = run;
    name_ = name;
    candidates_ = std::move(choices.members);
    rows_->setRowVisible(form_, choices.pipelines);
    if (!choices.pipelines) form_->setCurrentIndex(0);
    member_->clear();
    for (const auto& one : candidates_) member_->addItem(one.words);
    nameFolder();
}

void ExportDialog::choose(MemberId member) {
    if (running_) return;
    const auto found =
        std::find_if(candidates_.begin(), candidates_.end(), [&](const auto& one) { return one.member == member; });
    if (found != candidates_.end()) member_->setCurrentIndex(static_cast<int>(found - candidates_.begin()));
}

void ExportDialog::nameFolder() {
    const int row = member_->currentIndex();
    if (row >= 0)
        folder_->setText(
            QStringLiteral("%1-%2").arg(fileName(name_)).arg(candidates_[static_cast<std::size_t>(row)].member.value));
    review();
}

ExportWish ExportDialog::wish() const {
    const int row = member_->currentIndex();
    const int dtype = dtype_->currentData().toInt(), form = form_->currentData().toInt();
    return {.run = run_,
            .member = row < 0 ? MemberId{} : candidates_[static_cast<std::size_t>(row)].member,
            .folder = newFolder(parent_->path(), folder_->text()),
            .dtype = dtype < 0 ? std::nullopt : std::optional(static_cast<DType>(dtype)),
            .outOfRange = clamp_->isChecked() ? OutOfRange::Clamped : OutOfRange::Refused,
            .shardBytes = static_cast<std::uint64_t>(shard_->value() * kGigabyte),
            .form = form < 0 ? std::nullopt : std::optional(static_cast<PipelineForm>(form))};
}

void ExportDialog::review() {
    if (running_) return;
    const auto problem = member_->currentIndex() < 0 ? tr("There is no member to export.")
                                                     : problemOfNewFolder(parent_->path(), folder_->text());
    export_->setEnabled(problem.isEmpty());
    verdict_->setText(problem.isEmpty()
                          ? tr("Everything written is read back and checked before the folder gets its name.")
                          : problem);
}

void ExportDialog::setRunning(bool running) {
    running_ = running;
    for (QWidget* editor : {static_cast<QWidget*>(member_), static_cast<QWidget*>(parent_),
                            static_cast<QWidget*>(folder_), static_cast<QWidget*>(dtype_),
                            static_cast<QWidget*>(clamp_), static_cast<QWidget*>(shard_), static_cast<QWidget*>(form_)})
        editor->setEnabled(!running);
    export_->setText(running ? tr("C&ancel") : tr("&Export"));
    export_->setEnabled(true);
    progress_->setRunning(running);
    if (running)
        verdict_->clear();
    else
        review();
}

void ExportDialog::setProgress(const QString& what, std::uint64_t done, std::uint64_t total, double perSecond) {
    showSentence(*verdict_, what);
    progress_->setProgress(done, total, perSecond);
}

void ExportDialog::setFailure(const QString& sentence) {
    setRunning(false);
    showWarning(*verdict_, sentence);
}

void ExportDialog::reject() {
    if (running_) Q_EMIT cancelRequested();
    QDialog::reject();
}

}  // namespace mergarium
