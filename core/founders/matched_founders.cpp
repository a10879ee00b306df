#include "core/founders/matched_founders.h"

#include "core/files/mapped_file.h"
#include "core/founders/computed_tensors.h"
#include "core/founders/founder_around.h"
#include "core/founders/founder_genes.h"
#include "core/founders/pipelines/pipeline_setup.h"
#include "core/genes/unit_matching.h"

#include <cstring>
#include <optional>
#include <utility>

namespace mergarium {
namespace {

/// As they are stored now; a file is read, and not looked into (MappedFile::read says why).
std::vector<std::byte> bytesOf(const FounderSource& founder, std::size_t tensor) {
    std::vector<std::byte> bytes(founder.tensors()[tensor].byteSize());
    if (const auto* file = founder.file(tensor))
        file->read(founder.bytes(tensor), bytes);
    else if (!bytes.empty())
        std::memcpy(bytes.data(), founder.bytes(tensor), bytes.size());
    founder.dropBehind(tensor, 0, bytes.size());
    return bytes;
}

class RearrangedFounder final : public FounderAround {
public:
    RearrangedFounder(FounderSourcePtr other, const std::vector<UnitGroup>& groups,
                      const std::vector<UnitOrder>& orders, const std::filesystem::path& scratch)
        : FounderAround(std::move(other)), moves_(tensors().size()) {
        for (std::size_t group = 0; group < groups.size(); ++group) {
            if (orders[group] == UnitOrder::unchanged(groups[group])) continue;
            for (const auto* slices : {&groups[group].slices, &groups[group].followers})
                for (const auto& slice : *slices) place(slice, orders[group], groups[group].parts);
        }
        std::vector<std::uint64_t> sizes;
        for (std::size_t tensor = 0; tensor < moves_.size(); ++tensor)
            sizes.push_back(moves_[tensor].empty() ? 0 : tensors()[tensor].byteSize());
        computed_.emplace(scratch, sizes);
    }

    const std::byte* bytes(std::size_t tensor) const override {
        if (!computed_->has(tensor)) return founder().bytes(tensor);
        return computed_->bytes(tensor, [&](std::span<std::byte> to) { compute(tensor, to); });
    }
    const MappedFile* file(std::size_t tensor) const override {
        return computed_->has(tensor) ? nullptr : founder().file(tensor);
    }
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override {
        if (computed_->has(tensor))
            computed_->dropBehind(tensor, begin, end);
        else
            founder().dropBehind(tensor, begin, end);
    }

private:
    struct Move {
        SliceShape shape;
        std::vector<std::uint32_t> sources;
    };

    /// A tensor that another founder has in this shape may be missing here, or be of another, where it isn't merged.
    void place(const UnitSlice& slice, const UnitOrder& order, std::uint32_t parts) {
        const auto tensor = indexOf(slice.tensor);
        if (!tensor) return;
        const auto& shape = tensors()[*tensor].shape;
        if (slice.dimension >= shape.size() || static_cast<std::uint64_t>(shape[slice.dimension]) != slice.units.size())
            return;
        moves_[*tensor].push_back({SliceShape::of(shape, slice.dimension), sourcesOf(slice, order, parts)});
    }

    void compute(std::size_t tensor, std::span<std::byte> to) const {
        auto from = bytesOf(founder(), tensor);
        const auto size = sizeOf(tensors()[tensor].dtype);
        for (const auto& [shape, sources] : moves_[tensor]) {
            gather(shape, size, sources, from.data(), to.data());
            std::memcpy(from.data(), to.data(), from.size());
        }
    }

    /// By tensor, one after the other.
    std::vector<std::vector<Move>> moves_;
    std::optional<ComputedTensors> computed_;
};

/// All that the merged models' network is made of, merged or not.
Layout tensorsOf(const FounderSource& founder) {
    Layout layout;
    for (const auto& tensor : founder.tensors()) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

MatchedNetworks::Numbers numbersOf(const FounderSource& founder) {
    return [&founder](const Layout::Tensor& tensor) {
        std::vector<float> values(tensor.count);
        const auto index = founder.indexOf(tensor.name);
        if (!index || founder.tensors()[*index].count != tensor.count) return values;
        toFloats(founder.tensors()[*index].dtype, bytesOf(founder, *index).data(), values);
        return values;
    };
}

std::vector<UnitOrder> ordersOf(std::size_t k, const std::vector<FounderSourcePtr>& founders,
                                const std::vector<UnitGroup>& groups, const FounderMatching& matching) {
    if (const auto kept = matching.find ? matching.find(k) : std::nullopt)
        if (auto orders = unpacked(groups, *kept)) return *std::move(orders);
    MatchedNetworks networks{.first = numbersOf(*founders.front()), .other = numbersOf(*founders[k]), .progress = {}};
    if (matching.progress)
        networks.progress = [&](std::size_t done, std::size_t total) { matching.progress(*founders[k], done, total); };
    auto orders = matchUnits(matching.layout, groups, networks);
    if (matching.keep) matching.keep(k, packed(groups, orders));
    return orders;
}

std::uint64_t movedIn(const std::vector<UnitGroup>& groups, const std::vector<UnitOrder>& orders) {
    std::uint64_t moved = 0;
    for (std::size_t group = 0; group < groups.size(); ++group)
        for (std::uint32_t unit = 0; unit < groups[group].count; ++unit) {
            const auto& [from, parts] = orders[group];
            bool stays = from[unit] == unit;
            for (std::uint32_t part = 0; part < groups[group].parts && !parts.empty(); ++part)
                stays = stays && parts[unit * groups[group].parts + part] == part;
            if (!stays) ++moved;
        }
    return moved;
}

}  // namespace

FounderSourcePtr rearrangedFounder(FounderSourcePtr founder, const std::vector<UnitGroup>& groups,
                                   const std::vector<UnitOrder>& orders, const std::filesystem::path& scratch) {
    return std::make_shared<RearrangedFounder>(std::move(founder), groups, orders, scratch);
}

std::vector<std::uint64_t> matchToFirst(std::vector<FounderSourcePtr>& founders, const FounderMatching& matching) {
    const auto& first = *founders.front();
    const auto groups = unitGroupsOf(tensorsOf(first), &first, pipelineFolderOf(founders), "tensors.align");
    std::vector<std::uint64_t> moved(founders.size());
    for (std::size_t k = 1; k < founders.size(); ++k) {
        const auto orders = ordersOf(k, founders, groups, matching);
        moved[k] = movedIn(groups, orders);
        if (moved[k] > 0) founders[k] = rearrangedFounder(std::move(founders[k]), groups, orders, matching.scratch);
    }
    return moved;
}

}  // namespace mergarium
