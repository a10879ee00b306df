#include "ui/transport/transport_bar.h"

#include "core/evaluation/experiment.h"
#include "ui/icons/symbols.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>

namespace mergarium {
namespace {

constexpr int kBarSteps = 1000;
/// Of a run's name.
constexpr int kNameCharacters = 28;

}  // namespace

TransportState transportState(bool computing, const SnapshotPtr& live, const SnapshotPtr& stored) {
    if (!computing) {
        TransportState state;
        state.canResume = stored && stored->run && isResumable(stored->phase);
        return state;
    }
    const auto phase = live ? live->phase : Phase::Preparing;
    const bool paused = phase == Phase::Paused;
    return {
        .canPause = !paused && !hasEnded(phase), .canResume = paused, .canStep = paused, .canStop = !hasEnded(phase)};
}

QString progressText(const SessionSnapshot& snapshot) {
    if (!snapshot.run) return snapshot.phase == Phase::Failed ? QString() : TransportBar::tr("Preparing \u2026");
    auto text = evaluationsText(snapshot.evaluations, snapshot.budget);
    const double rate = snapshot.evaluationsPerSecond;
    if (snapshot.tokensPerSecond > 0.0)
        text += TransportBar::tr("   %1 tokens/s")
                    .arg(countText(static_cast<std::uint64_t>(snapshot.tokensPerSecond + 0.5)));
    if (rate > 0.0)
        text += TransportBar::tr("   %1/s   %2 left")
                    .arg(countText(static_cast<std::uint64_t>(rate + 0.5)),
                         durationText(static_cast<double>(snapshot.budget - snapshot.evaluations) / rate));
    else
        text += QStringLiteral("   ") + phaseText(snapshot.phase);
    return text;
}

QString scorerText(const RunDescription& run) {
    const auto program = programOf(run.configuration);
    if (!program || program->command.empty()) return QString::fromStdString(run.device);
    return TransportBar::tr("Scored by %1")
        .arg(QString::fromStdString(std::filesystem::path(program->command.front()).filename().string()));
}

TransportBar::TransportBar(QWidget* parent) : QToolBar(tr("Transport"), parent) {
    setObjectName("transport");
    setMovable(false);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);

    const auto add = [this](Symbol symbol, const QString& text, const QKeySequence& key, const QString& what) {
        auto* action = addAction(iconOf(symbol), text);
        action->setShortcut(key);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(what, key.toString(QKeySequence::NativeText)));
        return action;
    };
    newRun_ = add(Symbol::New, tr("&New run"), QKeySequence::New, tr("Set up a new run"));
    addSeparator();
    pauseOrResume_ = add(Symbol::Pause, tr("&Pause"), Qt::Key_F5, tr("Pause the run, or go on with it"));
    step_ = add(Symbol::Step, tr("S&tep"), Qt::Key_F10, tr("One evaluation, while paused"));
    stop_ = add(Symbol::Stop, tr("&Stop"), Qt::SHIFT | Qt::Key_F5, tr("Stop; everything is stored and can be resumed"));
    connect(pauseOrResume_, &QAction::triggered, this, [this] {
        if (state_.canPause)
            Q_EMIT pauseRequested();
        else
            Q_EMIT resumeRequested();
    });

    auto* progress = new QWidget(this);
    bar_ = new QProgressBar(progress);
    bar_->setRange(0, kBarSteps);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress of the run"));
    bar_->setMinimumWidth(fontMetrics().averageCharWidth() * 12);
    bar_->setMaximumHeight(fontMetrics().height());
    text_ = new QLabel(progress);
    text_->setObjectName("progressText");
    text_->setFont(tabularFont());
    device_ = new QLabel(progress);
    device_->setObjectName("device");
    auto* layout = new QHBoxLayout(progress);
    const int gap = fontMetrics().height() / 2;
    layout->setContentsMargins(gap, 0, gap, 0);
    layout->setSpacing(gap);
    layout->addWidget(bar_, 1);
    layout->addWidget(text_);
    layout->addWidget(device_);
    addWidget(progress);

    setState(false, nullptr, nullptr);
}

QString TransportBar::shortened(const QString& name) const {
    return text_->fontMetrics().elidedText(name, Qt::ElideMiddle, kNameCharacters * fontMetrics().averageCharWidth());
}

void TransportBar::setState(bool computing, const SnapshotPtr& live, const SnapshotPtr& stored, const QString& begun) {
    state_ = transportState(computing, live, stored);
    pauseOrResume_->setEnabled(state_.canPause || state_.canResume);
    if (const auto text = state_.canResume ? tr("&Resume") : tr("&Pause"); text != pauseOrResume_->text()) {
        pauseOrResume_->setText(text);
        pauseOrResume_->setIcon(iconOf(state_.canResume ? Symbol::Resume : Symbol::Pause));
    }
    step_->setEnabled(state_.canStep);
    stop_->setEnabled(state_.canStop);

    const auto& shown = computing ? live : stored;
    auto text = shown ? progressText(*shown) : computing ? tr("Preparing \u2026") : QString();
    text_->setToolTip({});
    if (computing && live && live->run && stored && !sameRun(live, stored)) {
        const auto number = QString::number(live->run->id.value);
        text = tr("Run %1, %2:   %3").arg(number, shortened(runName(*live)), text);
        text_->setToolTip(tr("Run %1, %2, computes; another run is shown.").arg(number, runName(*live)));
    } else if (computing && !(live && (live->run || hasEnded(live->phase))) && !begun.isEmpty()) {
        text = tr("Preparing %1 \u2026").arg(shortened(begun));
        text_->setToolTip(begun);
    }
    text_->setText(text);
    bar_->setVisible(shown || computing);
    bar_->setValue(shown && shown->budget ? static_cast<int>(kBarSteps * shown->evaluations / shown->budget) : 0);
    const auto scorer = shown && shown->run ? scorerText(*shown->run) : QString();
    const bool elsewhere = shown && shown->isElsewhere;
    device_->setText(elsewhere ? tr("computed by another process") : scorer);
    device_->setToolTip(elsewhere ? tr("What scores the models there: %1.").arg(scorer)
                                  : tr("What scores the models."));
}

}  // namespace mergarium
