#pragma once

#include "core/archive/competition.h"
#include "core/genome/splice.h"
#include "core/tasks/digits.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

enum class TaskKind { Digits };
enum class StrategyKind { M2n2, Ga };

/// Everything that decides a run's outcome, as its YAML file says it. The defaults are the published M2N2 from specialists.
struct RunConfiguration {
    std::string name = "unnamed";
    TaskKind task = TaskKind::Digits;
    DigitsFounders founders = DigitsFounders::ReferenceSpecialists;
    StrategyKind strategy = StrategyKind::M2n2;
    /// Number of slots, 1 to 100,000.
    std::uint64_t archive = 20;
    CompetitionRule competition;
    bool attraction = true;
    bool crossover = true;
    SpliceRule splice;
    /// Children to be scored; the founders' own scoring doesn't count.
    std::uint64_t evaluations = 10'000;
    std::uint64_t seed = 42;
    /// auto, cpu, cuda or cuda:N.
    std::string device = "auto";
    bool operator==(const RunConfiguration&) const = default;
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

/// Reads a run configuration. `source` is what messages call the text (a path). Unknown or repeated keys, wrong types and
/// impossible values throw ConfigurationError, naming the key and its line.
RunConfiguration parseConfiguration(std::string_view yaml, std::string_view source, const std::vector<Override>& overrides = {});
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

/// Throws ConfigurationError for values that can't be run, naming the key; for configurations that did not come from YAML.
void validate(const RunConfiguration& configuration);

std::string_view nameOf(TaskKind kind);
std::string_view nameOf(StrategyKind kind);
std::string_view nameOf(DigitsFounders founders);
std::string_view nameOf(Capacity capacity);

}  // namespace mergarium
