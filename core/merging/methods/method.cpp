#include "core/merging/methods/method.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

const TensorInputs::Model* TensorInputs::base() const {
    const auto found = std::ranges::find(models, true, &Model::isBase);
    return found == models.end() ? nullptr : &*found;
}

std::vector<const TensorInputs::Model*> TensorInputs::others() const {
    std::vector<const Model*> others;
    for (const auto& model : models)
        if (!model.isBase) others.push_back(&model);
    return others;
}

std::uint64_t TensorInputs::rowLength() const {
    return shape.empty() ? 1 : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(shape.back()));
}

void TensorInputs::refuse(std::string_view what) const { throw std::runtime_error(fmt::format("{}: {}.", name, what)); }

}  // namespace mergarium
