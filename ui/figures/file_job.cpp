#include "ui/figures/file_job.h"

#include "core/text/words.h"

#include <exception>
#include <utility>

namespace mergarium {
namespace {

constexpr int kMilliseconds = 500;

}  // namespace

FileJob::FileJob(Work work, QObject* parent) : QObject(parent), work_(std::move(work)), clock_(new QTimer(this)) {
    clock_->setInterval(kMilliseconds);
    connect(clock_, &QTimer::timeout, this, [this] { Q_EMIT progressed(done_, total_); });
}

FileJob::~FileJob() { cancel(); }

void FileJob::start() {
    clock_->start();
    thread_ = std::jthread([this](const std::stop_token& stop) { carryOut(stop); });
}

void FileJob::carryOut(const std::stop_token& stop) {
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
        done_ = done;
        total_ = total;
        return !stop.stop_requested();
    };
    try {
        work_(stop, progress);
        conclude([this] { Q_EMIT finished(); });
    } catch (const Cancelled&) {
        conclude([this] { Q_EMIT cancelled(); });
    } catch (const std::exception& error) {
        conclude(
            [this, sentence = QString::fromStdString(words::failure(error, "this file"))] { Q_EMIT failed(sentence); });
    }
}

template <class End>
void FileJob::conclude(End end) {
    QMetaObject::invokeMethod(
        this,
        [this, end] {
            clock_->stop();
            end();
        },
        Qt::QueuedConnection);
}

}  // namespace mergarium
