#pragma once

#include "core/fields/source.h"
#include "core/fields/value.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Where a tensor lies in its slice.
struct LayerPlace {
    /// From 0; absent: outside of the layers (embedding, final norm, head).
    std::optional<std::size_t> layer;
    /// Layers of the slice.
    std::size_t count = 0;

    /// From 0 to 1: where gradients are taken. Outside of the layers 0; the only layer of a slice lies at 1.
    double position() const;
};

/// A number, or numbers over the layers.
struct MergeGradient {
    /// At least one, finite; truth values are 0 and 1.
    std::vector<double> numbers;

    double at(const LayerPlace& place) const;
};

/// One parameter as a configuration gives it: a number, a gradient, or several by tensors' names.
struct MergeParameter {
    struct Filtered {
        /// A part of a tensor's name; empty: of all.
        std::string filter;
        MergeGradient value;
    };

    std::string name;
    std::vector<Filtered> entries;
    /// In the file.
    int line = 0;

    /// That of the first filter that occurs in the tensor's name; absent where none does.
    std::optional<double> at(std::string_view tensor, const LayerPlace& place) const;
};

/// The parameters of a model, a slice or the whole merge.
using MergeParameters = std::vector<MergeParameter>;

/// Reads a map of them; `key` is what messages call it. Throws ConfigurationError, for names that no method knows, too.
MergeParameters readMergeParameters(const Value& map, const std::string& key, const Source& source);

/// The value at the first of these levels that has one for the tensor; absent where none has.
std::optional<double> valueOf(std::string_view name, std::string_view tensor, const LayerPlace& place,
                              std::span<const MergeParameters* const> levels);

}  // namespace mergarium
