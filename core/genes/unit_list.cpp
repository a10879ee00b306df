#include "core/genes/unit_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {

UnitList::UnitList(const Layout& layout) : layout_(layout) {
    for (const auto& tensor : layout_.tensors)
        if (tensor.count > 0) tensors_.emplace(tensor.name, &tensor);
}

const Layout::Tensor* UnitList::find(std::string_view tensor) const {
    const auto found = tensors_.find(tensor);
    return found == tensors_.end() ? nullptr : found->second;
}

std::uint64_t UnitList::rowsOf(std::string_view tensor) const {
    const auto* found = find(tensor);
    return found && !found->shape.empty() ? static_cast<std::uint64_t>(found->shape.front()) : 0;
}

void UnitList::divide(std::string name, const std::vector<Wanted>& slices, bool interchangeable, std::uint64_t parts) {
    UnitGroup group{.name = std::move(name),
                    .slices = {},
                    .interchangeable = interchangeable,
                    .parts = static_cast<std::uint32_t>(parts)};
    std::vector<std::uint32_t> there;
    for (const auto& [wanted, dimension, extent, unitOf, partOf] : slices) {
        const auto* tensor = find(wanted);
        if (!tensor) continue;
        if (dimension >= tensor->shape.size() || static_cast<std::uint64_t>(tensor->shape[dimension]) != extent)
            throw std::runtime_error(
                fmt::format("The tensor {} has the shape [{}], where the configuration asks for {} in dimension {}.",
                            wanted, fmt::join(tensor->shape, ", "), extent, dimension + 1));
        auto& slice = group.slices.emplace_back(UnitSlice{wanted, dimension, {}, {}});
        auto& units = slice.units;
        units.reserve(extent);
        for (std::uint64_t index = 0; index < extent; ++index) {
            units.push_back(static_cast<std::uint32_t>(unitOf(index)));
            if (partOf && parts > 1) slice.parts.push_back(static_cast<std::uint32_t>(partOf(index)));
        }
        there.insert(there.end(), units.begin(), units.end());
    }
    if (there.empty()) return;
    // Where some tensors are left out, units may have nothing.
    std::ranges::sort(there);
    there.erase(std::ranges::unique(there).begin(), there.end());
    for (auto& slice : group.slices)
        for (auto& unit : slice.units)
            unit = static_cast<std::uint32_t>(std::ranges::lower_bound(there, unit) - there.begin());
    group.count = static_cast<std::uint32_t>(there.size());
    groups_.push_back(std::move(group));
}

void UnitList::join(std::string name, const std::vector<std::string>& tensors) {
    UnitGroup group{.name = std::move(name), .count = 1, .slices = {}};
    for (const auto& one : tensors)
        if (const auto* tensor = find(one); tensor && !tensor->shape.empty())
            group.slices.push_back({one, 0, std::vector<std::uint32_t>(rowsOf(one)), {}});
    if (group.slices.size() > 1) groups_.push_back(std::move(group));
}

std::function<std::uint64_t(std::uint64_t)> inBlocksOf(std::uint64_t size) {
    return [size](std::uint64_t index) { return index / size; };
}

std::function<std::uint64_t(std::uint64_t)> inTurns(std::uint64_t count) {
    return [count](std::uint64_t index) { return index % count; };
}

std::function<std::uint64_t(std::uint64_t)> partsInTurns(std::uint64_t size, std::uint64_t count, std::uint64_t end) {
    return [=](std::uint64_t index) -> std::uint64_t { return index < end ? index / size % count : kWholeUnit; };
}

std::string folderOf(const std::string& name) {
    const auto dot = name.rfind('.');
    return dot == name.npos ? name : name.substr(0, dot);
}

GenesPtr genesOf(const Layout& layout, std::vector<UnitGroup> groups) {
    GeneBuilder builder(layout);
    for (auto& group : groups) {
        const auto first = builder.open(std::move(group.name), group.count);
        for (auto& [tensor, dimension, units, parts] : group.slices) {
            for (auto& unit : units) unit += first;
            builder.cut(tensor, dimension, std::move(units));
        }
    }
    return std::move(builder).build();
}

}  // namespace mergarium
