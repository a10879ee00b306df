#include "ui/session/workbench.h"

#include "core/cluster/cluster_settings.h"

#include <algorithm>
#include <utility>

namespace mergarium {

Workbench::Workbench(Workplace workplace, QObject* parent)
    : QObject(parent),
      workplace_(std::move(workplace)),
      loader_(workplace_.database, workplace_.resources),
      history_(workplace_.database),
      answers_({.database = workplace_.database, .resources = workplace_.resources, .threads = workplace_.threads}) {
    connect(&loader_, &StoredRunLoader::listed, this, &Workbench::noticeRuns);
    connect(&loader_, &StoredRunLoader::failed, this, &Workbench::failed);
    connect(&loader_, &StoredRunLoader::loaded, this, &Workbench::present);
    connect(&loader_, &StoredRunLoader::followed, this, &Workbench::presentFollowed);
    connect(&loader_, &StoredRunLoader::deleted, this, &Workbench::noticeRemoval);
    connect(&loader_, &StoredRunLoader::restored, this, &Workbench::noticeRestoration);
    connect(&history_, &HistoryLoader::outlineChanged, this, &Workbench::historyChanged);
    connect(&history_, &HistoryLoader::failed, this, [this](const QString& sentence) {
        followLatest();
        Q_EMIT failed(sentence);
    });
    connect(&history_, &HistoryLoader::lookedAt, this, &Workbench::show);
    connect(&answers_, &AnswerLoader::learnt, this, [this] { show(bare_); });
}

Workbench::~Workbench() = default;

void Workbench::start(const RunConfiguration& configuration, Showing showing) { begin(NewRun{configuration}, showing); }

void Workbench::resume(const ResumedRun& run) { begin(run); }

void Workbench::agree(const Consent& consent) {
    if (!refused_) return;
    auto again = *refused_;
    try {
        if (const auto* program = std::get_if<Program>(&consent)) workplace_.trusted.add(*program);
    } catch (const std::runtime_error& error) {
        Q_EMIT failed(QString::fromUtf8(error.what()));
        return;
    }
    if (auto* stored = std::get_if<ResumedRun>(&again); stored && std::holds_alternative<DamagedRun>(consent))
        stored->damaged = IfDamaged::GoBack;
    begin(again);
}

void Workbench::begin(const Begin& run, Showing showing) {
    if (showing == Showing::TheRun) loader_.forget();
    if (live_) {
        next_ = run;
        live_->stop();
        return;
    }
    live_ = std::make_unique<LiveSession>(SessionRequest{
        .run = run,
        .database = workplace_.database,
        .resources = workplace_.resources,
        .threads = workplace_.threads,
        .lanes = workplace_.lanes,
        .startPaused = false,
        .mayStart = [trusted = workplace_.trusted](const Program& program) { return trusted.contains(program); },
        .workers = workplace_.workers});
    begun_ = run;
    showsLive_ = showing == Showing::TheRun;
    connect(live_.get(), &LiveSession::snapshotChanged, this, &Workbench::follow);
    connect(live_.get(), &LiveSession::ended, this, &Workbench::finish);
    Q_EMIT liveChanged(nullptr);
}

void Workbench::useWorkers(const QString& words) {
    const auto parts = words.split(' ', Qt::SkipEmptyParts);
    workplace_.workers = nullptr;
    if (parts.isEmpty()) return;
    ClusterSettings settings{.server = {.url = parts[0].toStdString()}, .version = workplace_.version};
    if (parts.size() > 1) settings.server.credentials = parts[1].toStdString();
    if (parts.size() > 2) settings.server.authority = parts[2].toStdString();
    workplace_.workers = std::make_shared<const ClusterSettings>(std::move(settings));
}

void Workbench::follow(const SnapshotPtr& snapshot) {
    // Until the run has been prepared, what is shown stays.
    if (showsLive_ && snapshot->run) present(snapshot);
    Q_EMIT liveChanged(snapshot);
}

void Workbench::finish(const SnapshotPtr& snapshot) {
    // The signal comes from the session itself, so it has to outlive this call.
    live_.release()->deleteLater();
    if (snapshot->consent) refused_ = begun_;
    // What could not begin is shown as that, unless it is a run that is shown anyway.
    const auto* resumed = std::get_if<ResumedRun>(&*begun_);
    if (showsLive_ && !snapshot->run && !(resumed && showsRun(resumed->id))) present(snapshot);
    showsLive_ = false;
    Q_EMIT liveChanged(nullptr);
    loader_.list();
    Q_EMIT ended(snapshot);
    if (next_) begin(*std::exchange(next_, std::nullopt));
}

void Workbench::present(const SnapshotPtr& snapshot) {
    // What is looked at stays, unless it is another run's, or this one has begun another sitting.
    lookingBack_ = lookingBack_ && snapshot && latest_ && snapshot->run == latest_->run;
    latest_ = snapshot;
    history_.follow(snapshot);
    if (lookingBack_)
        Q_EMIT latestChanged(snapshot);
    else
        show(snapshot);
}

void Workbench::presentFollowed(const SnapshotPtr& snapshot) {
    const bool over = latest_ && latest_->isElsewhere && !isGoing(snapshot->phase);
    present(snapshot);
    if (over) Q_EMIT endedElsewhere(snapshot);
}

void Workbench::noticeRuns(const std::vector<RunSummary>& runs) {
    Q_EMIT runsListed(runs);
    if (showsLive_ || !latest_ || !latest_->run || isGoing(latest_->phase)) return;
    // Another process goes on with what was shown as it ended.
    for (const auto& run : runs)
        if (run.id == latest_->run->id && run.isElsewhere) loader_.load(run.id);
}

void Workbench::wantAnswers(bool wanted) {
    if (std::exchange(wantsAnswers_, wanted) == wanted || !wanted) return;
    show(bare_);
}

void Workbench::show(const SnapshotPtr& snapshot) {
    bare_ = snapshot;
    shown_ = wantsAnswers_ ? answers_.completed(snapshot) : snapshot;
    Q_EMIT shownChanged(shown_);
}

void Workbench::lookBack(std::uint64_t step) {
    if (!latest_ || !latest_->run) return;
    lookingBack_ = true;
    history_.lookAt(step);
}

void Workbench::followLatest() {
    if (!std::exchange(lookingBack_, false)) return;
    history_.forget();
    show(latest_);
}

bool Workbench::showsLive() const {
    const auto now = live();
    return showsLive_ && now && now->run && latest_ && latest_->run && latest_->run->id == now->run->id;
}

std::string Workbench::begunName() const {
    if (!begun_) return {};
    if (const auto* fresh = std::get_if<NewRun>(&*begun_)) return fresh->configuration.name;
    return "run " + std::to_string(std::get<ResumedRun>(*begun_).id.value);
}

bool Workbench::showsRun(RunId run) const { return shown_ && shown_->run && shown_->run->id == run; }

void Workbench::open(RunId run) {
    followLatest();
    const auto current = live();
    showsLive_ = current && current->run && current->run->id == run;
    if (showsLive_) {
        loader_.forget();
        present(current);
    } else if (!showsRun(run)) {
        loader_.load(run);
    } else {
        loader_.forget();
    }
}

void Workbench::remove(const std::vector<RunId>& runs) { loader_.markDeleted(runs); }

void Workbench::undoRemoval() {
    if (!deletions_.empty()) loader_.undelete(deletions_.back().runs);
}

void Workbench::noticeRemoval(const std::vector<RunId>& runs) {
    const auto shown = std::ranges::find_if(runs, [this](RunId run) { return !showsLive_ && showsRun(run); });
    deletions_.push_back({.runs = runs});
    if (shown != runs.end()) {
        deletions_.back().shown = *shown;
        loader_.forget();
        present(nullptr);
    }
    Q_EMIT deletionsChanged(deletions_);
}

void Workbench::noticeRestoration(const std::vector<RunId>& runs) {
    const auto one = std::ranges::find(deletions_, runs, &Deletion::runs);
    if (one == deletions_.end()) return;
    const auto shown = one->shown;
    deletions_.erase(one);
    if (shown && !shown_) loader_.load(*shown);
    Q_EMIT deletionsChanged(deletions_);
}

void Workbench::rename(RunId run, const QString& name) {
    loader_.rename(run, name);
    if (!showsLive_ && showsRun(run)) loader_.load(run);
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

void Workbench::breed(const Parentage& wish) {
    if (live_) live_->breed(wish);
}

void Workbench::admitBred() {
    if (live_) live_->admitBred();
}

void Workbench::dropBred() {
    if (live_) live_->dropBred();
}

}  // namespace mergarium
