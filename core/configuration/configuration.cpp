#include "core/configuration/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace mergarium {
namespace {

bool isDevice(std::string_view device) {
    if (device == "auto" || device == "cpu" || device == "cuda") return true;
    constexpr std::string_view kNumbered = "cuda:";
    if (!device.starts_with(kNumbered)) return false;
    const auto number = device.substr(kNumbered.size());
    return !number.empty() && number.size() <= 2 && number.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Violation> violationOf(const CausalLmSettings& task) {
    if (task.files.empty()) return Violation{"task.files", "names no file of questions"};
    for (const auto& file : task.files) {
        if (file.train.empty()) return Violation{"task.files", "a file of questions has no `train` path"};
        if (!std::isfinite(file.weight) || file.weight <= 0.0)
            return Violation{"task.files", fmt::format("weight must be above 0, not {}", file.weight)};
        if (!(file.heldOut >= 0.0 && file.heldOut < 1.0))
            return Violation{"task.files",
                             fmt::format("held_out must be a share from 0 to below 1, not {}", file.heldOut)};
    }
    if (task.maxNewTokens < 1 || task.maxNewTokens > 1'000'000)
        return Violation{"task.max_new_tokens", fmt::format("must be from 1 to 1,000,000, not {}", task.maxNewTokens)};
    if (task.prompt.empty()) return Violation{"task.prompt", "is empty"};
    return std::nullopt;
}

std::optional<Violation> violationOf(const CommandSettings& task) {
    if (task.program.empty() || task.program.front().empty()) return Violation{"task.program", "names no program"};
    if (task.samples.empty()) return Violation{"task.samples", "names no file of samples"};
    if (!std::isfinite(task.timeout) || task.timeout <= 0.0)
        return Violation{"task.timeout", fmt::format("must be a number of seconds above 0, not {}", task.timeout)};
    return std::nullopt;
}

/// What no kind of strategy, or not this one, can do.
std::optional<Violation> strategyViolation(const RunConfiguration& c) {
    if (isOwnSearch(c.strategy) &&
        (c.competition.alpha != 0.0 || c.competition.epsilon != 0.0 || c.competition.capacity != Capacity::Unit))
        return Violation{"strategy.alpha",
                         fmt::format("{} knows no competition for samples: alpha must be 0, epsilon 0, capacity unit",
                                     nameOf(c.strategy))};
    if (c.strategy != StrategyKind::M2n2 && c.strategy != StrategyKind::Ga && c.attraction)
        return Violation{"strategy.attraction", fmt::format("must be false for {}", nameOf(c.strategy))};
    if (c.ratioGrid && c.strategy != StrategyKind::BruteForce)
        return Violation{"strategy.ratio", "grid is for brute-force alone"};
    if (c.offspring < 1 || c.offspring > 10'000)
        return Violation{"strategy.offspring", fmt::format("must be from 1 to 10,000, not {}", c.offspring)};
    if (c.cells < 1 || c.cells > 1000)
        return Violation{"strategy.cells", fmt::format("must be from 1 to 1000, not {}", c.cells)};
    double slots = 1.0;
    for (std::size_t axis = 0; axis < descriptorCount(c.descriptors); ++axis) slots *= static_cast<double>(c.cells);
    if (slots > 100'000.0)
        return Violation{"strategy.cells", fmt::format("{} to the power of {} descriptors is more than 100,000 cells",
                                                       c.cells, descriptorCount(c.descriptors))};
    if (c.evolution.step && !(std::isfinite(*c.evolution.step) && *c.evolution.step > 0.0))
        return Violation{"strategy.step",
                         fmt::format("must be a standard deviation above 0, not {}", *c.evolution.step)};
    if (c.evolution.population != 0 && (c.evolution.population < 4 || c.evolution.population > 100'000))
        return Violation{"strategy.population",
                         fmt::format("must be 0 (chosen by the number of dimensions), or from 4 to 100,000, not {}",
                                     c.evolution.population)};
    if (c.evolution.layers < 1) return Violation{"strategy.layers", "must be at least 1"};
    return std::nullopt;
}

/// What of task and founders can't be run together.
std::optional<Violation> taskViolation(const RunConfiguration& c) {
    const bool digits = kindOf(c.task) == TaskKind::Digits;
    const auto* checkpoints = std::get_if<std::vector<CheckpointFounder>>(&c.founders);
    if (digits && checkpoints)
        return Violation{"founders", "must be reference-specialists, specialists or random for the digits"};
    if (!digits && !checkpoints)
        return Violation{"founders", fmt::format("must be a list of model folders or files for the task {}",
                                                 nameOf(kindOf(c.task)))};
    if (const auto* task = std::get_if<CausalLmSettings>(&c.task))
        if (auto violation = violationOf(*task)) return violation;
    if (const auto* task = std::get_if<CommandSettings>(&c.task))
        if (auto violation = violationOf(*task)) return violation;
    if (!checkpoints) return std::nullopt;
    if (checkpoints->size() < 2)
        return Violation{"founders", fmt::format("must name at least 2 models, not {}", checkpoints->size())};
    for (const auto& founder : *checkpoints)
        if (founder.base.empty()) return Violation{"founders", "one of them has no path"};
    if (c.splice.mutation > 0.0)
        return Violation{"strategy.mutation",
                         "must be 0 for founders from checkpoints: their children are kept as recipes over them"};
    for (const auto& rule : c.tensors.freeze)
        if (rule.founder >= checkpoints->size())
            return Violation{"tensors.freeze", fmt::format("names founder {}, but there are only {} (counted from 1)",
                                                           rule.founder + 1, checkpoints->size())};
    return std::nullopt;
}

}  // namespace

TaskKind kindOf(const TaskSettings& task) {
    if (std::holds_alternative<CausalLmSettings>(task)) return TaskKind::CausalLm;
    return std::holds_alternative<CommandSettings>(task) ? TaskKind::Command : TaskKind::Digits;
}

std::size_t founderCount(const FounderSettings& founders) {
    const auto* checkpoints = std::get_if<std::vector<CheckpointFounder>>(&founders);
    return checkpoints ? checkpoints->size() : 2;
}

bool competes(StrategyKind kind) { return kind == StrategyKind::M2n2 || kind == StrategyKind::RandomPairing; }

bool isOwnSearch(StrategyKind kind) {
    return kind == StrategyKind::MapElites || kind == StrategyKind::CmaEs || kind == StrategyKind::BruteForce;
}

std::size_t slotCount(const RunConfiguration& c) {
    if (c.strategy != StrategyKind::MapElites) return c.archive;
    std::size_t slots = 1;
    for (std::size_t axis = 0; axis < descriptorCount(c.descriptors); ++axis) slots *= c.cells;
    return slots;
}

std::optional<Violation> firstViolation(const RunConfiguration& c) {
    const auto bad = [](std::string key, std::string sentence) {
        return Violation{std::move(key), std::move(sentence)};
    };
    const auto founders = founderCount(c.founders);
    if (c.name.empty()) return bad("name", "a run needs a name");
    if (auto violation = taskViolation(c)) return violation;
    if (auto violation = strategyViolation(c)) return violation;
    if (c.archive < founders || c.archive < 2)
        return bad("strategy.archive", fmt::format("must be at least {}, the number of founders, not {}",
                                                   std::max<std::size_t>(founders, 2), c.archive));
    if (c.archive > 100'000) return bad("strategy.archive", fmt::format("must be at most 100,000, not {}", c.archive));
    if (!std::isfinite(c.competition.alpha) || c.competition.alpha < 0.0 || c.competition.alpha > 100.0)
        return bad("strategy.alpha", fmt::format("must be a number from 0 to 100, not {}", c.competition.alpha));
    if (!std::isfinite(c.competition.epsilon) || c.competition.epsilon < 0.0)
        return bad("strategy.epsilon", fmt::format("must be a number of at least 0, not {}", c.competition.epsilon));
    if (c.splice.splits.least > c.splice.splits.most)
        return bad("strategy.splits", fmt::format("the first of [{}, {}] must not be the larger", c.splice.splits.least,
                                                  c.splice.splits.most));
    if (c.splice.splits.most > 100'000)
        return bad("strategy.splits", fmt::format("must be at most 100,000, not {}", c.splice.splits.most));
    if (const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio);
        beta && (!std::isfinite(beta->shape) || beta->shape < 0.001 || beta->shape > 1000.0))
        return bad("strategy.ratio", fmt::format("beta must be a number from 0.001 to 1000, not {}", beta->shape));
    if (!std::isfinite(c.splice.mutation) || c.splice.mutation < 0.0)
        return bad("strategy.mutation",
                   fmt::format("must be a standard deviation of at least 0, not {}", c.splice.mutation));
    if (!c.crossover && c.splice.mutation == 0.0)
        return bad("strategy.crossover",
                   "without crossover and without mutation every child is its parent: set strategy.mutation above 0");
    if (c.evaluations < 1 || c.evaluations > 1'000'000'000)
        return bad("budget.evaluations", fmt::format("must be from 1 to 1,000,000,000, not {}", c.evaluations));
    if (c.seed > static_cast<std::uint64_t>(INT64_MAX))
        return bad("seed", fmt::format("must be at most {}, not {}", INT64_MAX, c.seed));
    if (!isDevice(c.device)) return bad("device", fmt::format("must be auto, cpu, cuda or cuda:N, not '{}'", c.device));
    return std::nullopt;
}

void validate(const RunConfiguration& configuration) {
    if (const auto violation = firstViolation(configuration))
        throw ConfigurationError(fmt::format("{}: {}.", violation->key, violation->sentence));
}

std::string_view nameOf(TaskKind kind) {
    switch (kind) {
        case TaskKind::Digits: return "digits";
        case TaskKind::CausalLm: return "causal-lm";
        case TaskKind::Command: return "command";
    }
    return "unknown";
}

std::string_view nameOf(StrategyKind kind) {
    switch (kind) {
        case StrategyKind::M2n2: return "m2n2";
        case StrategyKind::Ga: return "ga";
        case StrategyKind::RandomPairing: return "random-pairing";
        case StrategyKind::MapElites: return "map-elites";
        case StrategyKind::CmaEs: return "cma-es";
        case StrategyKind::BruteForce: return "brute-force";
    }
    return "unknown";
}

std::string_view nameOf(DigitsFounders founders) {
    switch (founders) {
        case DigitsFounders::ReferenceSpecialists: return "reference-specialists";
        case DigitsFounders::Specialists: return "specialists";
        case DigitsFounders::Random: return "random";
    }
    return "unknown";
}

std::string_view nameOf(QuestionScoring scoring) {
    switch (scoring) {
        case QuestionScoring::ExactMatch: return "exact-match";
        case QuestionScoring::MultipleChoice: return "multiple-choice";
        case QuestionScoring::Likelihood: return "likelihood";
    }
    return "unknown";
}

std::string_view nameOf(EvaluatorLifetime lifetime) {
    return lifetime == EvaluatorLifetime::Kept ? "kept" : "per-child";
}

std::string_view nameOf(Handover handover) { return handover == Handover::Folder ? "folder" : "in-place"; }

std::string_view nameOf(Capacity capacity) {
    switch (capacity) {
        case Capacity::Unit: return "unit";
        case Capacity::Best: return "best";
    }
    return "unknown";
}

}  // namespace mergarium
