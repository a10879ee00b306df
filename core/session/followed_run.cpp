#include "core/session/followed_run.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// When the run's own clock showed so many seconds.
RateMeter::Clock::time_point momentOf(const SessionSnapshot& snapshot) {
    return RateMeter::Clock::time_point(
        std::chrono::duration_cast<RateMeter::Clock::duration>(std::chrono::duration<double>(snapshot.seconds)));
}

/// What may become otherwise while a run is followed.
bool isTheSame(const RunDescription& one, const RunDescription& other) {
    return one.configuration == other.configuration && one.founders.size() == other.founders.size();
}

}  // namespace

FollowedRun::FollowedRun(const std::filesystem::path& database, SnapshotPtr shown)
    : database_(database), catalog_(database), shown_(std::move(shown)) {
    rate_.restart(momentOf(*shown_), shown_->evaluations);
}

FollowedRun::~FollowedRun() = default;

SnapshotPtr FollowedRun::look() {
    auto now = catalog_.snapshot(shown_->run->id, shown_->members);
    if (now.evaluations == shown_->evaluations && now.phase == shown_->phase && now.message == shown_->message &&
        now.isElsewhere == shown_->isElsewhere && isTheSame(*now.run, *shown_->run))
        return nullptr;
    keepWhatIsTheSame(now);
    if (isGoing(now.phase)) {
        addGenomes(now);
        now.evaluationsPerSecond = rate_.read(momentOf(now), now.evaluations);
    }
    if (now.phase != Phase::Running) now.evaluationsPerSecond = 0.0;
    return shown_ = std::make_shared<const SessionSnapshot>(std::move(now));
}

void FollowedRun::keepWhatIsTheSame(SessionSnapshot& now) {
    if (isTheSame(*now.run, *shown_->run)) {
        now.run = shown_->run;
    } else {
        RunDescription description = *now.run;
        description.samples = shown_->run->samples;
        now.run = std::make_shared<const RunDescription>(std::move(description));
        history_.reset();
    }
    for (std::size_t slot = 0; slot < now.members.size() && slot < shown_->members.size(); ++slot) {
        const auto& before = shown_->members[slot];
        if (auto& member = now.members[slot];
            member && before && member->id == before->id && (before->genome || !member->genome))
            member = before;
    }
}

/// Of members that were born since the last checkpoint.
void FollowedRun::addGenomes(SessionSnapshot& now) {
    const auto lacks = [](const MemberPtr& member) { return member && !member->genome; };
    if (!breedable_ || std::ranges::none_of(now.members, lacks)) return;
    try {
        if (history_)
            history_->refresh();
        else
            history_ = std::make_unique<History>(database_, shown_);
        const auto bred = history_->at(now.evaluations);
        for (std::size_t slot = 0; slot < now.members.size(); ++slot)
            if (auto& member = now.members[slot]; lacks(member) && bred->members[slot]->genome) {
                Member completed = *member;
                completed.genome = bred->members[slot]->genome;
                member = std::make_shared<const Member>(std::move(completed));
            }
        breedable_ = history_->whyNoGenomes().empty();
    } catch (const std::runtime_error&) {
        // Everything else of the run is seen all the same.
        breedable_ = false;
    }
    if (!breedable_) history_.reset();
}

}  // namespace mergarium
