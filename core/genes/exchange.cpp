#include "core/genes/exchange.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace mergarium {

UnitOrder UnitOrder::unchanged(const UnitGroup& group) {
    UnitOrder order{.from = std::vector<std::uint32_t>(group.count), .parts = {}};
    std::iota(order.from.begin(), order.from.end(), 0U);
    return order;
}

namespace {

bool isPermutation(std::span<const std::uint32_t> numbers) {
    std::vector<bool> seen(numbers.size());
    for (const auto number : numbers) {
        if (number >= seen.size() || seen[number]) return false;
        seen[number] = true;
    }
    return true;
}

}  // namespace

std::vector<std::uint32_t> packed(std::span<const UnitGroup> groups, std::span<const UnitOrder> orders) {
    std::vector<std::uint32_t> numbers;
    for (std::size_t index = 0; index < groups.size(); ++index) {
        const auto count = groups[index].count, parts = groups[index].parts;
        numbers.insert(numbers.end(), orders[index].from.begin(), orders[index].from.end());
        for (std::uint32_t part = 0; part < count * parts && parts > 1; ++part)
            numbers.push_back(orders[index].parts.empty() ? part % parts : orders[index].parts[part]);
    }
    return numbers;
}

std::optional<std::vector<UnitOrder>> unpacked(std::span<const UnitGroup> groups,
                                               std::span<const std::uint32_t> numbers) {
    std::vector<UnitOrder> orders;
    for (const auto& group : groups) {
        const auto ofParts = group.parts > 1 ? std::size_t{group.count} * group.parts : 0;
        if (numbers.size() < group.count + ofParts) return std::nullopt;
        const auto from = numbers.first(group.count), parts = numbers.subspan(group.count, ofParts);
        numbers = numbers.subspan(group.count + ofParts);
        if (!isPermutation(from)) return std::nullopt;
        auto& order = orders.emplace_back(UnitOrder{.from = {from.begin(), from.end()}, .parts = {}});
        bool stay = true;
        for (std::size_t unit = 0; unit < group.count && group.parts > 1; ++unit) {
            const auto own = parts.subspan(unit * group.parts, group.parts);
            if (!isPermutation(own)) return std::nullopt;
            stay = stay && std::ranges::is_sorted(own);
        }
        if (!stay) order.parts.assign(parts.begin(), parts.end());
        if (!group.interchangeable && order != UnitOrder::unchanged(group)) return std::nullopt;
    }
    return numbers.empty() ? std::optional(std::move(orders)) : std::nullopt;
}

std::vector<std::uint32_t> sourcesOf(const UnitSlice& slice, const UnitOrder& order, std::uint32_t parts) {
    const auto units = order.from.size();
    // By unit and part, what belongs to none of its parts last.
    const std::size_t perUnit = parts + 1;
    std::vector<std::vector<std::uint32_t>> indexes(units * perUnit);
    for (std::uint32_t index = 0; index < slice.units.size(); ++index) {
        const auto part = slice.parts.empty() ? kWholeUnit : slice.parts[index];
        indexes.at(slice.units[index] * perUnit + std::min(part, parts)).push_back(index);
    }
    std::vector<std::uint32_t> sources(slice.units.size());
    for (std::size_t unit = 0; unit < units; ++unit)
        for (std::uint32_t part = 0; part <= parts; ++part) {
            const auto other = part == parts || order.parts.empty() ? part : order.parts.at(unit * parts + part);
            const auto& to = indexes[unit * perUnit + part];
            const auto& of = indexes.at(order.from[unit] * perUnit + other);
            if (of.size() != to.size()) throw std::invalid_argument("Units of different sizes can't change places.");
            for (std::size_t one = 0; one < to.size(); ++one) sources[to[one]] = of[one];
        }
    return sources;
}

SliceShape SliceShape::of(const std::vector<std::int64_t>& shape, std::size_t dimension) {
    const auto at = shape.begin() + static_cast<std::ptrdiff_t>(dimension);
    return {.outer = elementsOf({shape.begin(), at}),
            .extent = static_cast<std::uint64_t>(*at),
            .inner = elementsOf({at + 1, shape.end()})};
}

void gather(const SliceShape& shape, std::uint64_t size, std::span<const std::uint32_t> sources, const std::byte* from,
            std::byte* to) {
    const auto stretch = shape.inner * size;
    for (std::uint64_t row = 0; row < shape.outer; ++row)
        for (std::uint64_t index = 0; index < shape.extent; ++index)
            std::memcpy(to + (row * shape.extent + index) * stretch,
                        from + (row * shape.extent + sources[index]) * stretch, stretch);
}

void exchange(const Layout& layout, const UnitGroup& group, const UnitOrder& order, std::span<float> parameters) {
    for (const auto* slices : {&group.slices, &group.followers})
        for (const auto& slice : *slices) {
            const auto tensor = std::ranges::find(layout.tensors, slice.tensor, &Layout::Tensor::name);
            if (tensor == layout.tensors.end()) continue;
            const auto values = parameters.subspan(tensor->begin, tensor->count);
            const std::vector<float> before(values.begin(), values.end());
            gather(SliceShape::of(tensor->shape, slice.dimension), sizeof(float), sourcesOf(slice, order, group.parts),
                   std::as_bytes(std::span(before)).data(), std::as_writable_bytes(values).data());
        }
}

}  // namespace mergarium
