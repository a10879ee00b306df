#include "ui/background/ordered_worker.h"

#include <QMetaObject>

namespace mergarium {

OrderedWorker::OrderedWorker(QObject* parent)
    : QObject(parent), thread_([this](std::stop_token stop) { work(stop); }) {}

OrderedWorker::~OrderedWorker() = default;

void OrderedWorker::submit(Task task) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back(std::move(task));
    }
    changed_.notify_one();
}

void OrderedWorker::work(const std::stop_token& stop) {
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
            task = std::move(waiting_.front());
            waiting_.pop_front();
        }
        // Posted to this object, so Qt drops it when the object goes first.
        QMetaObject::invokeMethod(this, task(), Qt::QueuedConnection);
    }
}

}  // namespace mergarium
