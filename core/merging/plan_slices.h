#pragma once

#include "core/merging/merge_configuration.h"
#include "core/merging/merge_model.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// A slice whose models and layers are known.
struct SlicePlan {
    struct Source {
        /// Index into the models.
        std::size_t model = 0;
        /// Its first layer.
        std::uint64_t first = 0;
        /// Null for a base that the configuration doesn't list.
        const MergeSource* given = nullptr;
    };

    std::vector<Source> sources;
    /// Index into the sources.
    std::optional<std::size_t> base = {};
    std::uint64_t layers = 0;
    const MergeSlice* given = nullptr;

    /// The source that gives the tensors' names: the base, else the first.
    const Source& reference() const { return sources[base.value_or(0)]; }
};

/// With the base appended where models are listed and it isn't among them. Throws std::runtime_error, one sentence with
/// file and line: layers that a model doesn't have, a base that is missing, too few models for the method or too many.
std::vector<SlicePlan> planSlices(const MergeConfiguration& configuration, std::span<const MergeModel> models);

}  // namespace mergarium
