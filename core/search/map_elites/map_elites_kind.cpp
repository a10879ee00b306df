#include "core/search/map_elites/map_elites_kind.h"

#include "core/fields/map_reader.h"
#include "core/search/map_elites/map_elites.h"
#include "core/search/shared_fields.h"

#include <fmt/format.h>

#include <cmath>

namespace mergarium {
namespace {

constexpr double kMostSlots = 100'000.0;
constexpr std::string_view kElitesChanges[] = {"crossover", "splits",      "ratio",   "interpolation", "mutation",
                                               "snap",      "chromosomes", "inherit", "chance"};

double slotsOf(const MapElitesSettings& settings) {
    return std::pow(static_cast<double>(settings.cells), static_cast<double>(descriptorCount(settings.descriptors)));
}

}  // namespace

void visit(FieldVisitor& visitor, MapElitesSettings& settings) {
    visitor.whole({.key = "cells",
                   .label = "Cells a side",
                   .help = "Into how many intervals each behaviour is divided; every cell keeps its best model."},
                  settings.cells, {.least = 1, .most = 1000});
    DescriptorsField descriptors(settings.descriptors);
    visitor.structured({.key = "descriptors",
                        .label = "Behaviours",
                        .help = "Each the mean score over some groups of samples; nothing said: the groups of odd and "
                                "those of even number."},
                       descriptors);
    visitBreeding(visitor, settings.crossover, settings.splice);
}

StrategyTraits traitsOf(const MapElitesSettings& settings) {
    return {.slots = static_cast<std::size_t>(slotsOf(settings)),
            .foundersHaveSlots = false,
            .mutation = settings.splice.mutation,
            .chromosomes = settings.splice.chromosomes,
            .genes = settings.splice.genes,
            .changeable = kElitesChanges,
            .fixedBecause = "its members sit where their behaviours lie in the map",
            .takesFounders = true};
}

std::optional<Violation> violationOf(const MapElitesSettings& settings) {
    if (slotsOf(settings) > kMostSlots)
        return Violation{"cells", fmt::format("{} to the power of {} descriptors is more than 100,000 cells",
                                              settings.cells, descriptorCount(settings.descriptors))};
    return violationOfBreeding(settings.crossover, settings.splice);
}

std::unique_ptr<Strategy> makeStrategy(const MapElitesSettings& settings, const SearchSpace& space, Archive archive) {
    return std::make_unique<MapElites>(MapElitesRules{.descriptors = describe(settings.descriptors, space.samples),
                                                      .cells = settings.cells,
                                                      .crossover = settings.crossover,
                                                      .splice = settings.splice,
                                                      .boundaries = boundariesOf(settings.splice.snap, space.layout),
                                                      .chromosomes = chromosomesOf(settings.splice, space.layout),
                                                      .length = lociOf(space),
                                                      .seed = space.seed},
                                       std::move(archive));
}

Value DescriptorsField::write() const {
    Value map{Value::Map{}};
    for (const auto& rule : rules_) {
        Value::List groups;
        for (const auto& group : rule.groups) groups.push_back(Value::text(group));
        map.at(rule.name) = Value(std::move(groups));
    }
    return map;
}

void DescriptorsField::read(std::string_view key, const Value& value, MapReader& map) {
    if (!value.isMap()) map.refuse(key, value, fmt::format("must be {}", shape()));
    rules_.clear();
    for (const auto& entry : value.map()) {
        DescriptorRule rule{.name = entry.key, .groups = {}};
        if (!entry.value.isList() || entry.value.list().empty())
            map.refuse(key, entry.value, fmt::format("{} must be a list of groups of samples", rule.name));
        for (const auto& group : entry.value.list()) rule.groups.push_back(map.scalarOf(key, group));
        rules_.push_back(std::move(rule));
    }
}

}  // namespace mergarium
