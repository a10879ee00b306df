#include "core/session/changed_configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

[[noreturn]] void refuseChange(const RunDescription& run, std::string_view why) {
    throw std::runtime_error(fmt::format("Run {} can't be changed: {}; start a new one.", run.id.value, why));
}

RunConfiguration withOtherParameters(const RunDescription& run, const GoingOn& how) {
    const auto& before = run.configuration;
    auto next = parseConfiguration(toYaml(before), fmt::format("run {}", run.id.value), how.changes);
    auto allowed = before;
    allowed.strategy = next.strategy;
    if (next.strategy.index() != before.strategy.index()) refuseChange(run, "another strategy is another run");
    if (next != allowed) refuseChange(run, "nothing but its strategy's parameters may become others");
    const auto was = traitsOf(before.strategy), is = traitsOf(next.strategy);
    if (is.genes != was.genes)
        refuseChange(run, "strategy.genes has to stay, since its models are mixtures of what it has children inherit");
    for (const auto& key : keysThatDiffer(before.strategy, next.strategy))
        for (const auto& traits : {was, is})
            if (std::ranges::find(traits.changeable, key) == traits.changeable.end())
                refuseChange(run, fmt::format("strategy.{} has to stay, since {}", key, traits.fixedBecause));
    if ((is.mutation > 0.0) != (was.mutation > 0.0))
        refuseChange(run, "with mutation its models are held otherwise than without");
    return next;
}

}  // namespace

RunConfiguration changed(const RunDescription& run, const GoingOn& how) {
    auto next = how.changes.empty() ? run.configuration : withOtherParameters(run, how);
    if (how.founder && !traitsOf(next.strategy).takesFounders)
        throw std::runtime_error(
            fmt::format("No founder can join run {}: its strategy has plans for the founders that it began with; start "
                        "a new one.",
                        run.id.value));
    if (!how.evaluations) return next;
    if (*how.evaluations <= next.evaluations)
        throw std::runtime_error(
            fmt::format("Run {} has a budget of {} evaluations; extend it to more than that, not {}.", run.id.value,
                        next.evaluations, *how.evaluations));
    if (const auto why = traitsOf(next.strategy).plansByBudget; !why.empty())
        throw std::runtime_error(
            fmt::format("Run {} can't be extended: {}; start a new one with more.", run.id.value, why));
    next.evaluations = *how.evaluations;
    validate(next);
    return next;
}

}  // namespace mergarium
