#include "ui/sweep/sweep_page.h"

#include "core/evaluation/experiment.h"
#include "ui/background/latest_worker.h"
#include "ui/session/run_text.h"
#include "ui/sweep/sweep_form.h"
#include "ui/sweep/sweep_runner.h"
#include "ui/sweep/sweep_runs_model.h"
#include "ui/theme/plain_labels.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>

#include <algorithm>
#include <thread>
#include <utility>

namespace mergarium {
namespace {

/// Typing goes on for so long, in milliseconds, before the sweep is looked at.
constexpr int kQuiet = 250;
constexpr int kProgressSteps = 1000;

std::size_t begunRuns(const SweepProgress& progress) {
    return static_cast<std::size_t>(
        std::ranges::count_if(progress.each, [](const auto& one) { return one.run.has_value(); }));
}

}  // namespace

SweepPage::SweepPage(const Workplace& workplace, const QStringList& bases, QWidget* parent)
    : QWidget(parent), workplace_(workplace), worker_(new LatestWorker(this)) {
    setObjectName("sweepPage");
    setAcceptDrops(true);
    build(bases);
    quiet_.setSingleShot(true);
    quiet_.setInterval(kQuiet);
    connect(&quiet_, &QTimer::timeout, this, &SweepPage::lookNow);
    connect(form_, &SweepForm::edited, this, [this] {
        formLeads_ = true;
        edit(toYaml(form_->draft()));
    });
    connect(text_, &QPlainTextEdit::textChanged, this, [this] {
        if (filling_) return;
        formLeads_ = false;
        edit(text_->toPlainText().toStdString());
    });
    connect(presets_, &QComboBox::activated, this, [this](int index) { choosePreset(presets_->itemText(index)); });
    connect(start_, &QPushButton::clicked, this, [this] { isGoing() ? stop() : start(); });
    connect(compare_, &QPushButton::clicked, this, [this] {
        if (outlook_.sweep) Q_EMIT compareRequested(QString::fromStdString(outlook_.sweep->name));
    });
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const auto run = model_->run(index.row())) Q_EMIT openRequested(*run);
    });
    if (presets_->count() > 0) choosePreset(presets_->itemText(0));
    judge();
}

SweepPage::~SweepPage() = default;

bool SweepPage::choosePreset(const QString& name) {
    const int index = presets_->findText(name);
    if (index < 0 || isGoing()) return false;
    open(QString::fromStdString((workplace_.resources / "sweeps" / (name.toStdString() + ".yaml")).string()));
    presets_->setCurrentIndex(index);
    return true;
}

void SweepPage::edit(const std::string& text) {
    if (text == file_.text) return;
    file_.text = text;
    // Lines are those of the text here, no longer those of the file.
    file_.source = tr("The sweep").toStdString();
    presets_->setCurrentIndex(-1);
    if (const auto words = QString::fromStdString(text); text_->toPlainText() != words) {
        filling_ = true;
        text_->setPlainText(words);
        filling_ = false;
    }
    lookSoon();
    Q_EMIT edited();
}

void SweepPage::lookSoon() {
    looked_ = false;
    worker_->forget();
    quiet_.start();
    judge();
}

void SweepPage::refresh() {
    stale_ = !isVisible();
    if (!stale_ && !isGoing() && looked_) lookNow();
}

void SweepPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (stale_) refresh();
}

void SweepPage::lookNow() {
    worker_->run([file = file_, place = place()] { return outlookOf(file, place); },
                 [this](const SweepOutlook& outlook) { present(outlook); });
}

void SweepPage::present(const SweepOutlook& outlook) {
    outlook_ = outlook;
    looked_ = true;
    if (outlook.draft && !formLeads_) form_->setDraft(*outlook.draft);
    // What isn't a sweep in its outer shape can only be mended as a text.
    tabs_->setTabEnabled(0, outlook.draft.has_value());
    if (!outlook.draft) tabs_->setCurrentIndex(1);
    description_->setText(outlook.draft ? QString::fromStdString(outlook.draft->description) : QString());
    description_->setVisible(!description_->text().isEmpty());
    model_->show(outlook.sweep, outlook.stored);
    fitColumns();
    judge();
}

/// Arms get what the numbers leave; these are as wide as they will be when the runs have gone.
void SweepPage::fitColumns() {
    if (!outlook_.sweep || !outlook_.stored) return;
    std::uint64_t most = 0;
    for (const auto& arm : outlook_.sweep->arms) most = std::max(most, arm.configuration.evaluations);
    const auto& metrics = table_->fontMetrics();
    const auto fit = [&](int column, const QString& widest) {
        const int header = table_->horizontalHeader()->sectionSizeHint(column);
        table_->setColumnWidth(column, std::max(header, metrics.horizontalAdvance(widest) + metrics.height() * 3 / 2));
    };
    fit(SweepRunsModel::SeedColumn, QString::number(std::ranges::max(outlook_.sweep->seeds)));
    fit(SweepRunsModel::StateColumn, tr("Finished"));
    fit(SweepRunsModel::EvaluationsColumn, evaluationsText(most, most));
    fit(SweepRunsModel::RateColumn, tr("00,000/s"));
    fit(SweepRunsModel::TestColumn, tr("100.0 %"));
}

SweepPlace SweepPage::place() const {
    const auto jobs = static_cast<std::size_t>(jobs_->value());
    // The window's own share of the machine, split among the jobs.
    const auto threads = workplace_.threads == 0 ? 0 : std::max<std::size_t>(1, workplace_.threads / jobs);
    return {.database = workplace_.database,
            .resources = workplace_.resources,
            .jobs = jobs,
            .threads = threads,
            .lanes = workplace_.lanes,
            .mayStart = [trusted = workplace_.trusted](const Program& program) { return trusted.contains(program); }};
}

void SweepPage::start() {
    if (isGoing() || !looked_ || !outlook_.sweep || outlook_.stored->finished == outlook_.stored->runs) return;
    worker_->forget();
    for (const auto& arm : outlook_.sweep->arms)
        if (const auto program = programOf(arm.configuration); program && !workplace_.trusted.contains(*program)) {
            Q_EMIT said({.kind = Message::Kind::Warning,
                         .sentence = programQuestion(*program),
                         .action = tr("Approve and start"),
                         .carryOut = [this, program = *program] { approve(program); }});
            return;
        }
    runner_ = std::make_unique<SweepRunner>(outlook_.sweep, place());
    connect(runner_.get(), &SweepRunner::progressed, this, &SweepPage::follow);
    connect(runner_.get(), &SweepRunner::ended, this, &SweepPage::finish);
    begunRuns_ = begunRuns(*outlook_.stored);
    progress_ = outlook_.stored;
    Q_EMIT started();
    judge();
    table_->setFocus();
}

void SweepPage::approve(const Program& program) {
    try {
        workplace_.trusted.add(program);
    } catch (const std::runtime_error& error) {
        Q_EMIT said({.kind = Message::Kind::Error, .sentence = QString::fromUtf8(error.what())});
        return;
    }
    start();
}

void SweepPage::stop() {
    if (!runner_) return;
    runner_->stop();
    start_->setEnabled(false);
    start_->setText(tr("Stopping \u2026"));
}

void SweepPage::follow(const SweepProgressPtr& progress) {
    const auto before = std::exchange(progress_, progress);
    const auto goingBefore = model_->goingRow();
    model_->setProgress(progress);
    // Follows what is going on, unless a person looks at a row.
    if (const auto going = model_->goingRow();
        going != goingBefore && going && !table_->selectionModel()->hasSelection())
        table_->scrollTo(model_->index(*going, 0));
    bar_->setValue(progress->budget ? static_cast<int>(kProgressSteps * progress->evaluations / progress->budget) : 0);
    rate_->setText(progressText(*progress));
    QStringList going;
    for (const auto& one : progress->going) going << QString::fromStdString(one);
    verdict_->setText(going.isEmpty() ? tr("Preparing \u2026") : tr("Now: %1.").arg(going.join("; ")));
    auto words = tr("Sweep: %1 of %2 runs").arg(progress->finished).arg(progress->runs);
    if (progress->secondsLeft) words += tr(", %1 left").arg(durationText(*progress->secondsLeft));
    Q_EMIT progressChanged(words);

    if (before->caution.empty() && !progress->caution.empty())
        Q_EMIT said({.kind = Message::Kind::Warning, .sentence = QString::fromStdString(progress->caution)});

    const auto begun = begunRuns(*progress);
    if (begun != std::exchange(begunRuns_, begun) || before->finished != progress->finished ||
        before->failed != progress->failed)
        Q_EMIT runsChanged();
}

void SweepPage::finish(const QString& trouble) {
    // The signal comes from the runner itself, so it has to outlive this call.
    runner_.release()->deleteLater();
    Q_EMIT progressChanged({});
    Q_EMIT runsChanged();
    const auto name = QString::fromStdString(outlook_.sweep->name);
    const auto& progress = *progress_;
    const auto done = tr("%1 of %2 runs").arg(progress.finished).arg(progress.runs);
    if (!trouble.isEmpty())
        Q_EMIT said({.kind = Message::Kind::Error, .sentence = trouble});
    else if (progress.failed > 0)
        Q_EMIT said({.kind = Message::Kind::Error,
                     .sentence = tr("%1 of the runs of %2 failed; the first: %3")
                                     .arg(progress.failed)
                                     .arg(name, QString::fromStdString(progress.failures.front()))});
    else if (progress.finished == progress.runs)
        Q_EMIT said({.sentence = tr("The sweep %1 has finished: %2.").arg(name, done),
                     .action = tr("Compare"),
                     .carryOut = [this, name] { Q_EMIT compareRequested(name); }});
    else
        Q_EMIT said({.sentence = tr("The sweep %1 was stopped after %2; everything is stored.").arg(name, done),
                     .action = tr("Go on"),
                     .carryOut = [this] { start(); }});
    // Only the stored state changed, so the sweep can be resumed at once.
    outlook_.stored = progress_;
    judge();
}

void SweepPage::judge() {
    const bool going = isGoing();
    for (QWidget* one : {static_cast<QWidget*>(presets_), static_cast<QWidget*>(open_), static_cast<QWidget*>(form_),
                         static_cast<QWidget*>(jobs_)})
        one->setEnabled(!going);
    text_->setReadOnly(going);
    back_->setVisible(canGoBack());
    bar_->setVisible(going);
    rate_->setVisible(going);
    const auto& standing = going ? progress_ : outlook_.stored;
    compare_->setEnabled(outlook_.sweep && begunRuns(*standing) > 0);
    const bool possible = looked_ && outlook_.sweep;
    start_->setEnabled(going || (possible && outlook_.stored->finished < outlook_.stored->runs));
    start_->setText(going ? tr("S&top") : possible && outlook_.stored->evaluations > 0 ? tr("&Go on") : tr("S&tart"));
    if (going) return;
    if (!looked_)
        showSentence(*verdict_, tr("Looking at it \u2026"));
    else if (!outlook_.refusal.isEmpty())
        showWarning(*verdict_, outlook_.refusal);
    else
        showSentence(*verdict_, planText(*outlook_.sweep, *outlook_.stored));
}

}  // namespace mergarium
