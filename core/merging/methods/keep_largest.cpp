#include "core/merging/methods/task_vectors.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {

void keepLargest(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model) {
    const double density = model.parameters.find("density")->second;
    const auto kept = density > 0.0 ? static_cast<std::uint64_t>(density * static_cast<double>(inputs.count)) : 0;
    if (kept == 0)
        inputs.refuse(
            fmt::format("of the difference of {}, the density {} leaves none of {} entries; give a larger one",
                        model.name, density, inputs.count));
    keepRanks(mask, inputs.count,
              {.keysOf = magnitudesOf(inputs, model), .threads = inputs.threads, .scratch = inputs.scratch},
              inputs.count - kept, inputs.count);
}

void dropOutliers(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model) {
    const auto share = [&](std::string_view key) {
        const double part = model.parameters.find(key)->second * static_cast<double>(inputs.count);
        return static_cast<std::int64_t>(std::clamp(part, 0.0, static_cast<double>(inputs.count)));
    };
    const auto count = static_cast<std::int64_t>(inputs.count);
    auto top = share("gamma");
    auto bottom = count - share("density") - top;
    if (bottom < 0) {
        top += bottom;
        bottom = 0;
    }
    // As in mergekit: without largest ones to drop nothing is kept.
    if (top <= 0) return;
    keepRanks(mask, inputs.count,
              {.keysOf = magnitudesOf(inputs, model), .threads = inputs.threads, .scratch = inputs.scratch},
              static_cast<std::uint64_t>(bottom), static_cast<std::uint64_t>(count - top));
}

}  // namespace mergarium
