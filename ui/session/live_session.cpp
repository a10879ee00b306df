#include "ui/session/live_session.h"

#include "ui/session/run_text.h"

#include <utility>

namespace mergarium {

LiveSession::LiveSession(SessionRequest request, QObject* parent)
    : QObject(parent), session_(std::move(request), [this] {
          QMetaObject::invokeMethod(this, &LiveSession::noticeWake, Qt::QueuedConnection);
      }) {
    rest_.setSingleShot(true);
    rest_.setInterval(kInterval);
    rest_.setTimerType(Qt::PreciseTimer);
    connect(&rest_, &QTimer::timeout, this, [this] {
        if (std::exchange(wakePending_, false)) deliver();
    });
}

LiveSession::~LiveSession() = default;

bool LiveSession::isOver() const { return latest_ && hasEnded(latest_->phase); }

void LiveSession::noticeWake() {
    if (rest_.isActive())
        wakePending_ = true;
    else
        deliver();
}

void LiveSession::deliver() {
    auto snapshot = session_.take();
    if (!snapshot || isOver()) return;
    latest_ = std::move(snapshot);
    rest_.start();
    Q_EMIT snapshotChanged(latest_);
    if (isOver()) Q_EMIT ended(latest_);
}

}  // namespace mergarium
