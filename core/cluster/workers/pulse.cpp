#include "core/cluster/workers/pulse.h"

#include "core/cluster/cluster_settings.h"

#include <condition_variable>
#include <utility>

namespace mergarium {
namespace {

constexpr Milliseconds kBeat{500};
/// Over which the rate is taken.
constexpr std::chrono::seconds kLately{10};

}  // namespace

Pulse::Pulse(const MessageBus& bus, std::string worker, std::string processor)
    : bus_(bus),
      worker_(std::move(worker)),
      processor_(std::move(processor)),
      thread_([this](const std::stop_token& stop) { beat(stop); }) {}

Pulse::~Pulse() = default;

void Pulse::say(const std::string& key, const std::string& state, const std::string& device,
                const std::string& processor) {
    const std::lock_guard lock(mutex_);
    auto& sign = runs_[key].sign;
    sign.worker = worker_;
    sign.state = state;
    if (!device.empty()) sign.device = device;
    if (!processor.empty()) sign.processor = processor;
    if (sign.processor.empty()) sign.processor = processor_;
}

void Pulse::forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    runs_.erase(key);
}

void Pulse::begin(const std::string& key, const std::string& reply) {
    const std::lock_guard lock(mutex_);
    key_ = key;
    reply_ = reply;
}

void Pulse::end(bool done) {
    const std::lock_guard lock(mutex_);
    if (const auto run = runs_.find(key_); done && run != runs_.end()) {
        ++run->second.sign.tickets;
        run->second.done.push_back(Clock::now());
    }
    key_.clear();
    reply_.clear();
}

void Pulse::beat(const std::stop_token& stop) {
    std::mutex waiting;
    std::condition_variable_any stopped;
    std::unique_lock lock(waiting);
    while (!stopped.wait_for(lock, stop, kBeat, [&] { return stop.stop_requested(); })) sayAll();
}

void Pulse::sayAll() {
    const std::lock_guard lock(mutex_);
    if (!reply_.empty()) bus_.goOn(reply_);
    for (auto& [key, run] : runs_) {
        const auto now = Clock::now();
        while (!run.done.empty() && now - run.done.front() > kLately) run.done.pop_front();
        run.sign.rate = static_cast<double>(run.done.size()) / static_cast<double>(kLately.count());
        bus_.publish(subjectTo(key, kSayAlive), encode(run.sign));
    }
}

}  // namespace mergarium
