#include "tests/bench/heartbeat.h"

#include <QMetaObject>

#include <chrono>
#include <utility>

namespace mergarium::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRest{4};

}  // namespace

Heartbeat::Heartbeat() : thread_([this](const std::stop_token& stop) { beat(stop); }) {}

Heartbeat::~Heartbeat() = default;

void Heartbeat::beat(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto asked = Clock::now();
        QMetaObject::invokeMethod(
            &asked_,
            [this] {
                const std::scoped_lock lock(mutex_);
                answered_ = true;
                changed_.notify_one();
            },
            Qt::QueuedConnection);
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [this] { return std::exchange(answered_, false); })) return;
        waits_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
        lock.unlock();
        std::this_thread::sleep_for(kRest);
    }
}

std::vector<double> Heartbeat::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(waits_, {});
}

}  // namespace mergarium::bench
