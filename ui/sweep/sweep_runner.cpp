#include "ui/sweep/sweep_runner.h"

#include "core/text/words.h"

#include <exception>
#include <utility>

namespace mergarium {

SweepRunner::SweepRunner(SweepPtr sweep, SweepPlace place, QObject* parent)
    : QObject(parent),
      sweep_(std::move(sweep)),
      place_(std::move(place)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

SweepRunner::~SweepRunner() = default;

void SweepRunner::work(const std::stop_token& stop) {
    QString trouble;
    try {
        SweepSession session(*sweep_, place_);
        while (session.advance()) {
            if (stop.stop_requested()) session.stop();
            publish(session);
            rest(stop);
        }
        publish(session);
    } catch (const std::exception& error) {
        trouble = QString::fromStdString(words::failure(error, "this sweep"));
    }
    QMetaObject::invokeMethod(
        this, [this, trouble] { Q_EMIT ended(trouble); }, Qt::QueuedConnection);
}

void SweepRunner::rest(const std::stop_token& stop) {
    // Once it is to stop, waiting with the token would not wait at all.
    if (stop.stop_requested()) return std::this_thread::sleep_for(kInterval / 5);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, kInterval, [] { return false; });
}

/// The window is told once; until it has looked, newer states take the place of older ones.
void SweepRunner::publish(const SweepSession& session) {
    auto progress = std::make_shared<const SweepProgress>(session.progress());
    {
        const std::scoped_lock lock(mutex_);
        if (std::exchange(latest_, std::move(progress))) return;
    }
    QMetaObject::invokeMethod(this, &SweepRunner::deliver, Qt::QueuedConnection);
}

void SweepRunner::deliver() {
    SweepProgressPtr progress;
    {
        const std::scoped_lock lock(mutex_);
        progress = std::exchange(latest_, nullptr);
    }
    if (progress) Q_EMIT progressed(progress);
}

}  // namespace mergarium
