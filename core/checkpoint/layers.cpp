#include "core/checkpoint/layers.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mergarium {
namespace {

bool isNumber(std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Of diffusion models: small parts that are one layer, whatever is numbered in them.
constexpr std::array<std::string_view, 3> kWhole{"mid_block", "time_embedding", "add_embedding"};

std::string_view layerOf(std::string_view tensor) {
    std::size_t begin = 0;
    std::size_t dot = tensor.find('.');
    while (dot != std::string_view::npos) {
        const auto part = tensor.substr(begin, dot - begin);
        if (isNumber(part) || std::ranges::find(kWhole, part) != kWhole.end()) return tensor.substr(0, dot);
        begin = dot + 1;
        dot = tensor.find('.', begin);
    }
    return tensor.substr(0, begin > 0 ? begin - 1 : tensor.size());
}

}  // namespace

std::vector<Layer> layersOf(const Layout& layout) {
    std::vector<Layer> layers;
    for (std::size_t index = 0; index < layout.tensors.size(); ++index) {
        const auto& tensor = layout.tensors[index];
        const auto name = layerOf(tensor.name);
        if (layers.empty() || layers.back().name != name)
            layers.push_back({.name = std::string(name),
                              .firstTensor = index,
                              .endTensor = index,
                              .begin = tensor.begin,
                              .end = tensor.begin});
        layers.back().endTensor = index + 1;
        layers.back().end = tensor.begin + tensor.count;
    }
    return layers;
}

}  // namespace mergarium
