#pragma once

#include "core/archive/competition.h"
#include "core/archive/member.h"
#include "core/checkpoint/layout.h"
#include "core/configuration/configuration.h"
#include "core/genes/genes.h"
#include "core/run/worker_standing.h"
#include "core/subprocess/program.h"
#include "core/tasks/sample_set.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// A run's number within its database.
struct RunId {
    std::int64_t value = 0;
    auto operator<=>(const RunId&) const = default;
};

/// Where a run stands. Stopped, and Interrupted (found unfinished in the database, after a kill), can be resumed.
enum class Phase { Preparing, Running, Paused, Finished, Stopped, Interrupted, Failed };

struct FounderDescription {
    MemberId id;
    std::string name;
    /// Mean scores in [0, 1].
    double train = 0.0;
    double test = 0.0;
    /// Where it lies on disk; empty for founders that Mergarium made itself.
    CheckpointFounder source = {};
    /// The identity of its contents (core/founders/content_hash.h), hexadecimal.
    std::string hash = {};
    /// The step that it took when it joined a run that was going on; 0: the run began with it.
    std::uint64_t joined = 0;
};

/// What never changes while a run lives.
struct RunDescription {
    RunId id;
    RunConfiguration configuration;
    /// Those that it began with, K of them: members 1 to K; then those that joined, in order. The child of step t is
    /// member K + t, and so is the founder that joined there.
    std::vector<FounderDescription> founders;
    Layout layout;
    /// What children inherit whole; null: elements, each for itself.
    GenesPtr genes = nullptr;
    std::shared_ptr<const SampleSet> samples;
    /// Of the samples that the run began on (SampleSet::hash).
    std::string samplesHash;
    /// How much each sample counts in the competition (SampleSet::weights), one each; empty: all 1.
    std::vector<double> sampleWeights;
    GenomeKind genomes = GenomeKind::Recipe;
    /// Compute device as shown to the user: "CPU, 2 threads".
    std::string device;
    /// Why computing is slower than it need be, and the remedy; empty if it is not. Not stored.
    std::string caution = {};
};

/// K.
std::size_t foundersAtFirst(const RunDescription& run);
/// What split points count: elements of the parameter vector, or genes.
std::uint64_t lociOf(const RunDescription& run);
/// The same as a layout: the run's own, or its genes in groups, whose elements are genes.
Layout lociLayoutOf(const RunDescription& run);

/// How a model came to take a step: the strategy asked for it, a person had it bred, or it is a founder that joined.
enum class BirthOrigin : std::uint8_t { Search, ByHand, Founder };

/// The state of the archive after `step` evaluations; all but step and diversity are mean scores in [0, 1].
struct ProgressPoint {
    std::uint64_t step = 0;
    double bestTrain = 0.0;
    double meanTrain = 0.0;
    /// Held-out score of the member that is best on the training samples.
    double bestTest = 0.0;
    double coverage = 0.0;
    double disagreement = 0.0;
    double entropy = 0.0;
};

/// Who was mated with whom, and what came of it. A model without parents has {0} for both.
struct Pairing {
    std::uint64_t step = 0;
    MemberId first;
    MemberId second;
    MemberId child;
    double childTrain = 0.0;
    bool accepted = false;
    /// Who made room; absent when the child was rejected or took an empty slot.
    std::optional<MemberId> replaced;
    /// Samples scored before it was certain to be rejected; absent: all. `childTrain` is the mean over these.
    std::optional<std::uint64_t> scored = std::nullopt;
    /// Why it could not be scored; empty when it could.
    std::string failure = {};
    BirthOrigin origin = BirthOrigin::Search;
    /// How it was bred, as far as births are read page by page (BirthPages); null elsewhere, and without parents.
    std::shared_ptr<const Splice> splice = nullptr;
};

/// A run that some of what is stored of it isn't as it was; it can be gone on with from `wholeUntil`.
struct DamagedRun {
    std::uint64_t wholeUntil = 0;
};

/// What a person must agree to before a run can begin: that a program is started, or that the run goes back.
using Consent = std::variant<Program, DamagedRun>;

/// A child that a person had bred of two members of a paused run. It takes a step only when it is admitted.
struct HandBred {
    Parentage parentage;
    /// As it would be in the archive; null while it is being scored, and where it could not be.
    MemberPtr child = nullptr;
    /// Held-out score in [0, 1]; absent where nothing is held out.
    std::optional<double> test = std::nullopt;
    /// What the archive would decide of it now: its fitness, whether it would stay, and who would leave.
    double fitness = 0.0;
    bool stays = false;
    std::optional<MemberId> replaces = std::nullopt;
    /// Why it could not be bred or scored: one sentence; else empty.
    std::string failure = {};
};

/// All that a view may know of a run at one moment: immutable, cheap to copy, destroyable on any thread.
/// State, not events: a reader that skips some misses nothing.
struct SessionSnapshot {
    Phase phase = Phase::Preparing;
    /// Running or paused in another process.
    bool isElsewhere = false;
    /// One sentence for people when the phase needs one (failure, what is being prepared); else empty.
    std::string message;
    /// Set when the run could not begin for want of it.
    std::optional<Consent> consent;
    /// Null until the run has been prepared.
    std::shared_ptr<const RunDescription> run;

    std::uint64_t evaluations = 0;
    std::uint64_t budget = 0;
    /// Set in a look back (core/history/history.h): how many evaluations are stored of the run, of which `evaluations`
    /// are looked at.
    std::optional<std::uint64_t> lookedBackFrom = std::nullopt;
    std::uint64_t accepted = 0;
    /// Time spent computing, all sittings together.
    double seconds = 0.0;
    /// Over the last few seconds; 0 while not running.
    double evaluationsPerSecond = 0.0;
    /// Samples that children were scored on, and that scoring could leave out: early rejection, and models that were
    /// known already.
    std::uint64_t samplesScored = 0;
    std::uint64_t samplesSaved = 0;
    /// Tokens that language models have read and written in this sitting, and how many a second over the last few
    /// seconds; 0 for other tasks, and while not running.
    std::uint64_t tokens = 0;
    double tokensPerSecond = 0.0;

    /// One entry per slot; null where it is empty. `fitness` and `test` run parallel; test is known for few members.
    std::vector<MemberPtr> members;
    std::vector<double> fitness;
    std::vector<std::optional<double>> test;

    /// Ascending steps; at most about two thousand points.
    std::shared_ptr<const std::vector<ProgressPoint>> curve;
    /// The latest ones, oldest first; at most kPairingsKept.
    std::vector<Pairing> pairings;

    static constexpr std::size_t kPairingsKept = 200;
    /// Why members' answers aren't known that could be found out (core/answers): one sentence; else empty.
    std::string whyNoAnswers;
    /// Members whose answers aren't known are being asked again, and a snapshot with these follows.
    bool answersAwaited = false;
    /// While the run is paused: the child that a person has asked for; null when there is none.
    std::shared_ptr<const HandBred> handBred;
    /// Programs on other machines that score this run's models; empty where this machine does.
    std::vector<WorkerStanding> workers;
    /// Of the archive (core/evaluation/archive_hash.h), known once a run has finished or stopped; "" before.
    std::string archiveHash;
};

using SnapshotPtr = std::shared_ptr<const SessionSnapshot>;

/// The score rows of a snapshot's members, one per slot, an empty span where the slot is. Valid as long as the
/// snapshot.
std::vector<std::span<const float>> scoreRows(const SessionSnapshot& snapshot);

/// The slot whose member has the highest total score (ties: the oldest member); absent in an empty archive.
std::optional<std::size_t> bestSlot(std::span<const MemberPtr> members);

std::string_view nameOf(Phase phase);
/// Running or paused.
bool isGoing(Phase phase);

}  // namespace mergarium
