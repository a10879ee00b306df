#include "ui/background/latest_worker.h"

#include <QMetaObject>

#include <unistd.h>

namespace mergarium {
namespace {

/// Added to the thread's nice value, which Linux keeps per thread: pictures may come later, the run and the window not.
constexpr int kNicer = 10;

}  // namespace

LatestWorker::LatestWorker(QObject* parent) : QObject(parent), thread_([this](std::stop_token stop) { work(stop); }) {}

LatestWorker::~LatestWorker() = default;

void LatestWorker::forget() {
    const std::scoped_lock lock(mutex_);
    ++generation_;
    waiting_ = nullptr;
}

void LatestWorker::submit(Task task) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_ = std::move(task);
    }
    changed_.notify_one();
}

void LatestWorker::work(const std::stop_token& stop) {
    (void)::nice(kNicer);
    while (true) {
        Task task;
        std::uint64_t generation = 0;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [this] { return waiting_ != nullptr; })) return;
            task = std::exchange(waiting_, nullptr);
            generation = generation_;
        }
        // Posted to this object, so Qt drops it when the object goes first.
        QMetaObject::invokeMethod(
            this, [this, generation, answer = task()] { deliver(generation, answer); }, Qt::QueuedConnection);
    }
}

void LatestWorker::deliver(std::uint64_t generation, const Answer& answer) {
    {
        const std::scoped_lock lock(mutex_);
        if (generation != generation_) return;
    }
    answer();
}

}  // namespace mergarium
