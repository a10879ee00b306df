#include "ui/history/time_bar.h"

#include "ui/history/time_track.h"
#include "ui/icons/symbols.h"
#include "ui/session/run_text.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>
#include <limits>

namespace mergarium {
namespace {

int asStep(std::uint64_t step) {
    return static_cast<int>(std::min<std::uint64_t>(step, std::numeric_limits<int>::max()));
}

}  // namespace

QString momentText(const SnapshotPtr& shown) {
    if (!shown || !shown->run) return {};
    const auto evaluations = evaluationsText(shown->evaluations, shown->budget);
    return shown->lookedBackFrom ? TimeBar::tr("as it was after %1 evaluations").arg(evaluations)
                                 : TimeBar::tr("as it is after %1 evaluations").arg(evaluations);
}

TimeBar::TimeBar(QWidget* parent) : QToolBar(tr("Time"), parent) {
    setObjectName("time");
    setMovable(false);
    first_ = add(tr("To the &beginning"), Qt::CTRL | Qt::SHIFT | Qt::Key_Left, tr("As the run began"));
    previous_ = add(tr("&Previous accepted child"), Qt::CTRL | Qt::Key_Left, tr("Back to where a child was accepted"));
    next_ = add(tr("&Next accepted child"), Qt::CTRL | Qt::Key_Right, tr("On to where the next child was accepted"));
    last_ =
        add(tr("L&ast accepted child"), Qt::CTRL | Qt::SHIFT | Qt::Key_Right, tr("Where the last child was accepted"));

    auto* middle = new QWidget(this);
    track_ = new TimeTrack(middle);
    track_->setToolTip(tr("The run's past: the best training score, and a tick where a child was accepted."));
    step_ = new QSpinBox(middle);
    step_->setObjectName("step");
    step_->setAccessibleName(tr("Evaluations that are looked at"));
    step_->setFont(tabularFont());
    step_->setAlignment(Qt::AlignRight);
    step_->setLocale(QLocale(QLocale::English));
    step_->setGroupSeparatorShown(true);
    step_->setKeyboardTracking(false);
    moment_ = new QLabel(middle);
    moment_->setObjectName("moment");
    moment_->setFont(tabularFont());
    // So that the track doesn't change under the mouse.
    moment_->setMinimumWidth(
        QFontMetrics(moment_->font())
            .horizontalAdvance(tr("as it was after %1 evaluations").arg(evaluationsText(88'888, 88'888))));
    auto* layout = new QHBoxLayout(middle);
    const int gap = fontMetrics().height() / 2;
    layout->setContentsMargins(gap, 0, gap, 0);
    layout->setSpacing(gap);
    layout->addWidget(track_, 1);
    layout->addWidget(step_);
    layout->addWidget(moment_);
    addWidget(middle);
    latest_ = add(tr("&Latest"), Qt::CTRL | Qt::Key_L, tr("Follow the run as it is now"));
    latest_->setCheckable(true);

    connect(first_, &QAction::triggered, this, [this] { goTo(0); });
    connect(previous_, &QAction::triggered, this, [this] { goToAccepted(false); });
    connect(next_, &QAction::triggered, this, [this] { goToAccepted(true); });
    connect(last_, &QAction::triggered, this, [this] { goTo(asStep(outline_.accepted->back())); });
    connect(latest_, &QAction::triggered, this, [this](bool follow) {
        if (follow)
            Q_EMIT latestRequested();
        else
            goTo(track_->value());
    });
    connect(track_, &QSlider::valueChanged, this, &TimeBar::goTo);
    connect(step_, &QSpinBox::valueChanged, this, &TimeBar::goTo);
    first_->setIcon(iconOf(Symbol::First));
    previous_->setIcon(iconOf(Symbol::Previous));
    next_->setIcon(iconOf(Symbol::Next));
    last_->setIcon(iconOf(Symbol::Last));
    setOutline({});
    setState(nullptr, false, false);
}

QAction* TimeBar::add(const QString& text, const QKeySequence& key, const QString& what) {
    auto* action = addAction(text);
    action->setShortcut(key);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(what, key.toString(QKeySequence::NativeText)));
    return action;
}

void TimeBar::addTo(QMenu* menu) const { menu->addActions({first_, previous_, next_, last_, latest_}); }

void TimeBar::setOutline(const HistoryOutline& outline) {
    outline_ = outline;
    track_->setOutline(outline);
    const int most = asStep(outline.evaluations);
    {
        const QSignalBlocker track(track_), step(step_);
        track_->setRange(0, most);
        track_->setPageStep(std::max(1, most / 20));
        step_->setRange(0, most);
    }
    if (!lookingBack_) place(most);
    track_->setToolTip(outline.problem.isEmpty()
                           ? tr("The run's past: the best training score, and a tick where a child was accepted.")
                           : tr("The run's past can't be shown: %1").arg(outline.problem));
    enable();
}

void TimeBar::setState(const SnapshotPtr& shown, bool lookingBack, bool live) {
    lookingBack_ = lookingBack;
    moment_->setText(momentText(shown));
    latest_->setText(live ? tr("&Live") : tr("&Latest"));
    latest_->setChecked(!lookingBack);
    if (!lookingBack) place(track_->maximum());
}

void TimeBar::enable() {
    const bool any = outline_.evaluations > 0;
    for (QWidget* widget : {static_cast<QWidget*>(track_), static_cast<QWidget*>(step_)}) widget->setEnabled(any);
    for (auto* action : {first_, previous_, next_, latest_}) action->setEnabled(any);
    last_->setEnabled(any && !outline_.accepted->empty());
}

void TimeBar::place(int step) {
    const QSignalBlocker track(track_), number(step_);
    track_->setValue(step);
    track_->update();
    step_->setValue(step);
}

void TimeBar::goTo(int step) {
    lookingBack_ = true;
    latest_->setChecked(false);
    place(step);
    Q_EMIT lookBackRequested(static_cast<quint64>(step));
}

void TimeBar::goToAccepted(bool forward) {
    const auto& steps = *outline_.accepted;
    const auto now = static_cast<std::uint64_t>(track_->value());
    if (forward) {
        const auto next = std::ranges::upper_bound(steps, now);
        if (next != steps.end()) goTo(asStep(*next));
    } else {
        const auto here = std::ranges::lower_bound(steps, now);
        goTo(here == steps.begin() ? 0 : asStep(*(here - 1)));
    }
}

}  // namespace mergarium
