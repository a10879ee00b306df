#pragma once

#include <QObject>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace mergarium {

/// Computes on a thread of its own and answers on the thread it lives on: one task after another, in the order in which
/// they were asked for, and none is left out. For what is to be written.
class OrderedWorker : public QObject {
    Q_OBJECT

public:
    explicit OrderedWorker(QObject* parent = nullptr);
    /// Waits until everything that was asked for is done; nothing is answered any more.
    ~OrderedWorker() override;

    /// `receive(compute())`: `compute` on the worker's thread, so it may only touch what it owns; `receive` on this
    /// one's.
    template <class Compute, class Receive>
    void run(Compute compute, Receive receive) {
        submit([compute = std::move(compute), receive = std::move(receive)]() -> Answer {
            return [receive, answer = compute()]() mutable { receive(std::move(answer)); };
        });
    }

private:
    using Answer = std::function<void()>;
    using Task = std::function<Answer()>;

    void submit(Task task);
    void work(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Task> waiting_;
    // Last: joined before anything that it uses is destroyed.
    std::jthread thread_;
};

}  // namespace mergarium
