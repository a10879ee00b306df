#include "core/genes/unit_list.h"
#include "core/genes/units.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

/// A weight with its bias.
struct Product {
    std::string name;
    const Layout::Tensor* weight = nullptr;
    const Layout::Tensor* bias = nullptr;
};

/// In the layout's order; absent where it is made of anything else.
std::optional<std::vector<Product>> productsOf(const Layout& layout) {
    constexpr std::string_view kWeight = ".weight", kBias = ".bias";
    if (layout.tensors.size() < 4 || layout.tensors.size() % 2 != 0) return std::nullopt;
    std::vector<Product> products;
    for (std::size_t index = 0; index < layout.tensors.size(); index += 2) {
        const auto& weight = layout.tensors[index];
        const auto& bias = layout.tensors[index + 1];
        if (!weight.name.ends_with(kWeight) || weight.shape.size() != 2 || weight.count == 0) return std::nullopt;
        auto name = weight.name.substr(0, weight.name.size() - kWeight.size());
        if (bias.name != name + std::string(kBias) || bias.shape.size() != 1) return std::nullopt;
        products.push_back({std::move(name), &weight, &bias});
    }
    return products;
}

/// Whether each product's outputs are its bias's and the next one's inputs; `outputs`: their dimension of a weight.
bool fit(const std::vector<Product>& products, std::size_t outputs) {
    for (std::size_t index = 0; index < products.size(); ++index) {
        const auto extent = products[index].weight->shape[outputs];
        if (products[index].bias->shape.front() != extent) return false;
        if (index + 1 < products.size() && products[index + 1].weight->shape[1 - outputs] != extent) return false;
    }
    return true;
}

UnitSlice sliceOf(const Layout::Tensor& tensor, std::size_t dimension) {
    UnitSlice slice{tensor.name, dimension, {}, {}};
    for (std::uint32_t unit = 0; unit < static_cast<std::uint64_t>(tensor.shape[dimension]); ++unit)
        slice.units.push_back(unit);
    return slice;
}

}  // namespace

std::vector<UnitGroup> perceptronGroups(const Layout& layout) {
    const auto products = productsOf(layout);
    if (!products) return {};
    const bool first = fit(*products, 0), second = fit(*products, 1);
    if (!first && !second) return {};
    const bool isDigits = products->front().name == "input" && products->back().name == "output";
    const std::size_t outputs = first && !(second && isDigits) ? 0 : 1;

    std::vector<UnitGroup> groups;
    for (std::size_t index = 0; index + 1 < products->size(); ++index) {
        const auto& product = (*products)[index];
        UnitGroup group{.name = product.name + " units",
                        .count = static_cast<std::uint32_t>(product.bias->count),
                        .slices = {sliceOf(*product.weight, outputs), sliceOf(*product.bias, 0)},
                        .interchangeable = true};
        const bool isLast = index + 2 == products->size();
        (isLast ? group.slices : group.followers).push_back(sliceOf(*(*products)[index + 1].weight, 1 - outputs));
        groups.push_back(std::move(group));
    }
    const auto& last = products->back();
    groups.push_back({.name = last.name + " outputs",
                      .count = static_cast<std::uint32_t>(last.bias->count),
                      .slices = {sliceOf(*last.bias, 0)}});
    return groups;
}

GenesPtr perceptronUnits(const Layout& layout) {
    auto groups = perceptronGroups(layout);
    return groups.empty() ? nullptr : genesOf(layout, std::move(groups));
}

}  // namespace mergarium
