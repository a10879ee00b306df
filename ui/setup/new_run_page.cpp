#include "ui/setup/new_run_page.h"

#include "ui/session/run_text.h"
#include "ui/setup/file_drops.h"
#include "ui/setup/run_form.h"
#include "ui/setup/run_report.h"
#include "ui/theme/theme.h"

#include <QDropEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace mergarium {
namespace {

constexpr int kMostLanes = 999;

}  // namespace

NewRunPage::NewRunPage(std::vector<Preset> presets, QWidget* parent) : QWidget(parent), presets_(std::move(presets)) {
    setObjectName("newRunPage");
    setAcceptDrops(true);
    auto* left = new QWidget(this);
    list_ = new QListWidget(left);
    list_->setObjectName("presets");
    list_->setAccessibleName(tr("Presets"));
    for (const auto& preset : presets_) {
        auto* item = new QListWidgetItem(QString::fromStdString(preset.name), list_);
        item->setToolTip(QString::fromStdString(preset.description));
    }
    description_ = new QLabel(left);
    description_->setWordWrap(true);
    description_->setAlignment(Qt::AlignTop);
    description_->setMinimumHeight(fontMetrics().lineSpacing() * 6);
    auto* leftLayout = new QVBoxLayout(left);
    auto* title = new QLabel(tr("<b>Pre&sets</b>"), left);
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
    verdict_ = new QLabel(right);
    verdict_->setObjectName("verdict");
    verdict_->setWordWrap(true);
    auto* lanesLabel = new QLabel(tr("&Lanes"), right);
    lanes_ = new QSpinBox(right);
    lanes_->setObjectName("lanes");
    lanes_->setRange(0, kMostLanes);
    lanes_->setSpecialValueText(tr("auto"));
    lanes_->setToolTip(
        tr("Children that are scored side by side, where the strategy bears more than one offspring at a time. It "
           "changes how fast a run goes, and nothing else."));
    lanesLabel->setToolTip(lanes_->toolTip());
    lanesLabel->setBuddy(lanes_);
    reset_ = new QPushButton(tr("&Reset"), right);
    reset_->setToolTip(tr("Back to what the preset, or the run that this is a duplicate of, says."));
    start_ = new QPushButton(tr("&Start"), right);
    start_->setObjectName("start");
    start_->setDefault(true);
    auto* foot = new QHBoxLayout;
    foot->addWidget(verdict_, 1);
    foot->addWidget(lanesLabel);
    foot->addWidget(lanes_);
    foot->addWidget(reset_);
    foot->addWidget(start_);
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->addWidget(new QLabel(tr("<b>Parameters</b>"), right));
    rightLayout->addWidget(scroll, 1);
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
    layout->addWidget(splitter);

    connect(form_, &RunForm::changed, this, &NewRunPage::review);
    connect(report_, &RunReport::found, this, &NewRunPage::judge);
    connect(lanes_, &QSpinBox::valueChanged, this, &NewRunPage::lanesChanged);
    connect(start_, &QPushButton::clicked, this, &NewRunPage::start);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row < 0) return;
        const auto& preset = presets_[static_cast<std::size_t>(row)];
        description_->setText(QString::fromStdString(preset.description));
        form_->setConfiguration(preset.configuration);
    });
    connect(list_, &QListWidget::itemActivated, this, &NewRunPage::start);
    connect(reset_, &QPushButton::clicked, this, [this] { form_->reset(); });
    if (!choosePreset("digits-specialists") && list_->count() > 0) list_->setCurrentRow(0);
    review();
}

void NewRunPage::setConfiguration(const RunConfiguration& configuration) {
    list_->setCurrentRow(-1);
    description_->clear();
    form_->setConfiguration(configuration);
}

bool NewRunPage::choosePreset(const QString& name) {
    const auto found =
        std::find_if(presets_.begin(), presets_.end(), [&](const auto& one) { return one.name == name.toStdString(); });
    if (found == presets_.end()) return false;
    list_->setCurrentRow(static_cast<int>(found - presets_.begin()));
    return true;
}

void NewRunPage::start() {
    if (!form_->violation() && !report_->refusal()) Q_EMIT startRequested(form_->configuration());
}

int NewRunPage::lanes() const { return lanes_->value(); }

void NewRunPage::setLanes(int lanes) { lanes_->setValue(lanes); }

void NewRunPage::dragEnterEvent(QDragEnterEvent* event) {
    if (!localPaths(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void NewRunPage::dropEvent(QDropEvent* event) {
    form_->take(localPaths(event->mimeData()));
    event->acceptProposedAction();
}

void NewRunPage::review() {
    report_->show(form_->violation() ? std::nullopt : std::optional(form_->configuration()));
    reset_->setEnabled(form_->isChanged());
    judge();
}

void NewRunPage::judge() {
    const auto violation = form_->violation();
    start_->setEnabled(!violation && !report_->refusal());
    if (violation)
        verdict_->setText(QStringLiteral("<span style='color:%1'>%2: %3.</span>")
                              .arg(colorsOf(palette()).warning.name(),
                                   QString::fromStdString(violation->key).toHtmlEscaped(),
                                   QString::fromStdString(violation->sentence).toHtmlEscaped()));
    else
        verdict_->clear();
}

}  // namespace mergarium
