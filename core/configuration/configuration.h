#pragma once

#include "core/archive/competition.h"
#include "core/founders/founder_settings.h"
#include "core/genome/splice.h"
#include "core/search/map_elites/descriptors.h"
#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/command/command_settings.h"
#include "core/tasks/digits/digits.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mergarium {

enum class TaskKind { Digits, CausalLm, Command };
enum class StrategyKind { M2n2, Ga, RandomPairing, MapElites, CmaEs, BruteForce };

/// Of CMA-ES.
struct EvolutionSettings {
    /// The first standard deviation; absent: 0.05 for network weights, 0.2 for mixing weights.
    std::optional<double> step = std::nullopt;
    /// Samples a generation; 0: 4 + floor(3 ln n).
    std::uint64_t population = 0;
    /// How many neighbouring layers share their mixing weights.
    std::uint64_t layers = 1;
    bool operator==(const EvolutionSettings&) const = default;
};

/// The digits have nothing to be set.
struct DigitsSettings {
    bool operator==(const DigitsSettings&) const = default;
};

/// What models are scored on.
using TaskSettings = std::variant<DigitsSettings, CausalLmSettings, CommandSettings>;
/// Where a run starts: the digits' founders by name, everything else from checkpoints.
using FounderSettings = std::variant<DigitsFounders, std::vector<CheckpointFounder>>;

/// Everything that decides a run's outcome, as its YAML file says it. The defaults are the published M2N2 from
/// specialists.
struct RunConfiguration {
    std::string name = "unnamed";
    TaskSettings task;
    FounderSettings founders;
    /// Of checkpoints: what is merged and what is not.
    TensorRules tensors;
    StrategyKind strategy = StrategyKind::M2n2;
    /// Number of slots, 1 to 100,000.
    std::uint64_t archive = 20;
    CompetitionRule competition;
    bool attraction = true;
    bool crossover = true;
    SpliceRule splice;
    /// Brute force: ratios at equal distances instead of drawn ones.
    bool ratioGrid = false;
    /// Children bred from the archive as it stands, before any of them is admitted; 1: each sees what came of the one
    /// before.
    std::uint64_t offspring = 1;
    /// A child that scores on every sample exactly as a member does is not admitted.
    bool refuseDuplicates = false;
    /// MAP-Elites: intervals a descriptor, and what describes behaviour; empty: the groups of odd and of even number.
    std::uint64_t cells = 10;
    std::vector<DescriptorRule> descriptors;
    EvolutionSettings evolution;
    /// Stop scoring a child that is certain to be rejected; absent: where scoring is more than one cheap batch.
    std::optional<bool> earlyRejection;
    /// Children to be scored; the founders' own scoring doesn't count.
    std::uint64_t evaluations = 10'000;
    std::uint64_t seed = 42;
    /// auto, cpu, cuda or cuda:N.
    std::string device = "auto";
    bool operator==(const RunConfiguration&) const = default;
};

/// Where a run belongs in a sweep; both empty outside of one.
struct SweepArm {
    std::string sweep;
    std::string arm;
};

/// Bad input: one sentence that says what is wrong, where, and what to do.
class ConfigurationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One `--set key=value`: a dotted key and a YAML value.
struct Override {
    std::string key;
    std::string value;
};

/// "strategy.ratio={beta: 0.3}" -> Override. Throws ConfigurationError.
Override parseOverride(std::string_view text);

/// Reads a run configuration. `source` is what messages call the text (a path); relative paths in it are relative to
/// `folder`. Unknown or repeated keys, wrong types and impossible values throw ConfigurationError, naming the key and
/// its line.
RunConfiguration parseConfiguration(std::string_view yaml, std::string_view source,
                                    const std::vector<Override>& overrides = {},
                                    const std::filesystem::path& folder = {});
RunConfiguration readConfiguration(const std::filesystem::path& path, const std::vector<Override>& overrides = {});

/// The complete YAML of a configuration, every key said; parses back to an equal one.
std::string toYaml(const RunConfiguration& configuration);

/// A value that can't be run.
struct Violation {
    /// Dotted, "strategy.archive".
    std::string key;
    std::string sentence;
};
std::optional<Violation> firstViolation(const RunConfiguration& configuration);

/// Throws ConfigurationError for values that can't be run, naming the key; for configurations that did not come from
/// YAML.
void validate(const RunConfiguration& configuration);

/// Whether members compete for samples unless the configuration says otherwise.
bool competes(StrategyKind kind);
/// Whether a strategy has an archive and parents of its own, so that competition and attraction don't apply.
bool isOwnSearch(StrategyKind kind);
/// Slots of the archive: its size, or the cells of MAP-Elites' grid.
std::size_t slotCount(const RunConfiguration& configuration);

TaskKind kindOf(const TaskSettings& task);
/// How many founders a run has.
std::size_t founderCount(const FounderSettings& founders);

std::string_view nameOf(TaskKind kind);
std::string_view nameOf(StrategyKind kind);
std::string_view nameOf(DigitsFounders founders);
std::string_view nameOf(Capacity capacity);
std::string_view nameOf(QuestionScoring scoring);
std::string_view nameOf(EvaluatorLifetime lifetime);
std::string_view nameOf(Handover handover);

}  // namespace mergarium
