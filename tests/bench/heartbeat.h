#pragma once

#include <QObject>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace mergarium::bench {

/// Asks the window's thread for a sign of life some hundred times a second, as a click would, and keeps how long it
/// waited for each.
class Heartbeat {
public:
    /// Of the thread that makes it.
    Heartbeat();
    ~Heartbeat();

    /// The waits since the last call, in milliseconds.
    std::vector<double> take();

private:
    void beat(const std::stop_token& stop);

    QObject asked_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool answered_ = false;
    std::vector<double> waits_;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium::bench
