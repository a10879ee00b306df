#include "ui/tour/tour.h"

#include "ui/tour/tour_card.h"
#include "ui/tour/tour_frame.h"

#include <QApplication>
#include <QEvent>
#include <QWidget>

#include <utility>

namespace mergarium {

Tour::Tour(QWidget& window) : QObject(&window), window_(window) {
    // The last card goes when one goes on working.
    connect(qApp, &QApplication::focusChanged, this, [this](const QWidget*, const QWidget* now) {
        if (isGoing() && !stepAfter() && now && now->window() == &window_ && now != card_ && !card_->isAncestorOf(now))
            leave();
    });
}

void Tour::begin(std::vector<TourStep> steps) {
    leave();
    steps_ = std::move(steps);
    if (steps_.empty()) return;
    frame_ = new TourFrame(&window_);
    card_ = new TourCard(&window_);
    connect(card_, &TourCard::nextRequested, this, &Tour::next);
    connect(card_, &TourCard::backRequested, this, &Tour::back);
    connect(card_, &TourCard::leaveRequested, this, &Tour::leave);
    window_.installEventFilter(this);
    at_ = 0;
    go(isPassed(0) ? stepAfter().value_or(0) : 0);
    focus();
}

void Tour::setSnapshot(const SnapshotPtr& snapshot) {
    snapshot_ = snapshot;
    if (isGoing() && isPassed(at_)) next();
}

void Tour::focus() {
    if (isGoing()) card_->setFocus();
}

void Tour::next() {
    if (!isPassed(at_) && steps_[at_].carryOut) return steps_[at_].carryOut();
    const auto step = stepAfter();
    if (!step) return leave();
    go(*step);
}

void Tour::back() {
    if (const auto step = stepBefore()) go(*step);
}

void Tour::leave() {
    if (!isGoing()) return;
    window_.removeEventFilter(this);
    for (const auto& step : steps_)
        if (step.target) step.target->removeEventFilter(this);
    // Not at once: a button of the card may have said so.
    for (QWidget* part : {static_cast<QWidget*>(std::exchange(card_, nullptr)),
                          static_cast<QWidget*>(std::exchange(frame_, nullptr))}) {
        part->hide();
        part->deleteLater();
    }
    Q_EMIT ended();
}

bool Tour::isPassed(std::size_t step) const {
    const auto& until = steps_[step].until;
    return until && snapshot_ && until(*snapshot_);
}

std::optional<std::size_t> Tour::stepAfter() const {
    for (auto step = at_ + 1; step < steps_.size(); ++step)
        if (!isPassed(step)) return step;
    return std::nullopt;
}

std::optional<std::size_t> Tour::stepBefore() const {
    for (auto step = at_; step-- > 0;)
        if (!isPassed(step)) return step;
    return std::nullopt;
}

void Tour::go(std::size_t step) {
    if (auto* before = steps_[at_].target) before->removeEventFilter(this);
    const auto& now = steps_[step];
    // Who works in the window while the tour waits goes on doing so.
    const auto* focused = QApplication::focusWidget();
    const bool held = !focused || focused == card_ || card_->isAncestorOf(focused);
    if (now.open) now.open();
    at_ = step;
    if (now.target) now.target->installEventFilter(this);
    card_->show({.title = now.title,
                 .text = now.text,
                 .progress = tr("%1 of %2").arg(at_ + 1).arg(steps_.size()),
                 .next = !now.action.isEmpty() ? now.action
                         : stepAfter()         ? tr("Next")
                                               : tr("Close"),
                 .canGoBack = stepBefore().has_value()});
    place();
    if (held) focus();
}

void Tour::place() {
    const auto* target = steps_[at_].target;
    QRect framed;
    if (target && target->isVisible()) framed = {target->mapTo(&window_, QPoint()), target->size()};
    const int gap = window_.fontMetrics().height() * 2 / 3;
    const auto card = cardPlace(window_.rect(), framed, card_->size(), gap);
    card_->move(card.topLeft());
    frame_->show(framed, card);
    card_->raise();
}

bool Tour::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::Move:
        case QEvent::Resize:
        case QEvent::Show:
        case QEvent::Hide:
            if (isGoing()) place();
            break;
        default: break;
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace mergarium
