#include "core/networks/decoder/decoder_checkpoint.h"

#include "core/families/families.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>

namespace mergarium {
namespace {

/// Elements that one thread converts at a time.
constexpr std::int64_t kChunk = 1 << 16;

/// A checkpoint's tensors as a layout.
Layout layoutOf(const Checkpoint& checkpoint) {
    Layout layout;
    for (const auto& tensor : checkpoint.tensors()) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

const StoredTensor* findByAnyName(const Checkpoint& checkpoint, const Layout& layout, const std::string& name) {
    if (const auto* stored = checkpoint.find(name)) return stored;
    for (const auto& alias : layout.aliases)
        if (alias.of == name)
            if (const auto* stored = checkpoint.find(alias.name)) return stored;
    return nullptr;
}

void readFloats(const StoredTensor& tensor, float* to) {
    at::parallel_for(0, static_cast<std::int64_t>(tensor.count), kChunk, [&](std::int64_t begin, std::int64_t end) {
        const auto* from = tensor.bytes + static_cast<std::size_t>(begin) * sizeOf(tensor.dtype);
        toFloats(tensor.dtype, from, {to + begin, static_cast<std::size_t>(end - begin)});
    });
}

void readInto(const StoredTensor& tensor, torch::Tensor part) {
    const bool isSingle = part.scalar_type() == torch::kFloat32;
    if (part.is_cpu() && isSingle) return readFloats(tensor, part.data_ptr<float>());
    // bf16 goes as it is; anything else is converted first.
    const bool asIs = tensor.dtype == DType::BF16 && !isSingle;
    const auto host = at::empty(part.sizes(), asIs ? torch::kBFloat16 : torch::kFloat32);
    if (asIs)
        std::memcpy(host.data_ptr(), tensor.bytes, tensor.byteSize());
    else
        readFloats(tensor, host.data_ptr<float>());
    part.copy_(host);
}

}  // namespace

void loadCheckpoint(const Checkpoint& checkpoint, Decoder& network) {
    const c10::InferenceMode inference;
    checkTensors(network.config(), layoutOf(checkpoint), checkpoint.path().string());
    const auto& layout = network.parameterLayout();
    const auto read = [&](const Layout::Tensor& tensor) {
        const auto* stored = findByAnyName(checkpoint, layout, tensor.name);
        if (!stored || stored->shape != tensor.shape || !isFloating(stored->dtype))
            return;  // unknown to the network; checked before
        readInto(*stored, network.flat().narrow(0, static_cast<std::int64_t>(tensor.begin),
                                                static_cast<std::int64_t>(tensor.count)));
    };
    for (const auto& tensor : layout.tensors) read(tensor);
    for (const auto& frozen : layout.frozen)
        if (isFloating(frozen.tensor.dtype)) read(frozen.tensor);
    checkpoint.check();
}

Decoder openDecoder(const std::filesystem::path& folder, torch::Device device, Decoder::Kernels kernels) {
    const auto checkpoint = Checkpoint::open(folder);
    const auto stored = layoutOf(*checkpoint);
    const auto config = withNamesOf(decoderConfigIn(folder), stored);
    // Before any memory is taken: a wrong number in config.json can ask for any amount.
    checkTensors(config, stored, folder.string());
    // What is stored in half the memory is held so, for the same results.
    const bool isHalf = std::ranges::all_of(checkpoint->tensors(), [](const auto& tensor) {
        return tensor.dtype == DType::BF16 || !isFloating(tensor.dtype);
    });
    Decoder network(
        config, Decoder::layout(config), device, kernels,
        isHalf && kernels == Decoder::Kernels::Best ? Decoder::WeightType::BF16 : Decoder::WeightType::Device);
    loadCheckpoint(*checkpoint, network);
    return network;
}

}  // namespace mergarium
