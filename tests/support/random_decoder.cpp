#include "tests/support/random_decoder.h"

#include "core/families/families.h"
#include "core/random/random_stream.h"
#include "tests/support/json_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace mergarium::test {

using nlohmann::json;

json smallConfig(const json& changes) {
    json config = {{"model_type", "llama"},    {"vocab_size", 61},
                   {"hidden_size", 24},        {"intermediate_size", 40},
                   {"num_hidden_layers", 3},   {"num_attention_heads", 4},
                   {"num_key_value_heads", 2}, {"max_position_embeddings", 256},
                   {"rms_norm_eps", 1e-5},     {"rope_theta", 10000.0}};
    config.merge_patch(changes);
    return config;
}

Decoder randomNetwork(const json& document, Decoder::Kernels kernels) {
    const auto config = decoderConfigOf(document, "config.json");
    Decoder network(config, Decoder::layout(config), torch::kCPU, kernels);
    RandomStream stream(7, 0, Purpose::FounderWeights);
    for (float& value : network.parameters()) value = static_cast<float>(0.2 * stream.normal());
    for (const auto& tensor : network.parameterLayout().tensors)
        if (tensor.name.find("norm") != std::string::npos)
            for (float& value : network.parameters().subspan(tensor.begin, tensor.count)) value += 1.0F;
    return network;
}

Tokens randomText(std::size_t length, std::uint64_t seed, std::uint64_t vocabulary) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    Tokens text(length);
    for (auto& token : text) token = static_cast<std::int32_t>(stream.below(vocabulary));
    return text;
}

const std::vector<Tokens>& texts() {
    static const std::vector<Tokens> all{randomText(3, 1), randomText(70, 2), randomText(19, 3), randomText(1, 4)};
    return all;
}

PieceResults whole(const Decoder& network, const std::vector<Tokens>& texts) {
    std::size_t longest = 0;
    for (const auto& text : texts) longest = std::max(longest, text.size());
    auto cache = network.cache(static_cast<std::int64_t>(texts.size()), static_cast<std::int64_t>(longest));
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i)
        pieces.push_back({.slot = static_cast<std::int64_t>(i),
                          .tokens = texts[i],
                          .targets = std::span(texts[i]).subspan(1),
                          .logits = true});
    return network.forward(pieces, cache);
}

std::span<const float> rowOf(const torch::Tensor& logits, std::size_t row) {
    const auto width = static_cast<std::size_t>(logits.size(1));
    return {logits.data_ptr<float>() + row * width, width};
}

std::vector<Tokens> continuations(const Decoder& network, const GenerationRequest& request) {
    std::vector<Tokens> tokens;
    for (auto& one : generate(network, request)) tokens.push_back(std::move(one.tokens));
    return tokens;
}

std::vector<float> storedFloats(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    if (!tensor) throw std::runtime_error("no tensor " + name);
    std::vector<float> values(tensor->count);
    toFloats(tensor->dtype, tensor->bytes, values);
    return values;
}

double errorBar(const std::filesystem::path& folder) {
    return std::max(1e-4, 4.0 * readJson(folder / "meta.json")["fp64_vs_fp32_logits_maxdiff"].get<double>());
}

double distance(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (const double one = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])); !(one <= most))
            most = one;
    return most;
}

}  // namespace mergarium::test
