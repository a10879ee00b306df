#pragma once

#include "core/checkpoint/layout.h"
#include "core/genes/units.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mergarium {

/// Gathers the units of a network.
class UnitList {
public:
    /// Kept by reference.
    explicit UnitList(const Layout& layout);

    /// A slice that a configuration asks for.
    struct Wanted {
        std::string tensor;
        std::size_t dimension = 0;
        /// Of that dimension.
        std::uint64_t extent = 0;
        /// Of an index below that.
        std::function<std::uint64_t(std::uint64_t)> unitOf;
        /// UnitSlice::parts; may be empty.
        std::function<std::uint64_t(std::uint64_t)> partOf = {};
    };

    /// Null: the layout has none of this name, or an empty one.
    const Layout::Tensor* find(std::string_view tensor) const;
    /// Rows of a tensor; 0: it isn't there.
    std::uint64_t rowsOf(std::string_view tensor) const;

    /// A group of what there is of these slices. Throws std::runtime_error where a tensor has another extent.
    void divide(std::string name, const std::vector<Wanted>& slices, bool interchangeable = false,
                std::uint64_t parts = 1);
    /// One unit of what there is of these tensors, where more than one of them is.
    void join(std::string name, const std::vector<std::string>& tensors);

    std::vector<UnitGroup> take() && { return std::move(groups_); }

private:
    const Layout& layout_;
    std::unordered_map<std::string_view, const Layout::Tensor*> tensors_;
    std::vector<UnitGroup> groups_;
};

/// The first size indexes belong to unit 0, the next to unit 1, and so on.
std::function<std::uint64_t(std::uint64_t)> inBlocksOf(std::uint64_t size);
/// 0, 1, ..., count - 1, and again.
std::function<std::uint64_t(std::uint64_t)> inTurns(std::uint64_t count);

/// The number of the block of `size` indexes, in turns of `count`; from `end` on none.
std::function<std::uint64_t(std::uint64_t)> partsInTurns(std::uint64_t size, std::uint64_t count, std::uint64_t end);

/// The folder of a dotted name: "model.layers.0.mlp" of "model.layers.0.mlp.down_proj".
std::string folderOf(const std::string& name);

}  // namespace mergarium
