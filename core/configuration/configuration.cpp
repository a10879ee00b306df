#include "core/configuration/configuration.h"

#include "core/fields/kinds.h"
#include "core/founders/founder_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace mergarium {
namespace {

constexpr std::uint64_t kMostEvaluations = 1'000'000'000;
constexpr std::string_view kDevices[] = {"auto", "cpu", "cuda"};

bool isDevice(std::string_view device) {
    if (std::ranges::find(kDevices, device) != std::end(kDevices)) return true;
    constexpr std::string_view kNumbered = "cuda:";
    if (!device.starts_with(kNumbered)) return false;
    const auto number = device.substr(kNumbered.size());
    return !number.empty() && number.size() <= 2 && number.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What of task and founders can't be run together.
std::optional<Violation> founderViolation(const RunConfiguration& c) {
    const auto own = ownFoundersOf(c.task);
    if (const auto* named = std::get_if<OwnFounders>(&c.founders)) {
        if (own.empty())
            return Violation{"founders",
                             fmt::format("must be a list of model folders or files for the task {}", kindOf(c.task))};
        if (std::ranges::find(own, named->name) == own.end())
            return Violation{"founders",
                             fmt::format("is '{}', but must be one of: {}", named->name, fmt::join(own, ", "))};
        return std::nullopt;
    }
    const auto& checkpoints = std::get<std::vector<CheckpointFounder>>(c.founders);
    if (!own.empty())
        return Violation{"founders",
                         fmt::format("must be one of: {} for the task {}", fmt::join(own, ", "), kindOf(c.task))};
    if (checkpoints.size() < 2)
        return Violation{"founders", fmt::format("must name at least 2 models, not {}", checkpoints.size())};
    for (const auto& founder : checkpoints)
        if (founder.base.empty()) return Violation{"founders", "one of them has no path"};
    if (traitsOf(c.strategy).mutation > 0.0)
        return Violation{"strategy.mutation",
                         "must be 0 for founders from checkpoints: their children are kept as recipes over them"};
    for (const auto& rule : c.tensors.freeze)
        if (rule.founder >= checkpoints.size())
            return Violation{"tensors.freeze", fmt::format("names founder {}, but there are only {} (counted from 1)",
                                                           rule.founder + 1, checkpoints.size())};
    return std::nullopt;
}

}  // namespace

void visit(FieldVisitor& visitor, RunConfiguration& c) {
    visitor.text({.key = "name", .label = "Name", .help = "What the list of runs calls it."}, c.name,
                 {.required = true});
    visitor.section({.key = "task", .label = "Task", .help = "What models are scored on."},
                    [&] { visitKind(visitor, "Task", c.task); });
    FoundersField founders(c.founders, ownFoundersOf(c.task));
    visitor.structured({.key = "founders", .label = "Founders", .help = "The models that the run starts from."},
                       founders);
    visitor.section({.key = "tensors", .label = "Tensors", .help = "What of founders is merged, and what is not."},
                    [&] { visit(visitor, c.tensors, !std::holds_alternative<OwnFounders>(c.founders)); });
    visitor.section({.key = "strategy", .label = "Strategy", .help = "How models are searched for."},
                    [&] { visitKind(visitor, "Strategy", c.strategy); });
    visitor.section({.key = "budget", .label = "Budget", .help = "When the run ends."}, [&] {
        visitor.whole({.key = "evaluations", .label = "Evaluations", .help = "How many children are made and scored."},
                      c.evaluations, {.least = 1, .most = kMostEvaluations});
    });
    visitor.whole(
        {.key = "seed", .label = "Seed", .help = "Of all random numbers of the run; the same seed gives the same run."},
        c.seed, {.least = 0, .most = static_cast<std::uint64_t>(INT64_MAX)});
    visitor.text({.key = "device", .label = "Device", .help = "What computes: auto, cpu, cuda or cuda:N."}, c.device,
                 {.suggestions = kDevices});
}

std::vector<std::string> keysThatDiffer(const StrategySettings& one, const StrategySettings& other) {
    const auto valuesOf = [](StrategySettings settings) {
        FieldWriter writer;
        std::visit([&](auto& kind) { visit(writer, kind); }, settings);
        return writer.map();
    };
    const auto first = valuesOf(one), second = valuesOf(other);
    std::vector<std::string> keys;
    for (const auto* values : {&first, &second})
        for (const auto& entry : values->map()) {
            const auto *was = first.find(entry.key), *is = second.find(entry.key);
            const bool same = was && is && toInlineYaml(*was) == toInlineYaml(*is);
            if (!same && std::ranges::find(keys, entry.key) == keys.end()) keys.push_back(entry.key);
        }
    return keys;
}

TensorRules rulesOf(const RunConfiguration& configuration) {
    auto rules = configuration.tensors;
    for (auto& pattern : traitsOf(configuration.task).kept) rules.freeze.push_back({.pattern = std::move(pattern)});
    return rules;
}

std::size_t founderCount(const FounderSettings& founders) {
    const auto* checkpoints = std::get_if<std::vector<CheckpointFounder>>(&founders);
    return checkpoints ? checkpoints->size() : 2;
}

std::optional<Violation> firstViolation(const RunConfiguration& configuration) {
    auto c = configuration;
    FieldChecker checker;
    visit(checker, c);
    if (checker.violation()) return checker.violation();
    if (auto violation = founderViolation(c)) return violation;
    if (auto violation = std::visit([](const auto& one) { return violationOf(one); }, c.strategy)) {
        violation->key = "strategy." + violation->key;
        return violation;
    }
    const auto traits = traitsOf(c.strategy);
    if (const auto founders = founderCount(c.founders); traits.foundersHaveSlots && traits.slots < founders)
        return Violation{"strategy.archive",
                         fmt::format("must be at least {}, the number of founders, not {}", founders, traits.slots)};
    if (!isDevice(c.device))
        return Violation{"device", fmt::format("must be auto, cpu, cuda or cuda:N, not '{}'", c.device)};
    return std::nullopt;
}

void validate(const RunConfiguration& configuration) {
    if (const auto violation = firstViolation(configuration))
        throw ConfigurationError(fmt::format("{}: {}.", violation->key, violation->sentence));
}

std::vector<FieldEntry> parametersOf(const RunConfiguration& configuration) { return fieldsOf(configuration); }

std::vector<FieldEntry> allParameters() {
    std::vector<FieldEntry> all;
    const auto add = [&](const RunConfiguration& configuration) {
        for (auto& entry : parametersOf(configuration))
            if (std::ranges::find(all, entry.key, &FieldEntry::key) == all.end()) all.push_back(std::move(entry));
    };
    for (const auto& task : defaultKinds<TaskSettings>()) add({.task = task});
    for (const auto& strategy : defaultKinds<StrategySettings>()) add({.strategy = strategy});
    return all;
}

}  // namespace mergarium
