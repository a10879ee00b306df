#include "core/search/shared_fields.h"

#include "core/fields/field_writer.h"
#include "core/fields/map_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr std::uint32_t kMostSplits = 100'000;
constexpr std::size_t kLongestName = 64;
constexpr Capacity kCapacities[] = {Capacity::Unit, Capacity::Best};
constexpr Baseline kBaselines[] = {Baseline::None, Baseline::Worst};
constexpr Inherit kInherits[] = {Inherit::Splits, Inherit::Each};
constexpr Snap kSnaps[] = {Snap::None, Snap::Tensor, Snap::Layer};

Value valueOf(const BetaRatio& beta) {
    Value map{Value::Map{}};
    map.at("beta") = Value(numberText(beta.shape));
    return map;
}

BetaRatio betaOf(std::string_view key, const Value& value, MapReader& map) {
    MapReader inner(value, map.full(key), map.source());
    BetaRatio beta;
    inner.number("beta", beta.shape);
    inner.close();
    return beta;
}

std::optional<std::string> violationOfBeta(const BetaRatio& beta) {
    if (std::isfinite(beta.shape) && beta.shape >= 0.001 && beta.shape <= 1000.0) return std::nullopt;
    return fmt::format("beta must be a number from 0.001 to 1000, not {}", beta.shape);
}

}  // namespace

void visitArchiveSize(FieldVisitor& visitor, std::uint64_t& slots) {
    visitor.whole({.key = "archive", .label = "Archive size", .help = "How many models live at a time."}, slots,
                  {.least = 2, .most = 100'000});
}

void visitCompetition(FieldVisitor& visitor, CompetitionRule& rule) {
    visitor.number({.key = "alpha",
                    .label = "Competition (alpha)",
                    .help = "A sample is worth capacity / (z^alpha + epsilon) to each point of score on it, z the sum "
                            "of all scores; 1: M2N2, 0: no competition."},
                   rule.alpha, {.least = 0.0, .most = 100.0});
    visitor.number({.key = "epsilon",
                    .label = "Scarcity (epsilon)",
                    .help = "Added to z^alpha, so that a sample that few can solve is worth less; 0: the paper's."},
                   rule.epsilon, {.least = 0.0});
    visitor.choice({.key = "capacity",
                    .label = "Niche capacity",
                    .help = "What a sample is worth in all: 1 (unit, for right and wrong), or the best score that any "
                            "member has on it (best, for graded scores)."},
                   rule.capacity, std::span<const Capacity>(kCapacities));
    visitor.choice({.key = "baseline",
                    .label = "Scores counted from",
                    .help = "none: from 0; worst: on every sample, from the worst score that any member has on it "
                            "(for graded scores, as in the paper's experiment with text-to-image models)."},
                   rule.baseline, std::span<const Baseline>(kBaselines));
}

void visitBreeding(FieldVisitor& visitor, bool& crossover, SpliceRule& rule) {
    visitor.boolean({.key = "crossover",
                     .label = "Crossover",
                     .help = "Children have two parents; off: a child differs from its one parent by mutation alone."},
                    crossover);
    bool splitPoint = rule.splits.most > 0;
    visitor.boolean(
        {.key = "split_point", .label = "Split point", .help = "false says the same as splits: 0.", .shorthand = true},
        splitPoint);
    SplitsField splits(rule.splits);
    visitor.structured({.key = "splits",
                        .label = "Split points",
                        .help = "How many, drawn between the two for every child; 0: one mixing ratio for the whole "
                                "network."},
                       splits);
    if (!splitPoint) rule.splits = {0, 0};
    auto ratio = std::visit([](const auto& one) { return RatioChoice(one); }, rule.ratio);
    RatioField ratioField(ratio, false);
    visitor.structured({.key = "ratio",
                        .label = "Mixing ratio",
                        .help = "How much of each parent: uniform in 0 to 1, Beta(a, a), which below a = 1 prefers "
                                "one parent over the other, or whole: 0 or 1, so that nothing is mixed. Drawn per "
                                "child, and where every gene is inherited for itself, per gene."},
                       ratioField);
    rule.ratio = UniformRatio{};
    if (const auto* beta = std::get_if<BetaRatio>(&ratio)) rule.ratio = *beta;
    if (std::holds_alternative<WholeRatio>(ratio)) rule.ratio = WholeRatio{};
    visitInterpolation(visitor, rule.interpolation);
    visitor.number({.key = "mutation",
                    .label = "Mutation",
                    .help = "Standard deviation of the noise added to a child's parameters; not for founders from "
                            "checkpoints."},
                   rule.mutation, {.least = 0.0});
    visitor.choice({.key = "snap",
                    .label = "Split points at",
                    .help = "none: anywhere; tensor, layer: moved to the nearest boundary between two."},
                   rule.snap, std::span<const Snap>(kSnaps));
    ChromosomesField chromosomes(rule.chromosomes);
    visitor.structured({.key = "chromosomes",
                        .label = "Chromosomes",
                        .help = "Groups of tensors that have split points and a mixing ratio of their own; the first "
                                "pattern that matches a tensor counts, and what none matches is one more, called rest. "
                                "{}: the whole network is one."},
                       chromosomes);
    visitor.choice(
        {.key = "genes",
         .label = "Genes",
         .help = "What a child inherits whole, and split points count. elements: every parameter for itself, "
                 "the paper's; units: hidden units with all their weights, attention heads, embeddings of "
                 "tokens; tensors; layers."},
        rule.genes, std::span<const GeneKind>(kGeneKinds));
    visitor.choice(
        {.key = "inherit",
         .label = "Inherited",
         .help = "splits: neighbours together, from split point to split point; each: every gene for itself."},
        rule.inherit, std::span<const Inherit>(kInherits));
    ChanceField chance(rule.chance);
    visitor.structured({.key = "chance",
                        .label = "Chance",
                        .help = "With inherit: each, that a gene comes from the second parent: 1/2, or drawn for every "
                                "child, uniform in 0 to 1 or by Beta(b, b)."},
                       chance);
}

std::optional<Violation> violationOfBreeding(bool crossover, const SpliceRule& rule) {
    if (!crossover && rule.mutation == 0.0)
        return Violation{
            "crossover",
            "without crossover and without mutation every child is its parent: set strategy.mutation above 0"};
    if (rule.inherit == Inherit::Splits && !std::holds_alternative<EvenChance>(rule.chance))
        return Violation{"chance", "is for genes that are inherited each for itself: set strategy.inherit to each"};
    const bool elements = rule.genes == GeneKind::Elements;
    if (elements && rule.inherit == Inherit::Splits) return std::nullopt;
    if (!elements && rule.snap != Snap::None)
        return Violation{"snap",
                         "moves split points between elements, and with strategy.genes they count genes: "
                         "leave one of the two out"};
    if (!rule.chromosomes.empty())
        return Violation{"chromosomes",
                         "are groups of tensors that are cut each for itself, which genes and "
                         "inherit: each aren't: leave one of the two out"};
    if (rule.interpolation == Interpolation::SlerpPerTensor)
        return Violation{"interpolation",
                         "slerp-per-tensor takes an angle per tensor, which genes and inherit: each "
                         "cut across: take slerp, slerp-per-side or lerp"};
    return std::nullopt;
}

void visitInterpolation(FieldVisitor& visitor, Interpolation& interpolation) {
    visitor.choice({.key = "interpolation",
                    .label = "Interpolation",
                    .help = "slerp: spherical with the angle between the whole vectors; slerp-per-side: with an angle "
                            "between every two split points; slerp-per-tensor: with an angle per tensor, as mergekit "
                            "does; lerp: linear."},
                   interpolation, std::span<const Interpolation>(kInterpolations));
}

void visitEarlyRejection(FieldVisitor& visitor, std::optional<bool>& early) {
    visitor.boolean({.key = "early_rejection",
                     .label = "Early rejection",
                     .help = "Stop scoring a child once it is certain to be rejected; the archive comes out the same.",
                     .unset = "where it saves time"},
                    early);
}

Value SplitsField::write() const {
    if (splits_.least == splits_.most) return Value(std::to_string(splits_.least));
    return Value(Value::List{Value(std::to_string(splits_.least)), Value(std::to_string(splits_.most))});
}

void SplitsField::read(std::string_view key, const Value& value, MapReader& map) {
    const auto count = [&](const Value& one) {
        const auto number = map.wholeOf(key, one);
        if (number > kMostSplits) map.refuse(key, one, fmt::format("must be at most {}, not {}", kMostSplits, number));
        return static_cast<std::uint32_t>(number);
    };
    if (value.isList() && value.list().size() == 2)
        splits_ = {count(value.list()[0]), count(value.list()[1])};
    else if (value.isScalar())
        splits_ = {count(value), count(value)};
    else
        map.refuse(key, value, fmt::format("must be {}", shape()));
}

std::optional<std::string> SplitsField::violation() const {
    if (splits_.least > splits_.most)
        return fmt::format("the first of [{}, {}] must not be the larger", splits_.least, splits_.most);
    if (splits_.most > kMostSplits) return fmt::format("must be at most {}, not {}", kMostSplits, splits_.most);
    return std::nullopt;
}

Value ChromosomesField::write() const {
    Value map{Value::Map{}};
    for (const auto& rule : rules_) {
        Value::List patterns;
        for (const auto& pattern : rule.patterns) patterns.push_back(Value::text(pattern));
        map.at(rule.name) = Value(std::move(patterns));
    }
    return map;
}

void ChromosomesField::read(std::string_view key, const Value& value, MapReader& map) {
    if (!value.isMap()) map.refuse(key, value, fmt::format("must be {}", shape()));
    rules_.clear();
    for (const auto& entry : value.map()) {
        ChromosomeRule rule{.name = entry.key, .patterns = {}};
        if (!entry.value.isList() && !entry.value.isScalar())
            map.refuse(key, entry.value, fmt::format("{} must be a list of patterns of tensors", rule.name));
        if (entry.value.isScalar()) rule.patterns.push_back(map.scalarOf(key, entry.value));
        if (entry.value.isList())
            for (const auto& pattern : entry.value.list()) rule.patterns.push_back(map.scalarOf(key, pattern));
        rules_.push_back(std::move(rule));
    }
}

std::optional<std::string> ChromosomesField::violation() const {
    if (rules_.size() > kMostChromosomes)
        return fmt::format("must be at most {}, not {}", kMostChromosomes, rules_.size());
    for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
        if (rule->name.empty() || rule->name.size() > kLongestName)
            return fmt::format("must have names of 1 to {} bytes", kLongestName);
        if (std::find_if(rules_.begin(), rule, [&](const auto& one) { return one.name == rule->name; }) != rule)
            return fmt::format("must have different names, and {} is there twice", rule->name);
        if (rule->patterns.empty() && rule->name != kRestChromosome)
            return fmt::format("must have at least one pattern each, and {} has none", rule->name);
    }
    return std::nullopt;
}

std::string_view RatioField::shape() const {
    return evenToo_ ? "uniform, grid, or a map like {beta: 0.3}" : "uniform, whole, or a map like {beta: 0.3}";
}

Value RatioField::write() const {
    if (const auto* beta = std::get_if<BetaRatio>(&ratio_)) return valueOf(*beta);
    if (std::holds_alternative<WholeRatio>(ratio_)) return Value(std::string("whole"));
    return Value(std::string(std::holds_alternative<EvenRatios>(ratio_) ? "grid" : "uniform"));
}

void RatioField::read(std::string_view key, const Value& value, MapReader& map) {
    if (value.isScalar() && value.scalar() == "uniform") {
        ratio_ = UniformRatio{};
    } else if (evenToo_ && value.isScalar() && value.scalar() == "grid") {
        ratio_ = EvenRatios{};
    } else if (!evenToo_ && value.isScalar() && value.scalar() == "whole") {
        ratio_ = WholeRatio{};
    } else if (value.find("beta")) {
        ratio_ = betaOf(key, value, map);
    } else {
        map.refuse(key, value, fmt::format("must be {}", shape()));
    }
}

std::optional<std::string> RatioField::violation() const {
    if (const auto* beta = std::get_if<BetaRatio>(&ratio_)) return violationOfBeta(*beta);
    if (!evenToo_ && std::holds_alternative<EvenRatios>(ratio_)) return "can't be grid";
    if (evenToo_ && std::holds_alternative<WholeRatio>(ratio_)) return "can't be whole";
    return std::nullopt;
}

Value ChanceField::write() const {
    if (const auto* beta = std::get_if<BetaRatio>(&chance_)) return valueOf(*beta);
    return Value(std::string(std::holds_alternative<UniformRatio>(chance_) ? "uniform" : "half"));
}

void ChanceField::read(std::string_view key, const Value& value, MapReader& map) {
    if (value.isScalar() && value.scalar() == "half")
        chance_ = EvenChance{};
    else if (value.isScalar() && value.scalar() == "uniform")
        chance_ = UniformRatio{};
    else if (value.find("beta"))
        chance_ = betaOf(key, value, map);
    else
        map.refuse(key, value, fmt::format("must be {}", shape()));
}

std::optional<std::string> ChanceField::violation() const {
    const auto* beta = std::get_if<BetaRatio>(&chance_);
    return beta ? violationOfBeta(*beta) : std::nullopt;
}

}  // namespace mergarium
