#include "tests/bench/timed_application.h"

#include <ctime>

namespace mergarium::bench {
namespace {

double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

}  // namespace

bool TimedApplication::notify(QObject* receiver, QEvent* event) {
    if (depth_ > 0) return QApplication::notify(receiver, event);
    bool done = false;
    // Neither may be there any more afterwards.
    const TimedEvent one{.receiver = receiver->metaObject()->className(), .type = event->type()};
    events_.push_back(measured(one, [&] { done = QApplication::notify(receiver, event); }));
    return done;
}

void TimedApplication::timed(const char* name, const std::function<void()>& work) {
    events_.push_back(measured({.receiver = name}, work));
}

TimedEvent TimedApplication::measured(TimedEvent event, const std::function<void()>& work) {
    ++depth_;
    const double computing = now(CLOCK_THREAD_CPUTIME_ID), clock = now(CLOCK_MONOTONIC);
    work();
    event.computing = now(CLOCK_THREAD_CPUTIME_ID) - computing;
    event.clock = now(CLOCK_MONOTONIC) - clock;
    --depth_;
    return event;
}

}  // namespace mergarium::bench
