#include "core/trial/trial.h"

#include "core/evaluation/experiment.h"
#include "core/evaluation/preflight.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_source.h"
#include "core/progress/progress.h"
#include "core/trial/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace mergarium {
namespace {

/// Founders of so few bytes, all together, are loaded in a moment.
constexpr std::uint64_t kSmall = 64'000'000;

const std::atomic<bool> kNeverSet = false;

/// Where it may be abandoned whoever asked for it has set no flag.
const std::atomic<bool>& flagOf(const RunPlace& place) { return place.abandon ? *place.abandon : kNeverSet; }

void checkAbandoned(const RunPlace& place) {
    if (flagOf(place)) throw Cancelled();
}

void tryAll(const Experiment& experiment, const RunPlace& place, std::size_t perGroup, const Announce& announce,
            Trial& trial) {
    const auto samples = samplesToTry(*trial.samples, perGroup);
    const auto total = samples.size() * experiment.founders.size();
    for (const auto& founder : experiment.founders) {
        const auto before = samples.size() * trial.founders.size();
        const auto tried = [&](std::size_t done) {
            if (announce && !announce(fmt::format("Trying {}", founder.name), before + done, total)) throw Cancelled();
        };
        tried(0);
        checkAbandoned(place);
        auto& one = trial.founders.emplace_back(
            FounderTrial{.name = founder.name,
                         .attempts = {},
                         .bytes = experiment.taskMemory > 0 ? experiment.taskMemory : founder.bytes,
                         .failure = {}});
        try {
            tryFounder(*experiment.task, *founder.genome, samples, flagOf(place), tried, one);
        } catch (const EvaluationFailure& failure) {
            checkAbandoned(place);
            one.attempts.clear();
            one.failure = failure.what();
            return;  // a run would be refused here
        }
    }
}

/// A trial that ended before it began.
Trial endedBy(Finding finding, Trial trial) {
    trial.findings = {std::move(finding)};
    return trial;
}

}  // namespace

double Trial::secondsEach() const {
    // The first one tried also pays for memory and threads that are used for the first time.
    const auto skipped = founders.size() > 1 ? 1 : 0;
    double seconds = 0.0;
    std::size_t count = 0;
    for (auto founder = founders.begin() + skipped; founder != founders.end(); ++founder)
        if (founder->failure.empty()) seconds += founder->seconds, ++count;
    return count > 0 ? seconds / static_cast<double>(count) : 0.0;
}

std::size_t samplesPerGroup(const RunConfiguration& configuration) {
    return traitsOf(configuration.task).paints ? 1 : kSamplesPerGroup;
}

Trial tryFounders(const RunConfiguration& configuration, const RunPlace& place, std::size_t perGroup,
                  const Announce& announce) {
    Trial trial{.findings = {},
                .founders = {},
                .samples = nullptr,
                .device = {},
                .toMend = traitsOf(configuration.task).toMend,
                .onDisk = traitsOf(configuration.task).models == TaskTraits::Models::OnDisk,
                .evaluations = configuration.evaluations};
    if (const auto program = programOf(configuration)) {
        if (!place.mayStart || !place.mayStart(*program))
            return endedBy(untrusted(*program), std::move(trial));  // before anything large is read
    }
    const auto watched = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
        return !flagOf(place) && (!announce || announce(what, done, total));
    };
    try {
        const auto experiment = prepare(configuration, place, watched);
        trial.samples = experiment.task->samples();
        trial.device = experiment.device;
        trial.untrained = experiment.untrained;
        tryAll(experiment, place, perGroup, announce, trial);
    } catch (const EvaluationFailure& failure) {
        checkAbandoned(place);
        return endedBy(notStarted(failure.what()), std::move(trial));
    }
    trial.findings = findingsOf(trial);
    return trial;
}

bool isQuickToTry(const RunConfiguration& configuration) {
    if (programOf(configuration)) return false;
    const auto* named = std::get_if<std::vector<CheckpointFounder>>(&configuration.founders);
    if (!named) return true;
    std::uint64_t bytes = 0;
    for (const auto& founder : *named) {
        const auto source = openFounder(founder, scratchPlace());
        // What adapters change, and fp8, is computed first.
        if (!source->derivation().empty()) return false;
        for (const auto& tensor : source->tensors()) bytes += tensor.byteSize();
        if (bytes > kSmall) return false;
    }
    return true;
}

}  // namespace mergarium
