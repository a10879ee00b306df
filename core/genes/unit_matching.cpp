#include "core/genes/unit_matching.h"

#include "core/genes/assignment.h"
#include "core/genes/inner_products.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace mergarium {
namespace {

/// Orders that are better by less, of the sum of gains, are as good: sums are rounded.
constexpr double kLeastGain = 1e-5;

/// Gains of a group: of a unit of the first network in the place of one of the other, [count, count], and of parts
/// of units, [count * parts, count * parts].
struct Gains {
    std::vector<float> units, parts;
};

class Matching {
public:
    Matching(const Layout& layout, std::span<const UnitGroup> groups, const MatchedNetworks& networks)
        : groups_(groups), networks_(networks) {
        for (const auto& tensor : layout.tensors) tensors_[tensor.name] = &tensor;
        for (std::size_t index = 0; index < groups_.size(); ++index) {
            const auto& group = groups_[index];
            orders_.push_back(UnitOrder::unchanged(group));
            if (!group.interchangeable || (group.count < 2 && group.parts < 2)) continue;
            waiting_.insert(index);
            for (const auto* slices : {&group.slices, &group.followers})
                for (const auto& slice : *slices) touching_[slice.tensor].push_back({index, &slice});
        }
    }

    std::vector<UnitOrder> all() {
        const auto total = waiting_.size();
        std::size_t done = 0;
        // The sum of all gains grows with every change, so there is an end; rounding may hide it.
        for (std::size_t turn = 0; !waiting_.empty() && turn < kMostTurns * total; ++turn) {
            const auto index = *waiting_.begin();
            waiting_.erase(waiting_.begin());
            if (match(index)) wakeNeighbours(index);
            done = std::min(total, done + 1);
            if (networks_.progress) networks_.progress(done, total);
        }
        return std::move(orders_);
    }

private:
    static constexpr std::size_t kMostTurns = 100;

    struct Touch {
        std::size_t group = 0;
        const UnitSlice* slice = nullptr;
    };

    /// Whether its order changed.
    bool match(std::size_t index) {
        const auto& group = groups_[index];
        const auto gains = gainsOf(index);
        const auto best = group.parts > 1 ? bestWithParts(group, gains)
                                          : UnitOrder{.from = largestAssignment(gains.units), .parts = {}};
        const auto now = gainOf(orders_[index], group, gains), then = gainOf(best, group, gains);
        const auto scale = std::max(std::abs(now), std::abs(then));
        if (!(then > now + kLeastGain * scale)) return false;
        orders_[index] = best;
        return true;
    }

    /// Of every pair of units, with its parts matched at their best.
    static UnitOrder bestWithParts(const UnitGroup& group, const Gains& gains) {
        auto pairs = gains.units;
        std::vector<std::vector<std::uint32_t>> inner;
        for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
            const auto square = partsOf(gains, group, pair / group.count, pair % group.count);
            inner.push_back(largestAssignment(square));
            for (std::size_t part = 0; part < group.parts; ++part)
                pairs[pair] += square[part * group.parts + inner.back()[part]];
        }
        UnitOrder best{.from = largestAssignment(pairs), .parts = {}};
        for (std::size_t unit = 0; unit < group.count; ++unit) {
            const auto& order = inner[unit * group.count + best.from[unit]];
            best.parts.insert(best.parts.end(), order.begin(), order.end());
        }
        return best;
    }

    static std::vector<float> partsOf(const Gains& gains, const UnitGroup& group, std::size_t unit, std::size_t other) {
        std::vector<float> square;
        const auto parts = group.parts, all = group.count * parts;
        for (std::size_t part = 0; part < parts; ++part) {
            const auto from =
                gains.parts.begin() + static_cast<std::ptrdiff_t>((unit * parts + part) * all + other * parts);
            square.insert(square.end(), from, from + parts);
        }
        return square;
    }

    static double gainOf(const UnitOrder& order, const UnitGroup& group, const Gains& gains) {
        double sum = 0.0;
        const std::size_t parts = group.parts, all = group.count * parts;
        for (std::size_t unit = 0; unit < group.count; ++unit) {
            sum += gains.units[unit * group.count + order.from[unit]];
            for (std::size_t part = 0; part < parts && !gains.parts.empty(); ++part) {
                const auto other = order.parts.empty() ? part : order.parts[unit * parts + part];
                sum += gains.parts[(unit * parts + part) * all + order.from[unit] * parts + other];
            }
        }
        return sum;
    }

    void wakeNeighbours(std::size_t index) {
        for (const auto* slices : {&groups_[index].slices, &groups_[index].followers})
            for (const auto& slice : *slices)
                for (const auto& touch : touching_.at(slice.tensor))
                    if (touch.group != index) waiting_.insert(touch.group);
    }

    Gains gainsOf(std::size_t index) const {
        const auto& group = groups_[index];
        Gains gains;
        gains.units.resize(std::size_t{group.count} * group.count);
        if (group.parts > 1) gains.parts.resize(gains.units.size() * group.parts * group.parts);
        for (const auto* slices : {&group.slices, &group.followers})
            for (const auto& slice : *slices) {
                const auto tensor = tensors_.find(slice.tensor);
                if (tensor == tensors_.end()) continue;
                const auto first = networks_.first(*tensor->second), other = othersNow(*tensor->second, index);
                const auto shape = SliceShape::of(tensor->second->shape, slice.dimension);
                addInnerProducts(rowsOf(slice, group, shape, first, false), rowsOf(slice, group, shape, other, false),
                                 gains.units);
                if (group.parts > 1 && !slice.parts.empty())
                    addInnerProducts(rowsOf(slice, group, shape, first, true), rowsOf(slice, group, shape, other, true),
                                     gains.parts);
            }
        return gains;
    }

    /// As the other groups' orders have it by now.
    std::vector<float> othersNow(const Layout::Tensor& tensor, std::size_t index) const {
        auto values = networks_.other(tensor);
        for (const auto& [group, slice] : touching_.at(tensor.name)) {
            if (group == index || orders_[group] == UnitOrder::unchanged(groups_[group])) continue;
            const auto before = values;
            gather(SliceShape::of(tensor.shape, slice->dimension), sizeof(float),
                   sourcesOf(*slice, orders_[group], groups_[group].parts), std::as_bytes(std::span(before)).data(),
                   std::as_writable_bytes(std::span(values)).data());
        }
        return values;
    }

    /// A row for every unit, of what belongs to none of its parts; or for every part of every unit.
    static FeatureRows rowsOf(const UnitSlice& slice, const UnitGroup& group, const SliceShape& shape,
                              const std::vector<float>& values, bool ofParts) {
        std::vector<std::vector<std::uint64_t>> indexes(ofParts ? std::size_t{group.count} * group.parts : group.count);
        for (std::size_t index = 0; index < slice.units.size(); ++index) {
            const auto part = slice.parts.empty() ? kWholeUnit : slice.parts[index];
            if ((part == kWholeUnit) == ofParts) continue;
            indexes[ofParts ? std::size_t{slice.units[index]} * group.parts + part : slice.units[index]].push_back(
                index);
        }
        FeatureRows rows{.rows = indexes.size(), .values = {}};
        rows.values.reserve(values.size());
        for (const auto& of : indexes)
            for (std::uint64_t outer = 0; outer < shape.outer; ++outer)
                for (const auto index : of) {
                    const auto from =
                        values.begin() + static_cast<std::ptrdiff_t>((outer * shape.extent + index) * shape.inner);
                    rows.values.insert(rows.values.end(), from, from + static_cast<std::ptrdiff_t>(shape.inner));
                }
        return rows;
    }

    std::span<const UnitGroup> groups_;
    const MatchedNetworks& networks_;
    std::map<std::string_view, const Layout::Tensor*> tensors_;
    std::map<std::string_view, std::vector<Touch>> touching_;
    std::vector<UnitOrder> orders_;
    /// Groups whose order is to be looked at, again.
    std::set<std::size_t> waiting_;
};

}  // namespace

std::vector<UnitOrder> matchUnits(const Layout& layout, std::span<const UnitGroup> groups,
                                  const MatchedNetworks& networks) {
    return Matching(layout, groups, networks).all();
}

std::vector<float> matchedTo(std::span<const float> first, std::vector<float> other, const Layout& layout,
                             std::span<const UnitGroup> groups) {
    const auto in = [](std::span<const float> parameters) {
        return [parameters](const Layout::Tensor& tensor) {
            const auto values = parameters.subspan(tensor.begin, tensor.count);
            return std::vector<float>(values.begin(), values.end());
        };
    };
    const auto orders = matchUnits(layout, groups, {.first = in(first), .other = in(other)});
    for (std::size_t group = 0; group < groups.size(); ++group) exchange(layout, groups[group], orders[group], other);
    return other;
}

}  // namespace mergarium
