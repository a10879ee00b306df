#pragma once

#include <QObject>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace mergarium {

/// Computes on a thread of its own and answers on the thread it lives on. Only the latest task waits: a newer one takes
/// its place. A task that has begun is answered, so a steady stream of tasks gives a steady stream of answers, in
/// order. Threads that score and the window's own go first.
class LatestWorker : public QObject {
    Q_OBJECT

public:
    explicit LatestWorker(QObject* parent = nullptr);
    /// Waits for the task that has begun; nothing is answered any more.
    ~LatestWorker() override;

    /// `receive(compute())`: `compute` on the worker's thread, so it may only touch what it owns; `receive` on this
    /// one's.
    template <class Compute, class Receive>
    void run(Compute compute, Receive receive) {
        submit([compute = std::move(compute), receive = std::move(receive)]() -> Answer {
            return [receive, answer = compute()]() mutable { receive(std::move(answer)); };
        });
    }

    /// Nothing that was asked for before is answered any more.
    void forget();

private:
    using Answer = std::function<void()>;
    using Task = std::function<Answer()>;

    void submit(Task task);
    void work(const std::stop_token& stop);
    void deliver(std::uint64_t generation, const Answer& answer);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    Task waiting_;
    /// Counts the calls of forget; guarded by the mutex.
    std::uint64_t generation_ = 0;
    // Last: joined before anything that it uses is destroyed.
    std::jthread thread_;
};

}  // namespace mergarium
