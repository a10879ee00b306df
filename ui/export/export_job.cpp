#include "ui/export/export_job.h"

#include "core/text/words.h"

#include <exception>
#include <utility>

namespace mergarium {
namespace {

constexpr int kInterval = 100;
/// A rate that is measured over less than this says nothing.
constexpr double kLeastSeconds = 0.3;

}  // namespace

ExportJob::ExportJob(QObject* parent, Write write)
    : QObject(parent), write_(std::move(write)), clock_(new QTimer(this)) {
    clock_->setInterval(kInterval);
    connect(clock_, &QTimer::timeout, this, &ExportJob::tell);
}

ExportJob::~ExportJob() { cancel(); }

void ExportJob::start(const ExportRequest& request) {
    begin([write = write_, request](const Announce& announce) { return write(request, announce); });
}

void ExportJob::begin(const Work& work) {
    if (std::exchange(running_, true)) return;
    stop_ = false;
    stand_ = {};
    clock_->start();
    thread_ = std::jthread([this, work] { carryOut(work); });
}

void ExportJob::cancel() { stop_ = true; }

void ExportJob::carryOut(const Work& work) {
    const auto announce = [this](std::string_view what, std::uint64_t done, std::uint64_t total) {
        return note(what, done, total);
    };
    try {
        conclude([this, result = work(announce)] { Q_EMIT finished(result); });
    } catch (const Cancelled&) {
        conclude([this] { Q_EMIT cancelled(); });
    } catch (const std::exception& error) {
        conclude([this, sentence = QString::fromStdString(words::failure(error, "this export"))] {
            Q_EMIT failed(sentence);
        });
    }
}

bool ExportJob::note(std::string_view what, std::uint64_t done, std::uint64_t total) {
    const std::scoped_lock lock(mutex_);
    if (stand_.what != what) stand_ = {.what = std::string(what), .begun = std::chrono::steady_clock::now()};
    stand_.done = done;
    stand_.total = total;
    return !stop_;
}

void ExportJob::tell() {
    Stand stand;
    {
        const std::scoped_lock lock(mutex_);
        stand = stand_;
    }
    if (stand.what.empty()) return;
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - stand.begun;
    const double rate = time.count() >= kLeastSeconds ? static_cast<double>(stand.done) / time.count() : 0.0;
    Q_EMIT progressed(QString::fromStdString(stand.what), stand.done, stand.total, rate);
}

template <class End>
void ExportJob::conclude(End end) {
    QMetaObject::invokeMethod(
        this,
        [this, end] {
            clock_->stop();
            running_ = false;
            end();
        },
        Qt::QueuedConnection);
}

}  // namespace mergarium
