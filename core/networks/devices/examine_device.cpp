#include "core/networks/devices/examine_device.h"

#include "core/families/families.h"
#include "core/genome/materialize.h"
#include "core/networks/decoder/decoder.h"
#include "core/networks/devices/device_materialiser.h"
#include "core/networks/devices/random_recipes.h"
#include "core/random/random_stream.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

namespace mergarium {
namespace {

struct Type {
    DType stored;
    torch::ScalarType torch;
};
constexpr Type kTypes[] = {
    {DType::BF16, torch::kBFloat16}, {DType::F16, torch::kFloat16}, {DType::F32, torch::kFloat32}};

bool sameModel(const FoundersPtr& founders, const Recipe& recipe, const Type& type, torch::Device device,
               DeviceFounders::Place place) {
    DeviceMaterialiser materialiser(std::make_shared<const DeviceFounders>(founders, device, place));
    const auto length = founders->length();
    const auto flat =
        at::empty({static_cast<std::int64_t>(length)}, torch::TensorOptions().device(device).dtype(type.torch));
    materialiser.materialise(recipe, flat);
    std::vector<std::byte> expected(length * sizeOf(type.stored));
    materializeAllAs(recipe, *founders, type.stored, expected.data());
    const auto made = flat.cpu();
    return std::memcmp(made.data_ptr(), expected.data(), expected.size()) == 0;
}

/// A Llama of random weights.
Decoder randomDecoder(std::int64_t width, std::int64_t layers, torch::Device device, Decoder::Kernels kernels) {
    const nlohmann::json json = {{"model_type", "llama"},
                                 {"vocab_size", 512},
                                 {"hidden_size", width},
                                 {"intermediate_size", 3 * width},
                                 {"num_hidden_layers", layers},
                                 {"num_attention_heads", width / 32},
                                 {"num_key_value_heads", width / 64},
                                 {"max_position_embeddings", 1024},
                                 {"rms_norm_eps", 1e-5},
                                 {"rope_theta", 10000.0}};
    const auto config = decoderConfigOf(json, "config.json");
    Decoder network(config, Decoder::layout(config), device, kernels);
    const auto host = at::empty({network.flat().numel()}, torch::kFloat32);
    RandomStream random(7, 0, Purpose::FounderWeights);
    auto* const numbers = host.data_ptr<float>();
    const auto spread = 1.0 / std::sqrt(static_cast<double>(width));
    for (const auto& tensor : network.parameterLayout().tensors) {
        const bool isNorm = tensor.name.find("norm") != std::string::npos;
        for (std::uint64_t i = tensor.begin; i < tensor.begin + tensor.count; ++i)
            numbers[i] = static_cast<float>(spread * random.normal() + (isNorm ? 1.0 : 0.0));
    }
    network.flat().copy_(host);
    return network;
}

std::vector<std::int32_t> randomText(std::size_t length) {
    RandomStream random(3, 0, Purpose::FounderWeights);
    std::vector<std::int32_t> text(length);
    for (auto& token : text) token = static_cast<std::int32_t>(random.below(512));
    return text;
}

std::vector<float> logProbabilities(const Decoder& network, std::span<const std::int32_t> text) {
    auto cache = network.cache(1, static_cast<std::int64_t>(text.size()));
    const Piece piece{.tokens = text, .targets = text.subspan(1)};
    return network.forward({&piece, 1}, cache).logProbabilities.front();
}

/// Seconds that `work` takes at best, in about a second; the device has finished it.
double secondsOf(torch::Device device, const std::function<torch::Tensor()>& work) {
    using Clock = std::chrono::steady_clock;
    const auto finish = [&](const torch::Tensor& result) {
        if (!device.is_cpu() && result.defined()) result.reshape(-1).narrow(0, 0, 1).cpu();
    };
    finish(work());
    double best = 1e9, all = 0.0;
    for (int i = 0; i < 20 && (i < 3 || all < 1.0); ++i) {
        const auto begin = Clock::now();
        finish(work());
        const std::chrono::duration<double> seconds = Clock::now() - begin;
        best = std::min(best, seconds.count());
        all += seconds.count();
    }
    return best;
}

Examination::Measurement measureRecipes(torch::Device device) {
    const auto length = std::uint64_t{1} << (device.is_cpu() ? 24 : 28);
    Layout layout;
    layout.append("weight", {static_cast<std::int64_t>(length)});
    const std::vector<std::byte> numbers(2 * length);
    std::vector<FounderModel> models;
    for (int founder = 0; founder < 2; ++founder)
        models.push_back(
            {.name = "founder",
             .hash = {},
             .segments =
                 {{.begin = 0, .count = length, .dtype = DType::BF16, .bytes = numbers.data(), .file = nullptr}},
             .storage = nullptr});
    const auto founders = std::make_shared<const Founders>(layout, std::move(models));
    DeviceMaterialiser materialiser(
        std::make_shared<const DeviceFounders>(founders, device, DeviceFounders::Place::Resident));
    const Recipe recipe{.founders = 2, .ends = {length / 3, length}, .coefficients = {0.3, 0.7, 0.6, 0.4}};
    const auto options = torch::TensorOptions().device(device).dtype(torch::kBFloat16);
    const auto flat = at::empty({static_cast<std::int64_t>(length)}, options);
    const auto other = at::zeros({static_cast<std::int64_t>(length)}, options);
    const auto making = secondsOf(device, [&] {
        materialiser.materialise(recipe, flat);
        return flat;
    });
    const auto copying = secondsOf(device, [&] { return flat.copy_(other); });
    // Two founders are read and one model is written; a copy reads and writes one.
    const auto bytes = 2.0 * static_cast<double>(length);
    return {.what = "models of two founders in bf16",
            .rate = 3.0 * bytes / making / 1e9,
            .unit = "GB/s",
            .against = "a copy in the device's memory",
            .bound = 2.0 * bytes / copying / 1e9};
}

/// Products with the matrices of the network's layers and head, for `rows` tokens.
double secondsOfProducts(const Decoder& network, std::int64_t rows, torch::Device device) {
    std::vector<torch::Tensor> matrices;
    for (const auto& tensor : network.parameterLayout().tensors)
        if (tensor.shape.size() == 2 && tensor.name.find("embed") == std::string::npos)
            matrices.push_back(
                network.flat()
                    .narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
                    .view({tensor.shape[0], tensor.shape[1]}));
    const auto options = torch::TensorOptions().device(device).dtype(network.flat().scalar_type());
    std::vector<torch::Tensor> inputs;
    for (const auto& matrix : matrices) inputs.push_back(at::randn({rows, matrix.size(1)}, options));
    return secondsOf(device, [&] {
        torch::Tensor last;
        for (std::size_t i = 0; i < matrices.size(); ++i) last = at::matmul(inputs[i], matrices[i].t());
        return last;
    });
}

void measureNetwork(torch::Device device, std::vector<Examination::Measurement>& measurements) {
    constexpr std::int64_t kPrompt = 512, kTexts = 16;
    const auto network =
        randomDecoder(device.is_cpu() ? 512 : 2048, device.is_cpu() ? 4 : 8, device, Decoder::Kernels::Best);
    const auto text = randomText(kPrompt);
    const auto prefill = secondsOf(device, [&] {
        auto cache = network.cache(1, kPrompt);
        const Piece piece{.tokens = text, .logits = true};
        return network.forward({&piece, 1}, cache).logits;
    });
    const auto rate = [](std::int64_t tokens, double seconds) { return static_cast<double>(tokens) / seconds; };
    measurements.push_back({.what = "reading a prompt of 512 tokens",
                            .rate = rate(kPrompt, prefill),
                            .unit = "tokens/s",
                            .against = "the bare products of its matrices",
                            .bound = rate(kPrompt, secondsOfProducts(network, kPrompt, device))});

    auto cache = network.cache(kTexts, 64);
    std::vector<Piece> pieces;
    for (std::int64_t slot = 0; slot < kTexts; ++slot)
        pieces.push_back({.slot = slot, .position = 32, .tokens = std::span(text).first(1), .logits = true});
    const auto decode = secondsOf(device, [&] { return network.forward(pieces, cache).logits; });
    measurements.push_back({.what = "writing 16 texts side by side",
                            .rate = rate(kTexts, decode),
                            .unit = "tokens/s",
                            .against = "the bare products of its matrices",
                            .bound = rate(kTexts, secondsOfProducts(network, kTexts, device))});
}

}  // namespace

Examination::Comparison compareRecipes(torch::Device device) {
    constexpr std::uint64_t kRecipes = 120, kLength = 4099;
    std::uint64_t same = 0;
    for (std::uint64_t seed = 0; seed < kRecipes; ++seed) {
        RandomStream random(seed, 0, Purpose::SplitCount);
        const auto founders = randomFounders(2 + random.below(5), kLength, seed);
        const auto genes = seed % 4 < 2 ? nullptr : randomGenes(kLength, seed);
        const auto recipe = randomRecipe(*founders, 1 + random.below(200), seed, genes);
        const auto place = seed % 2 ? DeviceFounders::Place::Resident : DeviceFounders::Place::Streamed;
        same += sameModel(founders, recipe, kTypes[seed % std::size(kTypes)], device, place);
    }
    return {
        .what = "models of recipes",
        .agrees = same == kRecipes,
        .found = fmt::format("{} of {} random recipes over 2 to 6 founders in bf16, fp16 and fp32 give the bits that "
                             "the host gives.",
                             same, kRecipes)};
}

Examination::Comparison compareNetworks(torch::Device device) {
    constexpr std::int64_t kWidth = 128, kLayers = 3;
    const auto text = randomText(200);
    const auto host = logProbabilities(randomDecoder(kWidth, kLayers, torch::kCPU, Decoder::Kernels::Best), text);
    const auto there = logProbabilities(randomDecoder(kWidth, kLayers, device, Decoder::Kernels::Library), text);
    // A network's weights are bf16 on a GPU: seven bits behind the point.
    const double allowed = device.is_cpu() ? 1e-4 : 0.1;
    double most = 0.0;
    for (std::size_t i = 0; i < host.size(); ++i) {
        const double one = std::abs(static_cast<double>(host[i]) - static_cast<double>(there[i]));
        if (!(one <= most)) most = one;
    }
    return {
        .what = "a small network",
        .agrees = most <= allowed,
        .found = fmt::format("log-probabilities of {} tokens lie at most {:.1e} from those of the CPU's own kernels; "
                             "{:.0e} is allowed.",
                             host.size(), most, allowed)};
}

Examination examineDevice(torch::Device device) {
    const c10::InferenceMode inference;
    Examination examination{.comparisons = {compareRecipes(device), compareNetworks(device)},
                            .measurements = {measureRecipes(device)}};
    measureNetwork(device, examination.measurements);
    return examination;
}

}  // namespace mergarium
