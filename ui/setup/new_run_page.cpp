#include "ui/setup/new_run_page.h"

#include "core/configuration/short_yaml.h"
#include "ui/files/file_drops.h"
#include "ui/files/file_kind.h"
#include "ui/session/run_text.h"
#include "ui/setup/configuration_text.h"
#include "ui/setup/run_form.h"
#include "ui/setup/run_report.h"
#include "ui/theme/plain_labels.h"
#include "ui/trial/trial_pane.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QCheckBox>
#include <QDropEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

constexpr int kMostLanes = 999;

/// `name`, or with a 2, a 3 and so on behind it: the first that isn't taken.
std::string freshName(const std::string& name, const std::set<std::string>& taken) {
    if (!taken.contains(name)) return name;
    const auto end = name.find_last_not_of("0123456789");
    const bool numbered = end != std::string::npos && end > 0 && end + 1 < name.size() && name[end] == ' ';
    const auto stem = numbered ? name.substr(0, end) : name;
    for (std::size_t number = 2;; ++number)
        if (auto fresh = stem + ' ' + std::to_string(number); !taken.contains(fresh)) return fresh;
}

}  // namespace

NewRunPage::NewRunPage(std::vector<Preset> presets, QWidget* parent, const Trier& trier)
    : QWidget(parent), presets_(std::move(presets)) {
    setObjectName("newRunPage");
    setAcceptDrops(true);
    auto* left = new QWidget(this);
    list_ = new QListWidget(left);
    list_->setObjectName("presets");
    list_->setAccessibleName(tr("Presets"));
    setFocusProxy(list_);
    for (const auto& preset : presets_) {
        auto* item = new QListWidgetItem(QString::fromStdString(preset.name), list_);
        item->setToolTip(QString::fromStdString(preset.description));
    }
    description_ = new QLabel(left);
    description_->setWordWrap(true);
    description_->setAlignment(Qt::AlignTop);
    description_->setMinimumHeight(fontMetrics().lineSpacing() * 6);
    auto* leftLayout = new QVBoxLayout(left);
    auto* title = new QLabel(tr("<b>&Presets</b>"), left);
    title->setTextFormat(Qt::RichText);
    title->setBuddy(list_);
    leftLayout->addWidget(title);
    leftLayout->addWidget(list_, 1);
    leftLayout->addWidget(description_);
    report_ = new RunReport(left);
    leftLayout->addWidget(report_, 2);

    auto* right = new QWidget(this);
    form_ = new RunForm(right);
    auto* scroll = new QScrollArea(right);
    scroll->setWidget(form_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Parameters"));
    verdict_ = new QLabel(right);
    verdict_->setObjectName("verdict");
    verdict_->setWordWrap(true);
    auto* lanesLabel = new QLabel(tr("La&nes"), right);
    lanes_ = new QSpinBox(right);
    lanes_->setObjectName("lanes");
    lanes_->setRange(0, kMostLanes);
    lanes_->setSpecialValueText(tr("auto"));
    lanes_->setToolTip(
        tr("Children that are scored side by side, where the strategy bears more than one offspring at a time. It "
           "changes how fast a run goes, and nothing else."));
    lanesLabel->setToolTip(lanes_->toolTip());
    lanesLabel->setBuddy(lanes_);
    workers_ = new QLineEdit(right);
    workers_->setObjectName("workers");
    workers_->setAccessibleName(tr("Workers"));
    workers_->setPlaceholderText(tr("workers: this machine"));
    // It takes what room is left, and asks for none.
    workers_->setMinimumWidth(1);
    workers_->setToolTip(
        tr("The NATS server (nats://HOST:4222) of workers that score in place of this machine; behind a space a file "
           "with credentials, behind another one certificates. It changes how fast a run goes, and nothing else."));
    reset_ = new QPushButton(tr("R&eset"), right);
    reset_->setToolTip(tr("Back to what the preset, or the run that this is a duplicate of, says."));
    auto* text = new QPushButton(tr("As te&xt..."), right);
    text->setObjectName("asText");
    text->setToolTip(tr("The parameters as YAML or as a command line: to be copied, edited, or pasted."));
    start_ = new QPushButton(tr("&Start"), right);
    start_->setObjectName("start");
    start_->setDefault(true);
    auto* foot = new QHBoxLayout;
    foot->addWidget(workers_, 1);
    foot->addWidget(lanesLabel);
    foot->addWidget(lanes_);
    foot->addWidget(text);
    foot->addWidget(reset_);
    foot->addWidget(start_);
    auto* rightLayout = new QVBoxLayout(right);
    auto* parameters = new QLabel(tr("<b>Parameters</b>"), right);
    parameters->setTextFormat(Qt::RichText);
    auto* onlyChanges = new QCheckBox(tr("Onl&y what was changed"), right);
    onlyChanges->setObjectName("onlyChanges");
    onlyChanges->setToolTip(tr("Hide what is as the preset, or the run that this is a duplicate of, says."));
    back_ = new QPushButton(tr("Back to my edits"), right);
    back_->setObjectName("back");
    back_->setToolTip(tr("To what you edited before you chose something else (Ctrl+Z)."));
    auto* head = new QHBoxLayout;
    head->addWidget(parameters, 1);
    head->addWidget(back_);
    head->addWidget(onlyChanges);
    rightLayout->addLayout(head);
    connect(onlyChanges, &QCheckBox::toggled, form_, &RunForm::showOnlyChanges);
    rightLayout->addWidget(scroll, 1);
    // A row of its own: beside the buttons a sentence would be cut into a column.
    rightLayout->addWidget(verdict_);
    rightLayout->addLayout(foot);

    auto* splitter = new QSplitter(this);
    splitter->addWidget(left);
    splitter->addWidget(right);
    left->setMinimumWidth(list_->sizeHintForColumn(0) + 5 * fontMetrics().averageCharWidth());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    trial_ = new TrialPane(trier, this);
    trial_->setVisible(trier.all != nullptr);
    auto* rows = new QSplitter(Qt::Vertical, this);
    rows->addWidget(splitter);
    rows->addWidget(trial_);
    rows->setChildrenCollapsible(false);
    rows->setSizes({3000, 1500});
    layout->addWidget(rows);

    connect(form_, &RunForm::changed, this, &NewRunPage::review);
    connect(report_, &RunReport::found, this, [this] {
        judge();
        if (!report_->refusal()) trial_->beginIfQuick();
    });
    connect(trial_, &TrialPane::changed, this, &NewRunPage::weigh);
    connect(lanes_, &QSpinBox::valueChanged, this, &NewRunPage::lanesChanged);
    connect(workers_, &QLineEdit::textChanged, this, &NewRunPage::workersChanged);
    connect(start_, &QPushButton::clicked, this, &NewRunPage::start);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row < 0) return;
        const auto& preset = presets_[static_cast<std::size_t>(row)].configuration;
        replace({.configuration = preset, .reference = preset, .row = row});
    });
    connect(text, &QPushButton::clicked, this, &NewRunPage::showText);
    connect(list_, &QListWidget::itemDoubleClicked, this, &NewRunPage::start);
    connect(reset_, &QPushButton::clicked, this, [this] {
        const auto& reference = form_->reference();
        replace({.configuration = reference, .reference = reference, .row = row_});
    });
    connect(back_, &QPushButton::clicked, this, &NewRunPage::goBack);
    if (!choosePreset("digits-specialists") && list_->count() > 0) list_->setCurrentRow(0);
    review();
}

void NewRunPage::setConfiguration(const RunConfiguration& configuration) {
    replace({.configuration = configuration, .reference = configuration});
}

void NewRunPage::reopen(const RunConfiguration& configuration) {
    const auto nearest = std::ranges::min_element(
        presets_, {}, [&](const auto& preset) { return overridesFrom(preset.configuration, configuration).size(); });
    if (nearest == presets_.end()) return setConfiguration(configuration);
    replace({.configuration = configuration,
             .reference = nearest->configuration,
             .row = static_cast<int>(nearest - presets_.begin())});
}

const RunConfiguration& NewRunPage::configuration() const { return form_->configuration(); }

NewRunPage::Content NewRunPage::content() const { return {form_->configuration(), form_->reference(), row_}; }

// By value: it may be what the form holds.
void NewRunPage::replace(Content content) {  // NOLINT(performance-unnecessary-value-param)
    if (form_->isChanged()) before_ = this->content();
    Q_EMIT left(form_->isChanged());
    fill(content);
}

void NewRunPage::fill(const Content& content) {
    row_ = content.row;
    const QSignalBlocker quiet(list_);
    list_->setCurrentRow(row_);
    description_->setText(row_ < 0 ? QString()
                                   : QString::fromStdString(presets_[static_cast<std::size_t>(row_)].description));
    description_->setVisible(row_ >= 0);
    told_ = content.configuration;
    form_->setConfiguration(content.configuration, content.reference);
}

void NewRunPage::goBack() {
    if (!before_) return;
    const auto now = form_->isChanged() ? std::optional(content()) : std::nullopt;
    const auto then = *std::exchange(before_, now);
    Q_EMIT wentBack();
    fill(then);
}

bool NewRunPage::choosePreset(const QString& name) {
    const auto found =
        std::find_if(presets_.begin(), presets_.end(), [&](const auto& one) { return one.name == name.toStdString(); });
    if (found == presets_.end()) return false;
    list_->setCurrentRow(static_cast<int>(found - presets_.begin()));
    return true;
}

void NewRunPage::start() {
    if (form_->violation() || report_->refusal()) return;
    trial_->cancel();
    if (trial_->trial() && trial_->trial()->isWaste() && !std::exchange(warned_, true)) return judge();
    auto configuration = form_->configuration();
    if (configuration.name == form_->reference().name) configuration.name = freshName(configuration.name, taken_);
    // Until the list of runs has caught up.
    taken_.insert(configuration.name);
    Q_EMIT startRequested(configuration);
}

void NewRunPage::showText() {
    auto* dialog = new ConfigurationText(form_->configuration(), presets_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfigurationText::taken, form_, [this](const RunConfiguration& configuration) {
        form_->setConfiguration(configuration, form_->reference());
    });
    dialog->open();
}

int NewRunPage::lanes() const { return lanes_->value(); }

void NewRunPage::setLanes(int lanes) { lanes_->setValue(lanes); }

QString NewRunPage::workers() const { return workers_->text().trimmed(); }

void NewRunPage::setWorkers(const QString& workers) { workers_->setText(workers); }

void NewRunPage::dragEnterEvent(QDragEnterEvent* event) {
    const auto paths = localPaths(event->mimeData());
    // What the window opens is passed on to it.
    if (!paths.isEmpty() && kindOfFile(paths.front()) == FileKind::Other) event->acceptProposedAction();
}

void NewRunPage::dropEvent(QDropEvent* event) {
    form_->take(localPaths(event->mimeData()));
    event->acceptProposedAction();
}

/// Enter starts what is set up, from wherever it does nothing else.
void NewRunPage::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const auto* from = QApplication::focusWidget();
    const bool presses = qobject_cast<const QAbstractButton*>(from) && !qobject_cast<const QCheckBox*>(from);
    const bool chooses = qobject_cast<const QAbstractItemView*>(from) && from != list_;
    if (!enter || presses || chooses) return QWidget::keyPressEvent(event);
    start();
}

void NewRunPage::review() {
    const auto configuration = form_->violation() ? std::nullopt : std::optional(form_->configuration());
    report_->show(configuration);
    trial_->setConfiguration(configuration);
    reset_->setEnabled(form_->isChanged());
    back_->setVisible(before_.has_value());
    judge();
    if (form_->configuration() == told_) return;
    told_ = form_->configuration();
    Q_EMIT edited();
}

void NewRunPage::judge() {
    const auto violation = form_->violation();
    start_->setEnabled(!violation && !report_->refusal());
    if (violation)
        showWarning(*verdict_, tr("%1: %2.").arg(QString::fromStdString(violation->key),
                                                 QString::fromStdString(violation->sentence)));
    else if (warned_)
        showWarning(*verdict_, tr("%1 Press Start again to run it all the same.")
                                   .arg(QString::fromStdString(trial_->trial()->findings.front().sentence)));
    else
        verdict_->clear();
    verdict_->setVisible(!verdict_->text().isEmpty());
}

void NewRunPage::weigh() {
    warned_ = false;
    judge();
}

}  // namespace mergarium
