#pragma once

#include "core/fields/field_checker.h"
#include "core/fields/value.h"
#include "core/search/map_elites/descriptors.h"
#include "core/search/search_space.h"
#include "core/search/strategy.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace mergarium {

/// MAP-Elites as a run's configuration says it.
struct MapElitesSettings {
    static constexpr std::string_view kKind = "map-elites";
    static constexpr std::string_view kSummary = "a map of behaviours that keeps the best model of each";

    /// Intervals a descriptor; the archive has cells^descriptors slots.
    std::uint64_t cells = 10;
    /// Empty: the groups of odd and of even number.
    std::vector<DescriptorRule> descriptors = {};
    bool crossover = true;
    SpliceRule splice = {};
    bool operator==(const MapElitesSettings&) const = default;
};

void visit(FieldVisitor& visitor, MapElitesSettings& settings);
StrategyTraits traitsOf(const MapElitesSettings& settings);
/// What the parameters can't be together; keys relative to the strategy's.
std::optional<Violation> violationOf(const MapElitesSettings& settings);
std::unique_ptr<Strategy> makeStrategy(const MapElitesSettings& settings, const SearchSpace& space, Archive archive);

/// A map from names to groups of samples.
class DescriptorsField final : public StructuredField {
public:
    explicit DescriptorsField(std::vector<DescriptorRule>& rules) : rules_(rules) {}
    std::string_view shape() const override {
        return "a map from names to lists of groups, like {odd: [1, 3], even: [0, 2]}";
    }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;

private:
    std::vector<DescriptorRule>& rules_;
};

}  // namespace mergarium
