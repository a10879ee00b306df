#pragma once

#include "core/fields/field_checker.h"
#include "core/fields/field_list.h"
#include "core/fields/source.h"
#include "core/founders/founder_settings.h"
#include "core/search/kinds.h"
#include "core/tasks/kinds.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Everything that decides a run's outcome, as its YAML file says it. The defaults are the published M2N2 from
/// specialists.
struct RunConfiguration {
    std::string name = "unnamed";
    /// What models are scored on.
    TaskSettings task;
    FounderSettings founders = OwnFounders{"reference-specialists"};
    /// Of checkpoints: what is merged and what is not.
    TensorRules tensors;
    StrategySettings strategy;
    /// Children to be scored; the founders' own scoring doesn't count.
    std::uint64_t evaluations = 10'000;
    std::uint64_t seed = 42;
    /// auto, cpu, cuda or cuda:N.
    std::string device = "auto";
    bool operator==(const RunConfiguration&) const = default;
};

/// Names every parameter of a run.
void visit(FieldVisitor& visitor, RunConfiguration& configuration);

/// Where a run belongs in a sweep; both empty outside of one.
struct SweepArm {
    std::string sweep;
    std::string arm;
};

/// The first value that can't be run: out of its bounds, or not beside the others.
std::optional<Violation> firstViolation(const RunConfiguration& configuration);

/// Throws ConfigurationError for values that can't be run, naming the key; for configurations that did not come from
/// YAML.
void validate(const RunConfiguration& configuration);

/// Keys of the parameters that aren't the same in two strategies of one kind.
std::vector<std::string> keysThatDiffer(const StrategySettings& one, const StrategySettings& other);

/// What is merged of founders from checkpoints, and what is not: the run's rules, and behind them what its task keeps
/// (TaskTraits::kept).
TensorRules rulesOf(const RunConfiguration& configuration);

/// How many founders a run has.
std::size_t founderCount(const FounderSettings& founders);

/// The parameters of a configuration of these kinds of task and strategy, dotted keys; by default of every kind, each
/// key once.
std::vector<FieldEntry> parametersOf(const RunConfiguration& configuration);
std::vector<FieldEntry> allParameters();

}  // namespace mergarium
