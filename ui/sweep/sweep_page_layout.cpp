#include "ui/files/ask_for_path.h"
#include "ui/files/file_drops.h"
#include "ui/setup/editors.h"
#include "ui/sweep/sweep_form.h"
#include "ui/sweep/sweep_page.h"
#include "ui/sweep/sweep_runs_model.h"
#include "ui/table/plain_table.h"
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <filesystem>
#include <thread>

// What stands where on the page; what it does is in sweep_page.cpp.

namespace mergarium {
namespace {

QStringList sweepsIn(const std::filesystem::path& resources) {
    QStringList names;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(resources / "sweeps", missing))
        if (entry.path().extension() == ".yaml") names << QString::fromStdString(entry.path().stem().string());
    names.sort();
    return names;
}

}  // namespace

void SweepPage::build(const QStringList& bases) {
    splitter_ = new QSplitter(Qt::Vertical, this);
    splitter_->addWidget(makeEditor(bases));
    splitter_->addWidget(makeRuns());
    splitter_->setStretchFactor(0, 1);
    splitter_->setStretchFactor(1, 1);
    splitter_->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(splitter_);
}

QWidget* SweepPage::makeEditor(const QStringList& bases) {
    auto* editor = new QWidget(this);
    presets_ = new TypedBox<QComboBox>(editor);
    presets_->setObjectName("sweep.preset");
    presets_->addItems(sweepsIn(workplace_.resources));
    presets_->setPlaceholderText(tr("one of your own"));
    presets_->setToolTip(tr("Sweeps that ship with Mergarium."));
    auto* label = new QLabel(tr("S&weep"), editor);
    label->setBuddy(presets_);
    open_ = new QPushButton(tr("&Open..."), editor);
    open_->setToolTip(tr(
        "A sweep from a YAML file; it can be dropped here, too. A run configuration becomes the base of a new one."));
    connect(open_, &QPushButton::clicked, this, [this] {
        open(askForFile({.parent = this,
                         .purpose = "sweeps",
                         .title = tr("Open a sweep"),
                         .filter = tr("Sweep or run configuration (*.yaml *.yml)")}));
    });
    auto* save = new QPushButton(tr("&Save as..."), editor);
    save->setToolTip(tr("As a YAML file, which mergarium-cli sweep carries out, too."));
    connect(save, &QPushButton::clicked, this, &SweepPage::askWhereToSave);
    back_ = new QPushButton(tr("Back to my edits"), editor);
    back_->setObjectName("sweep.back");
    back_->setToolTip(tr("To the sweep that you edited before you chose another one (Ctrl+Z)."));
    connect(back_, &QPushButton::clicked, this, &SweepPage::goBack);
    auto* head = new QHBoxLayout;
    head->addWidget(label);
    head->addWidget(presets_, 1);
    head->addWidget(back_);
    head->addWidget(open_);
    head->addWidget(save);
    description_ = new QLabel(editor);
    description_->setWordWrap(true);
    description_->setForegroundRole(QPalette::PlaceholderText);

    tabs_ = new QTabWidget(editor);
    tabs_->setObjectName("sweep.tabs");
    tabs_->setDocumentMode(true);
    form_ = new SweepForm(bases, tabs_);
    text_ = new QPlainTextEdit(tabs_);
    text_->setObjectName("sweep.text");
    text_->setAccessibleName(tr("The sweep as YAML"));
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    text_->setTabChangesFocus(true);
    connect(new FileDrops(text_), &FileDrops::dropped, this,
            [this](const QStringList& paths) { open(paths.value(0)); });
    tabs_->addTab(form_, tr("Fields"));
    tabs_->addTab(text_, tr("YAML"));

    auto* layout = new QVBoxLayout(editor);
    layout->addLayout(head);
    layout->addWidget(description_);
    layout->addWidget(tabs_, 1);
    return editor;
}

QWidget* SweepPage::makeRuns() {
    auto* runs = new QWidget(this);
    verdict_ = new QLabel(runs);
    verdict_->setObjectName("sweep.verdict");
    verdict_->setWordWrap(true);
    verdict_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    bar_ = new QProgressBar(runs);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setMaximumHeight(fontMetrics().height());
    bar_->setAccessibleName(tr("Progress of the sweep"));
    rate_ = new QLabel(runs);
    rate_->setObjectName("sweep.progress");
    rate_->setFont(tabularFont());
    // The panes beside the page keep their width while it speaks.
    rate_->setMinimumWidth(1);
    rate_->setWordWrap(true);
    model_ = new SweepRunsModel(this);
    table_ = makePlainTable(runs);
    table_->setObjectName("sweep.runs");
    table_->setAccessibleName(tr("Runs of the sweep"));
    table_->setToolTip(tr("Enter shows a run that has begun."));
    table_->setModel(model_);
    // Names of arms begin alike.
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->horizontalHeader()->setStretchLastSection(false);
    table_->horizontalHeader()->setSectionResizeMode(SweepRunsModel::ArmColumn, QHeaderView::Stretch);

    jobs_ = countBox(runs, 64);
    jobs_->setObjectName("sweep.jobs");
    jobs_->setMinimum(1);
    jobs_->setToolTip(tr("Runs at a time. More use the cores better where runs are small; results are the same."));
    auto* jobs = new QLabel(tr("&Jobs"), runs);
    jobs->setBuddy(jobs_);
    compare_ = new QPushButton(tr("&Compare"), runs);
    compare_->setToolTip(tr("Set the arms side by side, as far as they are."));
    start_ = new QPushButton(tr("S&tart"), runs);
    start_->setObjectName("sweep.start");
    start_->setToolTip(tr("Begins the runs, or goes on where they stopped; stopping stores everything."));
    auto* progress = new QVBoxLayout;
    progress->addWidget(bar_);
    progress->addWidget(rate_);
    auto* foot = new QHBoxLayout;
    foot->addWidget(jobs);
    foot->addWidget(jobs_);
    foot->addStretch(1);
    foot->addWidget(compare_);
    foot->addWidget(start_);

    auto* layout = new QVBoxLayout(runs);
    layout->addWidget(verdict_);
    layout->addLayout(progress);
    layout->addWidget(table_, 1);
    layout->addLayout(foot);
    return runs;
}

/// Side by side where there is room, else above each other.
void SweepPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool wide = width() > 130 * fontMetrics().averageCharWidth() && width() > height();
    const auto orientation = wide ? Qt::Horizontal : Qt::Vertical;
    if (laidOut_ && splitter_->orientation() == orientation) return;
    laidOut_ = true;
    splitter_->setOrientation(orientation);
    splitter_->setSizes(wide ? QList<int>{width() / 2, width() / 2} : QList<int>{height() * 3 / 5, height() * 2 / 5});
}

}  // namespace mergarium
