#include "ui/session/workbench.h"

#include <utility>

namespace mergarium {

Workbench::Workbench(Workplace workplace, QObject* parent)
    : QObject(parent), workplace_(std::move(workplace)), loader_(workplace_.database, workplace_.resources) {
    connect(&loader_, &StoredRunLoader::listed, this, &Workbench::runsListed);
    connect(&loader_, &StoredRunLoader::failed, this, &Workbench::failed);
    connect(&loader_, &StoredRunLoader::loaded, this, &Workbench::present);
}

Workbench::~Workbench() = default;

void Workbench::start(const RunConfiguration& configuration) { begin(NewRun{configuration}); }

void Workbench::resume(RunId run) { begin(ResumedRun{run}); }

void Workbench::begin(const Begin& run) {
    loader_.forget();
    if (live_) {
        next_ = run;
        live_->stop();
        return;
    }
    live_ = std::make_unique<LiveSession>(SessionRequest{.run = run,
                                                         .database = workplace_.database,
                                                         .resources = workplace_.resources,
                                                         .threads = workplace_.threads,
                                                         .lanes = workplace_.lanes,
                                                         .startPaused = false});
    showsLive_ = true;
    connect(live_.get(), &LiveSession::snapshotChanged, this, &Workbench::follow);
    connect(live_.get(), &LiveSession::ended, this, &Workbench::finish);
    Q_EMIT liveChanged(nullptr);
}

void Workbench::follow(const SnapshotPtr& snapshot) {
    // Until the run has been prepared, what is shown stays.
    if (showsLive_ && snapshot->run) present(snapshot);
    Q_EMIT liveChanged(snapshot);
}

void Workbench::finish(const SnapshotPtr& snapshot) {
    // The signal comes from the session itself, so it has to outlive this call.
    live_.release()->deleteLater();
    showsLive_ = false;
    Q_EMIT liveChanged(nullptr);
    loader_.list();
    Q_EMIT ended(snapshot);
    if (next_) begin(*std::exchange(next_, std::nullopt));
}

void Workbench::present(const SnapshotPtr& snapshot) {
    shown_ = snapshot;
    Q_EMIT shownChanged(snapshot);
}

void Workbench::open(RunId run) {
    const auto current = live();
    showsLive_ = current && current->run && current->run->id == run;
    if (showsLive_) {
        loader_.forget();
        present(current);
    } else if (!shown_ || !shown_->run || shown_->run->id != run) {
        loader_.load(run);
    } else {
        loader_.forget();
    }
}

void Workbench::remove(RunId run) {
    loader_.remove(run);
    if (!showsLive_ && shown_ && shown_->run && shown_->run->id == run) {
        loader_.forget();
        present(nullptr);
    }
}

void Workbench::pause() {
    if (live_) live_->pause();
}

void Workbench::goOn() {
    if (live_) live_->resume();
}

void Workbench::step() {
    if (live_) live_->step();
}

void Workbench::stop() {
    if (live_) live_->stop();
}

}  // namespace mergarium
