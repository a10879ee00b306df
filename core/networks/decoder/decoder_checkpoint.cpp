#include "core/networks/decoder/decoder_checkpoint.h"

#include "core/files/scratch_place.h"
#include "core/networks/model_config.h"
#include "core/networks/read_tensor.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>

namespace mergarium {
namespace {

std::optional<std::size_t> findByAnyName(const FounderSource& model, const Layout& layout, const std::string& name) {
    if (const auto stored = model.indexOf(name)) return stored;
    for (const auto& alias : layout.aliases)
        if (alias.of == name)
            if (const auto stored = model.indexOf(alias.name)) return stored;
    return std::nullopt;
}

}  // namespace

void loadModel(const FounderSource& model, Decoder& network) {
    const c10::InferenceMode inference;
    checkTensors(network.config(), layoutOf(model), model.base().path().string());
    const auto& layout = network.parameterLayout();
    const auto read = [&](const Layout::Tensor& tensor) {
        const auto index = findByAnyName(model, layout, tensor.name);
        if (!index) return;  // unknown to the network; checked before
        const auto& stored = model.tensors()[*index];
        if (stored.shape != tensor.shape || !isFloating(stored.dtype)) return;
        readTensor(
            stored, model.bytes(*index),
            network.flat().narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count)));
        model.dropBehind(*index, 0, stored.byteSize());  // the network has its own now
    };
    for (const auto& tensor : layout.tensors) read(tensor);
    for (const auto& frozen : layout.frozen)
        if (isFloating(frozen.tensor.dtype)) read(frozen.tensor);
    for (const auto& file : model.files()) file->check();
}

Decoder openDecoder(const FounderSource& model, torch::Device device, Decoder::Kernels kernels) {
    const auto config = configOf(model);
    // Before any memory is taken: a wrong number in config.json can ask for any amount.
    checkTensors(config, layoutOf(model), model.base().path().string());
    // What is stored in half the memory is held so, for the same results.
    const bool isHalf =
        kernels == Decoder::Kernels::Best && std::ranges::all_of(model.tensors(), [](const TensorDescription& tensor) {
            return tensor.dtype == DType::BF16 || !isFloating(tensor.dtype);
        });
    Decoder network(config, Decoder::layout(config), device, kernels,
                    isHalf ? Decoder::WeightType::BF16 : Decoder::WeightType::Device);
    loadModel(model, network);
    return network;
}

Decoder openDecoder(const std::filesystem::path& folder, torch::Device device, Decoder::Kernels kernels) {
    return openDecoder(*openFounder({.base = folder, .adapter = {}}, scratchPlace()), device, kernels);
}

}  // namespace mergarium
