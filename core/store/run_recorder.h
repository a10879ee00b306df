#pragma once

#include "core/archive/archive.h"
#include "core/checkpoint/layout.h"
#include "core/database/event_kinds.h"
#include "core/database/inspection.h"
#include "core/run/snapshot.h"
#include "core/search/strategy.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A founder as it is stored.
struct FounderRecord {
    MemberPtr member;
    std::string name;
    /// Content hash, hexadecimal.
    std::string hash;
    double test = 0.0;
    /// Where it lies; empty for founders that Mergarium made itself, whose parameters are stored with the run.
    CheckpointFounder source;
    /// Bytes of its parameters.
    std::uint64_t bytes = 0;
    /// Its first slot; absent when it does not enter the archive.
    std::optional<std::size_t> slot = std::nullopt;
    /// The step that it took when it joined a run that was going on, where its birth says more; 0: it was there at
    /// first.
    std::uint64_t joined = 0;
};

/// One birth as it is stored; `child` is null when it was rejected.
struct BirthRecord {
    std::uint64_t step = 0;
    /// Absent where the strategy made the model itself.
    std::optional<Parentage> parentage = std::nullopt;
    /// Mean over the samples that were scored.
    double train = 0.0;
    double fitness = 0.0;
    std::optional<std::size_t> slot = std::nullopt;
    std::optional<MemberId> replaced = std::nullopt;
    MemberPtr child = nullptr;
    double seconds = 0.0;
    /// How many samples were scored before it was certain to be rejected; absent: all.
    std::optional<std::uint64_t> scored = std::nullopt;
    /// Why it could not be scored; empty when it could.
    std::string failure = {};
    BirthOrigin origin = BirthOrigin::Search;
};

/// Where the run stands; stored with every flush.
struct RunStanding {
    Phase phase = Phase::Running;
    std::string message;
    std::uint64_t evaluations = 0;
    std::uint64_t accepted = 0;
    double seconds = 0.0;
    double bestTrain = 0.0;
    double bestTest = 0.0;
    std::string archiveHash;
    std::uint64_t samplesScored = 0;
    std::uint64_t samplesSaved = 0;
};

/// What a run resumes from: an archive, and what its strategy knows beyond it.
struct CheckpointRecord {
    const Archive& archive;
    std::span<const std::byte> state;
};

/// What a stored run is taken over for.
enum class TakenTo {
    GoOn,
    /// `change` follows; until then nothing that is stored of the run changes.
    Change,
};

/// Appends one running run to the database through a writing connection of its own; used by the worker's thread alone.
/// Records gather in memory and are written by `flush` in one transaction: the file is locked for milliseconds, and
/// what a kill loses is recomputed identically. Every function throws StoreError with one sentence.
class RunRecorder {
public:
    /// Stores a new run and its founders; the run's id, founders and samples are ignored. `arm` names the sweep that it
    /// belongs to, if any.
    static RunRecorder create(const std::filesystem::path& database, const RunDescription& run,
                              std::span<const FounderRecord> founders, const SweepArm& arm = {});
    /// Takes over a stored run, which must be whole (seals.h), or else goes back to where it was. Refused while a
    /// living process runs it; to go on, when it has finished; to change, when it belongs to a sweep, whose runs have
    /// one budget. Throws RunDamaged.
    static RunRecorder takeOver(const std::filesystem::path& database, RunId run, IfDamaged damaged = IfDamaged::Refuse,
                                TakenTo to = TakenTo::GoOn);

    ~RunRecorder();
    RunRecorder(RunRecorder&&) noexcept;
    RunRecorder& operator=(RunRecorder&&) noexcept;

    RunId run() const;
    bool isInSweep() const;
    /// The run has `next` from now on, where it had `before`, and goes on; that it does is an event, unless both are
    /// equal. Where members sit in other slots from now on, `seating` says who in which (0: nobody), and `checkpoint`
    /// takes the last one's place; there is none where it is absent.
    void change(const RunConfiguration& before, const RunConfiguration& next, std::span<const MemberId> seating = {},
                const std::optional<CheckpointRecord>& checkpoint = std::nullopt);
    void record(BirthRecord birth);
    void record(const ProgressPoint& point);
    /// It joins at a birth that was recorded.
    void recordFounder(FounderRecord founder);
    void recordTest(MemberId member, double score);
    void recordEvent(std::uint64_t step, const std::string& kind, const std::string& text);

    /// What was recorded since the last flush can't be trusted: it is not written.
    void discard();
    /// Writes what was recorded and where the run stands. `checkpoint`, if any, becomes the run's checkpoint at
    /// `standing.evaluations`.
    void flush(const RunStanding& standing, const std::optional<CheckpointRecord>& checkpoint = std::nullopt);

private:
    struct Store;
    explicit RunRecorder(std::unique_ptr<Store> store);
    std::unique_ptr<Store> store_;
};

}  // namespace mergarium
