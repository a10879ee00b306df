#include "ui/trial/trial_pane.h"

#include "core/text/words.h"
#include "ui/pictures/picture_board.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"
#include "ui/theme/plain_labels.h"
#include "ui/theme/theme.h"
#include "ui/trial/attempt_text.h"
#include "ui/trial/trial_tables.h"
#include "ui/trial/tried_pictures.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QTextEdit>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

/// So long a form rests before it is tried unasked, in milliseconds.
constexpr int kTrialQuiet = 700;
/// Of what is shown of a trial, in lines of text.
constexpr int kResultLines = 9;

QString severityText(Severity severity) {
    switch (severity) {
        case Severity::Waste: return TrialPane::tr("For nothing");
        case Severity::Warning: return TrialPane::tr("Warning");
        case Severity::Note: break;
    }
    return TrialPane::tr("Note");
}

QTextEdit* makePage(const QString& name, QWidget* parent) {
    auto* page = new QTextEdit(parent);
    page->setReadOnly(true);
    page->setTabChangesFocus(true);
    page->setAccessibleName(name);
    page->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return page;
}

QTableView* makeTable(QAbstractItemModel* model, const QString& name, QWidget* parent) {
    auto* table = makePlainTable(parent);
    table->setModel(model);
    table->setAccessibleName(name);
    table->setTabKeyNavigation(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    return table;
}

QSplitter* above(QWidget* upper, QWidget* lower, QWidget* parent) {
    auto* splitter = new QSplitter(Qt::Vertical, parent);
    splitter->addWidget(upper);
    splitter->addWidget(lower);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

}  // namespace

TrialPane::TrialPane(Trier trier, QWidget* parent)
    : QWidget(parent),
      runner_(new TrialRunner(std::move(trier), this)),
      quiet_(new QTimer(this)),
      state_(new QLabel(this)),
      button_(new QPushButton(this)),
      results_(new QSplitter(Qt::Horizontal, this)),
      findings_(makePage(tr("What the trial found"), results_)),
      foundersModel_(new TriedFounders(this)),
      founders_(makeTable(foundersModel_, tr("Founders that were tried"), results_)),
      samplesModel_(new TriedSamples(this)),
      samples_(makeTable(samplesModel_, tr("Samples that were tried"), results_)),
      attempt_(makePage(tr("Prompt, answer and reference"), results_)) {
    setObjectName("trialPane");
    state_->setObjectName("trialState");
    state_->setWordWrap(true);
    state_->setMinimumHeight(2 * fontMetrics().lineSpacing());
    button_->setObjectName("tryFounders");
    button_->setToolTip(tr(
        "Scores every founder on a few samples of every file, and shows what the models read and answer, or paint."));
    findings_->setObjectName("trialFindings");
    attempt_->setObjectName("trialAttempt");
    founders_->setObjectName("triedFounders");
    samples_->setObjectName("triedSamples");
    auto* both = qobject_cast<QSplitter*>(results_);
    both->addWidget(above(findings_, founders_, results_));
    answers_ = above(samples_, attempt_, results_);
    pictures_ = new PictureBoard(results_);
    pictures_->setObjectName("triedPictures");
    both->addWidget(answers_);
    both->addWidget(pictures_);
    both->setChildrenCollapsible(false);
    results_->setMinimumHeight(fontMetrics().lineSpacing() * kResultLines);

    auto* title = new QLabel(tr("<b>Trial</b>"), this);
    title->setTextFormat(Qt::RichText);
    auto* head = new QHBoxLayout;
    head->addWidget(title);
    head->addWidget(state_, 1);
    head->addWidget(button_);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(head);
    // As high without results: a trial begins by itself, and may not move what a person points at.
    nothing_ =
        makeEmptyPage(tr("What the founders read and answer, or paint, appears here once they have been tried."), this);
    pages_ = new QStackedLayout;
    pages_->addWidget(nothing_);
    pages_->addWidget(results_);
    layout->addLayout(pages_, 1);

    quiet_->setSingleShot(true);
    quiet_->setInterval(kTrialQuiet);
    connect(quiet_, &QTimer::timeout, this, [this] {
        if (!configuration_ || trial_ || runner_->isRunning() || !isVisible()) return;
        condition_ = TrialRunner::If::Quick;
        runner_->start(*configuration_, condition_);
        refreshButton();
    });
    connect(button_, &QPushButton::clicked, this, [this] {
        const bool asked = runner_->isRunning() && condition_ == TrialRunner::If::Asked;
        asked ? cancel() : begin();
    });
    connect(runner_, &TrialRunner::progressed, this, [this](const QString& text) { showSentence(*state_, text); });
    connect(runner_, &TrialRunner::ended, this, &TrialPane::present);
    connect(founders_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showFounder(now.row()); });
    connect(samples_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showAttempt(now.row()); });
    setTrial(nullptr);
}

void TrialPane::setConfiguration(const std::optional<RunConfiguration>& configuration) {
    if (configuration == configuration_) return;
    quiet_->stop();
    runner_->cancel();
    configuration_ = configuration;
    runnable_ = false;
    setTrial(nullptr);
}

void TrialPane::beginIfQuick() {
    runnable_ = configuration_.has_value();
    if (runnable_ && !trial_) quiet_->start();
}

void TrialPane::begin() {
    if (!configuration_) return;
    quiet_->stop();
    setTrial(nullptr);
    condition_ = TrialRunner::If::Asked;
    runner_->start(*configuration_, condition_);
    showSentence(*state_, tr("Preparing the founders."));
    refreshButton();
}

void TrialPane::cancel() {
    quiet_->stop();
    if (!runner_->isRunning()) return;
    runner_->cancel();
    setTrial(nullptr);
}

void TrialPane::present(const TrialOutcome& outcome) {
    setTrial(outcome.trial);
    if (!outcome.failure.isEmpty()) showWarning(*state_, outcome.failure);
}

void TrialPane::setTrial(std::shared_ptr<const Trial> trial) {
    trial_ = std::move(trial);
    foundersModel_->setTrial(trial_);
    pages_->setCurrentWidget(trial_ ? results_ : nothing_);
    writeFindings();
    showPictures();
    showFounder(-1);
    if (foundersModel_->rowCount() > 0) founders_->setCurrentIndex(foundersModel_->index(0, 0));
    showSentence(*state_, stateText());
    refreshButton();
    Q_EMIT changed();
}

QString TrialPane::stateText() const {
    if (!trial_)
        return tr(
            "Every founder on a few samples of every file, before the run: what the models read and answer, and "
            "what it will take.");
    if (trial_->secondsInAll() <= 0.0) return {};
    const auto budget = tr("%1 evaluations take about %2, one after another, on %3; less where children are rejected "
                           "early.")
                            .arg(countText(trial_->evaluations), durationText(trial_->secondsInAll()),
                                 QString::fromStdString(trial_->device));
    if (!paints(*trial_)) return budget;
    const auto each = trial_->secondsEach() / static_cast<double>(std::max<std::size_t>(1, trial_->samples->size()));
    return tr("A picture takes about %1. %2").arg(QString::fromStdString(words::shortDuration(each)), budget);
}

void TrialPane::showPictures() {
    const bool painted = trial_ && paints(*trial_);
    answers_->setVisible(!painted);
    pictures_->setVisible(painted);
    pictures_->setContent(painted ? picturesOf(*trial_) : BoardContent{});
}

void TrialPane::writeFindings() {
    findings_->clear();
    if (!trial_) return;
    const auto colors = colorsOf(palette());
    QTextCursor cursor(findings_->document());
    QTextCharFormat plain, grave;
    grave.setForeground(colors.warning);
    grave.setFontWeight(QFont::Bold);
    if (trial_->findings.empty()) cursor.insertText(tr("Nothing that was tried speaks against this run."), plain);
    for (std::size_t i = 0; i < trial_->findings.size(); ++i) {
        const auto& [severity, sentence] = trial_->findings[i];
        if (i > 0) cursor.insertBlock();
        cursor.insertText(tr("%1: ").arg(severityText(severity)), severity == Severity::Note ? plain : grave);
        cursor.insertText(QString::fromStdString(sentence), plain);
    }
    findings_->moveCursor(QTextCursor::Start);
}

void TrialPane::showFounder(int row) {
    samplesModel_->setFounder(row >= 0 ? trial_ : nullptr, static_cast<std::size_t>(std::max(0, row)));
    attempt_->clear();
    if (samplesModel_->rowCount() > 0) samples_->setCurrentIndex(samplesModel_->index(0, 0));
}

void TrialPane::showAttempt(int row) {
    if (const auto* attempt = samplesModel_->attempt(row)) writeAttempt(*attempt_, *attempt, *trial_->samples);
}

void TrialPane::refreshButton() {
    // What begins by itself and ends at once is no business of the button.
    const bool asked = runner_->isRunning() && condition_ == TrialRunner::If::Asked;
    button_->setText(asked ? tr("&Cancel") : tr("&Try founders"));
    button_->setEnabled(configuration_.has_value());
}

void TrialPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (runnable_) beginIfQuick();
}

void TrialPane::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !findings_) return;
    writeFindings();
    showAttempt(samples_->currentIndex().row());
}

}  // namespace mergarium
