#include "core/session/configuration.h"

#include <fmt/format.h>

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

}  // namespace

std::optional<Violation> firstViolation(const RunConfiguration& c) {
    const auto bad = [](std::string key, std::string sentence) { return Violation{std::move(key), std::move(sentence)}; };
    constexpr std::uint64_t kFounders = 2;
    if (c.name.empty()) return bad("name", "a run needs a name");
    if (c.archive < kFounders)
        return bad("strategy.archive", fmt::format("must be at least {}, the number of founders, not {}", kFounders, c.archive));
    if (c.archive > 100'000) return bad("strategy.archive", fmt::format("must be at most 100,000, not {}", c.archive));
    if (!std::isfinite(c.competition.alpha) || c.competition.alpha < 0.0 || c.competition.alpha > 100.0)
        return bad("strategy.alpha", fmt::format("must be a number from 0 to 100, not {}", c.competition.alpha));
    if (!std::isfinite(c.competition.epsilon) || c.competition.epsilon < 0.0)
        return bad("strategy.epsilon", fmt::format("must be a number of at least 0, not {}", c.competition.epsilon));
    if (c.splice.splits.least > c.splice.splits.most)
        return bad("strategy.splits", fmt::format("the first of [{}, {}] must not be the larger", c.splice.splits.least, c.splice.splits.most));
    if (c.splice.splits.most > 100'000)
        return bad("strategy.splits", fmt::format("must be at most 100,000, not {}", c.splice.splits.most));
    if (const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio);
        beta && (!std::isfinite(beta->shape) || beta->shape < 0.001 || beta->shape > 1000.0))
        return bad("strategy.ratio", fmt::format("beta must be a number from 0.001 to 1000, not {}", beta->shape));
    if (!std::isfinite(c.splice.mutation) || c.splice.mutation < 0.0)
        return bad("strategy.mutation", fmt::format("must be a standard deviation of at least 0, not {}", c.splice.mutation));
    if (!c.crossover && c.splice.mutation == 0.0)
        return bad("strategy.crossover", "without crossover and without mutation every child is its parent: set strategy.mutation above 0");
    if (c.evaluations < 1 || c.evaluations > 1'000'000'000)
        return bad("budget.evaluations", fmt::format("must be from 1 to 1,000,000,000, not {}", c.evaluations));
    if (c.seed > static_cast<std::uint64_t>(INT64_MAX)) return bad("seed", fmt::format("must be at most {}, not {}", INT64_MAX, c.seed));
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
    }
    return "unknown";
}

std::string_view nameOf(StrategyKind kind) {
    switch (kind) {
        case StrategyKind::M2n2: return "m2n2";
        case StrategyKind::Ga: return "ga";
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

std::string_view nameOf(Capacity capacity) {
    switch (capacity) {
        case Capacity::Unit: return "unit";
        case Capacity::Best: return "best";
    }
    return "unknown";
}

}  // namespace mergarium
