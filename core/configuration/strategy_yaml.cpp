#include "core/configuration/strategy_yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace mergarium {
namespace {

void readSplits(Section& strategy, SplitCount& splits) {
    bool splitPoint = splits.most > 0;
    strategy.truth("split_point", splitPoint);
    if (const auto value = strategy.find("splits")) {
        const auto narrow = [&](const YAML::Node& node) {
            const auto count = strategy.wholeOf("splits", node);
            if (count > 100'000) strategy.refuse("splits", node, fmt::format("must be at most 100,000, not {}", count));
            return static_cast<std::uint32_t>(count);
        };
        if (value->IsSequence() && value->size() == 2)
            splits = {narrow((*value)[0]), narrow((*value)[1])};
        else if (value->IsScalar())
            splits = {narrow(*value), narrow(*value)};
        else
            strategy.refuse("splits", *value, "must be a number of split points, or [least, most]");
    }
    if (!splitPoint) splits = {0, 0};
}

void readRatio(Section& strategy, RunConfiguration& c, const Source& source) {
    const auto value = strategy.find("ratio");
    if (!value) return;
    auto& ratio = c.splice.ratio;
    c.ratioGrid = value->IsScalar() && value->Scalar() == "grid";
    if (c.ratioGrid || (value->IsScalar() && value->Scalar() == "uniform")) {
        ratio = UniformRatio{};
    } else if (value->IsMap()) {
        Section inner(*value, strategy.full("ratio"), source);
        BetaRatio beta;
        if (!inner.find("beta")) strategy.refuse("ratio", *value, "must be uniform, or a map like {beta: 0.3}");
        inner.number("beta", beta.shape);
        inner.close();
        ratio = beta;
    } else {
        strategy.refuse("ratio", *value, "must be uniform, or a map like {beta: 0.3}");
    }
}

void readDescriptors(Section& strategy, std::vector<DescriptorRule>& rules) {
    const auto value = strategy.find("descriptors");
    if (!value) return;
    if (!value->IsMap() || value->size() == 0)
        strategy.refuse("descriptors", *value,
                        "must be a map from names to lists of groups, like {odd: [1, 3], even: [0, 2]}");
    rules.clear();
    for (const auto& entry : *value) {
        DescriptorRule rule{.name = strategy.scalar("descriptors", entry.first), .groups = {}};
        if (!entry.second.IsSequence() || entry.second.size() == 0)
            strategy.refuse("descriptors", entry.second,
                            fmt::format("{} must be a list of groups of samples", rule.name));
        for (const auto& group : entry.second) rule.groups.push_back(strategy.scalar("descriptors", group));
        rules.push_back(std::move(rule));
    }
}

void writeDescriptors(YAML::Emitter& out, const std::vector<DescriptorRule>& rules) {
    out << YAML::Key << "descriptors" << YAML::Value << YAML::Flow << YAML::BeginMap;
    for (const auto& rule : rules) out << YAML::Key << rule.name << YAML::Value << YAML::Flow << rule.groups;
    out << YAML::EndMap;
}

void writeSplice(YAML::Emitter& out, const RunConfiguration& c) {
    const auto& splits = c.splice.splits;
    if (splits.most == 0)
        out << YAML::Key << "split_point" << YAML::Value << false;
    else if (splits.least == splits.most)
        out << YAML::Key << "splits" << YAML::Value << splits.least;
    else
        out << YAML::Key << "splits" << YAML::Value << YAML::Flow << YAML::BeginSeq << splits.least << splits.most
            << YAML::EndSeq;
    out << YAML::Key << "ratio" << YAML::Value;
    if (const auto* beta = std::get_if<BetaRatio>(&c.splice.ratio))
        out << YAML::Flow << YAML::BeginMap << YAML::Key << "beta" << YAML::Value << fmt::format("{}", beta->shape)
            << YAML::EndMap;
    else
        out << (c.ratioGrid ? "grid" : "uniform");
    out << YAML::Key << "interpolation" << YAML::Value << std::string(nameOf(c.splice.interpolation));
    out << YAML::Key << "mutation" << YAML::Value << fmt::format("{}", c.splice.mutation);
    if (c.splice.snap != Snap::None) out << YAML::Key << "snap" << YAML::Value << std::string(nameOf(c.splice.snap));
}

}  // namespace

void readStrategy(const YAML::Node& node, RunConfiguration& c, const Source& source) {
    Section strategy(node, "strategy", source);
    strategy.choice("kind",
                    {StrategyKind::M2n2, StrategyKind::Ga, StrategyKind::RandomPairing, StrategyKind::MapElites,
                     StrategyKind::CmaEs, StrategyKind::BruteForce},
                    c.strategy);
    // The plain genetic algorithm is M2N2 without its two ideas.
    if (!competes(c.strategy)) c.competition.alpha = 0.0;
    if (c.strategy != StrategyKind::M2n2) c.attraction = false;
    strategy.whole("archive", c.archive);
    strategy.number("alpha", c.competition.alpha);
    strategy.number("epsilon", c.competition.epsilon);
    strategy.choice("capacity", {Capacity::Unit, Capacity::Best}, c.competition.capacity);
    strategy.truth("attraction", c.attraction);
    strategy.truth("crossover", c.crossover);
    readSplits(strategy, c.splice.splits);
    readRatio(strategy, c, source);
    strategy.choice(
        "interpolation",
        {Interpolation::Slerp, Interpolation::Lerp, Interpolation::SlerpPerSide, Interpolation::SlerpPerTensor},
        c.splice.interpolation);
    strategy.number("mutation", c.splice.mutation);
    strategy.choice("snap", {Snap::None, Snap::Tensor, Snap::Layer}, c.splice.snap);
    strategy.whole("offspring", c.offspring);
    strategy.truth("refuse_duplicates", c.refuseDuplicates);
    if (strategy.find("early_rejection")) {
        bool early = false;
        strategy.truth("early_rejection", early);
        c.earlyRejection = early;
    }
    strategy.whole("cells", c.cells);
    readDescriptors(strategy, c.descriptors);
    if (strategy.find("step")) {
        double step = 0.0;
        strategy.number("step", step);
        c.evolution.step = step;
    }
    strategy.whole("population", c.evolution.population);
    strategy.whole("layers", c.evolution.layers);
    strategy.close();
    if (isOwnSearch(c.strategy)) {  // whatever a base says for another kind
        c.competition = {.alpha = 0.0};
        c.attraction = false;
    }
}

void writeStrategy(YAML::Emitter& out, const RunConfiguration& c) {
    out << YAML::BeginMap;
    out << YAML::Key << "kind" << YAML::Value << std::string(nameOf(c.strategy));
    out << YAML::Key << "archive" << YAML::Value << c.archive;
    out << YAML::Key << "alpha" << YAML::Value << fmt::format("{}", c.competition.alpha);
    out << YAML::Key << "epsilon" << YAML::Value << fmt::format("{}", c.competition.epsilon);
    out << YAML::Key << "capacity" << YAML::Value << std::string(nameOf(c.competition.capacity));
    out << YAML::Key << "attraction" << YAML::Value << c.attraction;
    out << YAML::Key << "crossover" << YAML::Value << c.crossover;
    writeSplice(out, c);
    if (c.offspring != 1) out << YAML::Key << "offspring" << YAML::Value << c.offspring;
    if (c.refuseDuplicates) out << YAML::Key << "refuse_duplicates" << YAML::Value << true;
    if (c.earlyRejection) out << YAML::Key << "early_rejection" << YAML::Value << *c.earlyRejection;
    if (c.strategy == StrategyKind::MapElites || c.cells != RunConfiguration{}.cells)
        out << YAML::Key << "cells" << YAML::Value << c.cells;
    if (!c.descriptors.empty()) writeDescriptors(out, c.descriptors);
    const bool evolves = c.strategy == StrategyKind::CmaEs;
    if (c.evolution.step) out << YAML::Key << "step" << YAML::Value << fmt::format("{}", *c.evolution.step);
    if (evolves || c.evolution.population != 0)
        out << YAML::Key << "population" << YAML::Value << c.evolution.population;
    if (evolves || c.evolution.layers != 1) out << YAML::Key << "layers" << YAML::Value << c.evolution.layers;
    out << YAML::EndMap;
}

}  // namespace mergarium
