#pragma once

#include "core/cluster/message_bus.h"
#include "core/cluster/messages/worker_messages.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace mergarium {

/// Says of a worker that it lives, to every run that it knows, and that it is at a ticket, so that nobody else gets it:
/// on a thread of its own, while the worker computes. Any thread.
class Pulse {
public:
    /// `bus` must outlive it.
    Pulse(const MessageBus& bus, std::string worker, std::string processor);
    ~Pulse();

    /// A run by its key, and how the worker is for it.
    void say(const std::string& key, const std::string& state, const std::string& device = {},
             const std::string& processor = {});
    void forget(const std::string& key);
    /// Between these two a ticket is worked on; `reply` is BusMessage::reply.
    void begin(const std::string& key, const std::string& reply);
    void end(bool done);

private:
    using Clock = std::chrono::steady_clock;
    struct Run {
        SignOfLife sign;
        std::deque<Clock::time_point> done;
    };
    void beat(const std::stop_token& stop);
    void sayAll();

    const MessageBus& bus_;
    const std::string worker_, processor_;
    std::mutex mutex_;
    std::map<std::string, Run> runs_;
    std::string key_, reply_;
    std::jthread thread_;
};

}  // namespace mergarium
