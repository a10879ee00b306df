#include "core/store/run_reader.h"

#include "core/store/read_connection.h"
#include "core/store/stored_run.h"

#include <utility>

namespace mergarium {

struct RunReader::Stored {
    Stored(const std::filesystem::path& database, RunId id) : connection(database), run(id) { refresh(); }

    void refresh() {
        connection.reading([this] {
            auto now = std::make_unique<const StoredRun>(connection.sqlite, run);
            auto nowTests = now->tests();
            auto nowAnswers = now->answers();
            curve = now->curve();
            parts = std::move(now);
            tests = std::move(nowTests);
            answers = std::move(nowAnswers);
        });
    }
    template <typename Read>
    auto reading(Read&& read) const {
        return connection.reading([&] { return read(*parts); });
    }

    ReadConnection connection;
    RunId run;
    /// Never null. What follows goes on changing with the run, so it is read in the same moment.
    std::unique_ptr<const StoredRun> parts;
    std::vector<ProgressPoint> curve;
    std::map<MemberId, double> tests;
    std::map<MemberId, AnswersPtr> answers;
};

RunReader::RunReader(const std::filesystem::path& database, RunId run)
    : stored_(std::make_unique<Stored>(database, run)) {}
RunReader::~RunReader() = default;
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;

void RunReader::refresh() { stored_->refresh(); }

const std::shared_ptr<const RunDescription>& RunReader::description() const { return stored_->parts->description(); }
std::size_t RunReader::slots() const { return stored_->parts->slots(); }
std::size_t RunReader::samples() const { return stored_->parts->samples(); }
std::uint64_t RunReader::evaluations() const { return stored_->parts->evaluations(); }
const std::vector<MemberPtr>& RunReader::founders() const { return stored_->parts->founders(); }

const RunConfiguration& RunReader::configurationAfter(std::uint64_t step) const {
    return stored_->parts->configurationAfter(step);
}
const std::vector<StoredChange>& RunReader::changes() const { return stored_->parts->changes(); }

const std::vector<ProgressPoint>& RunReader::curve() const { return stored_->curve; }
const std::map<MemberId, double>& RunReader::tests() const { return stored_->tests; }
const std::map<MemberId, AnswersPtr>& RunReader::answers() const { return stored_->answers; }

std::map<MemberId, PicturesPtr> RunReader::picturesOf(std::span<const MemberId> members) const {
    return stored_->reading([&](const StoredRun& run) { return run.pictures(members); });
}

std::vector<MemberPtr> RunReader::firstSlots() const {
    return stored_->reading([](const StoredRun& run) { return run.slotsAt(0); });
}

std::vector<AcceptedBirth> RunReader::acceptedAfter(std::uint64_t step, std::uint64_t most) const {
    return stored_->reading([&](const StoredRun& run) { return run.acceptedAfter(step, most); });
}

std::vector<MemberPtr> RunReader::bornAt(std::span<const std::uint64_t> steps) const {
    return stored_->reading([&](const StoredRun& run) { return run.bornAt(steps); });
}

std::vector<MemberPtr> RunReader::lineOf(MemberId member) const {
    return stored_->reading([&](const StoredRun& run) { return run.lineOf(member); });
}

std::vector<Pairing> RunReader::pairings(std::uint64_t most, std::uint64_t until) const {
    return stored_->reading([&](const StoredRun& run) { return run.pairings(most, until); });
}

double RunReader::secondsAt(std::uint64_t step) const {
    return stored_->reading([&](const StoredRun& run) { return run.secondsAt(step); });
}

std::map<MemberId, std::vector<std::byte>> RunReader::founderGenomes() const {
    return stored_->reading([](const StoredRun& run) { return run.founderGenomes(); });
}

}  // namespace mergarium
