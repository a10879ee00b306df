#pragma once

#include <QApplication>
#include <QEvent>

#include <functional>
#include <utility>
#include <vector>

namespace mergarium::bench {

/// One event that the window's thread handled, or what stands for one, in milliseconds.
struct TimedEvent {
    /// Of the thread's own computing time: other programs don't count.
    double computing = 0.0;
    double clock = 0.0;
    /// Whom it was for, a class's name, and what it was.
    const char* receiver = "";
    QEvent::Type type = QEvent::None;

    /// A frame: everything that had changed was painted.
    bool paints() const { return type == QEvent::UpdateRequest; }
};

/// An application that times every event from the outside.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override;
    /// Work that stands for one event.
    void timed(const char* name, const std::function<void()>& work);
    /// What was handled since the last call, in order.
    std::vector<TimedEvent> take() { return std::exchange(events_, {}); }

private:
    TimedEvent measured(TimedEvent event, const std::function<void()>& work);

    std::vector<TimedEvent> events_;
    /// Events that are handled within others belong to these.
    int depth_ = 0;
};

}  // namespace mergarium::bench
