#include "core/gguf/architectures.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

using Head = GgufArchitecture::Head;
using Biases = GgufArchitecture::Biases;

bool isAbout(double a, double b) { return std::abs(a - b) <= 1e-6 * std::abs(b); }

double usualScale(const DecoderConfig& config) { return 1.0 / std::sqrt(static_cast<double>(config.headSize)); }

/// The window, which layers have but for each `period`-th.
void setPeriodicWindow(const DecoderConfig& config, std::size_t period, GgufFacts& facts) {
    std::int64_t window = 0;
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer) {
        const auto own = config.layers[layer].window;
        const bool slides = layer % period + 1 < period;
        facts.require((own > 0) == slides, fmt::format("windows but in all layers save each {}th", period));
        if (own > 0) window = own;
    }
    facts.number("attention.sliding_window", window);
}

void mistralFacts(const DecoderConfig& config, GgufFacts& facts) {
    if (const auto window = config.layers.front().window; window > 0 && window < config.context)
        facts.note(
            fmt::format("llama.cpp has no windows in this architecture: texts of more than {} tokens are "
                        "computed otherwise than by this model.",
                        window));
}

void mixtralFacts(const DecoderConfig& config, GgufFacts& facts) {
    mistralFacts(config, facts);
    facts.require(config.experts.normalised, "experts whose probabilities don't sum to 1");
}

void graniteFacts(const DecoderConfig& config, GgufFacts& facts) {
    facts.real("attention.scale", config.layers.front().scoreScale);
    facts.real("embedding_scale", config.embeddingScale);
    facts.real("residual_scale", config.residualScale);
    facts.real("logit_scale", 1.0 / config.logitScale);
}

void requireGemma(const DecoderConfig& config, GgufFacts& facts) {
    facts.require(isAbout(config.embeddingScale, std::sqrt(static_cast<double>(config.hidden))),
                  "embeddings that aren't scaled by the root of their width");
    facts.require(config.residualScale == 1.0 && config.logitScale == 1.0, "scales of residuals and logits");
}

/// The size of a network says how its scores are scaled.
void requireGemmaScores(const DecoderConfig& config, std::size_t layersOfLargest, GgufFacts& facts) {
    const bool largest = config.layers.size() == layersOfLargest;
    const auto size = largest ? config.hidden / config.heads : config.headSize;
    for (const auto& layer : config.layers)
        facts.require(
            isAbout(layer.scoreScale, 1.0 / std::sqrt(static_cast<double>(size))),
            fmt::format("query_pre_attn_scalar but {} in a network of {} layers", size, config.layers.size()));
}

void gemmaFacts(const DecoderConfig& config, GgufFacts& facts) {
    requireGemma(config, facts);
    facts.require(!config.scoreCap && !config.logitCap, "soft caps");
    for (const auto& layer : config.layers)
        facts.require(isAbout(layer.scoreScale, usualScale(config)), "scores that are scaled otherwise");
}

void gemma2Facts(const DecoderConfig& config, GgufFacts& facts) {
    requireGemma(config, facts);
    requireGemmaScores(config, 46, facts);
    facts.require(config.scoreCap && config.logitCap, "networks without soft caps");
    facts.real("attn_logit_softcapping", *config.scoreCap);
    facts.real("final_logit_softcapping", *config.logitCap);
    setPeriodicWindow(config, 2, facts);
}

void gemma3Facts(const DecoderConfig& config, GgufFacts& facts) {
    requireGemma(config, facts);
    requireGemmaScores(config, 62, facts);
    facts.require(!config.scoreCap, "soft caps of scores");
    if (config.logitCap) facts.real("final_logit_softcapping", *config.logitCap);
    setPeriodicWindow(config, 6, facts);
    const auto& local = config.ropes.at(1);
    facts.require(local.scaling == RopeScaling(), "scaled rotary positions in layers with windows");
    facts.real("rope.freq_base_swa", local.theta);
}

void commandRFacts(const DecoderConfig& config, GgufFacts& facts) {
    facts.require(config.embeddingScale == 1.0 && config.residualScale == 1.0, "scales of embeddings and residuals");
    facts.require(!config.scoreCap && !config.logitCap, "soft caps");
    for (const auto& layer : config.layers)
        facts.require(isAbout(layer.scoreScale, usualScale(config)), "scores that are scaled otherwise");
    facts.real("logit_scale", config.logitScale);
    facts.set("rope.scaling.type", std::string("none"));
}

void cohereFacts(const DecoderConfig& config, GgufFacts& facts) {
    commandRFacts(config, facts);
    constexpr std::size_t kLayersWithNorms = 64;
    facts.require((config.headNorms != HeadNorms::None) == (config.layers.size() >= kLayersWithNorms),
                  fmt::format("use_qk_norm but with {} layers or more, and always there", kLayersWithNorms));
}

void cohere2Facts(const DecoderConfig& config, GgufFacts& facts) {
    commandRFacts(config, facts);
    setPeriodicWindow(config, 4, facts);
    for (const auto& layer : config.layers)
        facts.require(layer.rope.has_value() == (layer.window > 0), "rotary positions but in layers with windows");
}

void phi3Facts(const DecoderConfig& config, GgufFacts& facts) {
    std::int64_t original = config.context;
    if (const auto* scaling = std::get_if<RopeScaling::Long>(&config.ropes.front().scaling.kind)) {
        original = scaling->originalContext;
        facts.real("rope.scaling.attn_factor", scaling->attentionFactor);
    }
    facts.number("rope.scaling.original_context_length", original);
    facts.number("attention.sliding_window", config.layers.front().window);
    mistralFacts(config, facts);
}

void gpt2Facts(const DecoderConfig& config, GgufFacts& facts) {
    facts.require(config.positions == config.context, "positions other than the context has");
}

void parallelFacts(const DecoderConfig& config, GgufFacts& facts) {
    facts.set("use_parallel_residual", config.parallel);
}

void falconFacts(const DecoderConfig&, GgufFacts& facts) { facts.set("tensor_data_layout", std::string("jploski")); }

void phiFacts(const DecoderConfig& config, GgufFacts& facts) {
    facts.require(config.headNorms == HeadNorms::None, "qk_layernorm");
}

void smollm3Facts(const DecoderConfig& config, GgufFacts& facts) {
    for (std::size_t layer = 0; layer < config.layers.size(); ++layer)
        facts.require(config.layers[layer].rope.has_value() == ((layer + 1) % 4 != 0),
                      "rotary positions but in all layers save each 4th");
    for (const auto& layer : config.layers) facts.require(layer.window == 0, "windows");
}

/// What the experts' probabilities of a family are.
void requireExperts(const DecoderConfig& config, bool normalised, GgufFacts& facts) {
    facts.require(std::ranges::all_of(config.layers, &DecoderLayer::experts), "layers without experts");
    facts.require(config.experts.normalised == normalised,
                  fmt::format("norm_topk_prob: {}", config.experts.normalised));
    facts.number("expert_feed_forward_length", config.experts.intermediate);
}

void qwen2MoeFacts(const DecoderConfig& config, GgufFacts& facts) {
    mistralFacts(config, facts);
    requireExperts(config, false, facts);
    facts.number("expert_shared_feed_forward_length", config.experts.sharedIntermediate);
}

void qwen3MoeFacts(const DecoderConfig& config, GgufFacts& facts) {
    mistralFacts(config, facts);
    requireExperts(config, true, facts);
}

void olmoeFacts(const DecoderConfig& config, GgufFacts& facts) {
    requireExperts(config, false, facts);
    facts.require(!config.projectionLimit, "clip_qkv");
}

/// What llama.cpp's loaders and graphs do, as of 2025 and 2026 (src/models).
const std::array kArchitectures{
    GgufArchitecture{
        .family = "llama", .name = "llama", .neighbours = true, .biases = Biases::Any, .frequencies = true},
    GgufArchitecture{
        .family = "mistral", .name = "llama", .neighbours = true, .frequencies = true, .more = mistralFacts},
    GgufArchitecture{
        .family = "mixtral", .name = "llama", .neighbours = true, .frequencies = true, .more = mixtralFacts},
    GgufArchitecture{.family = "qwen2", .name = "qwen2", .biases = Biases::Inputs, .more = mistralFacts},
    GgufArchitecture{.family = "qwen2_moe",
                     .name = "qwen2moe",
                     .head = Head::Written,
                     .biases = Biases::Inputs,
                     .more = qwen2MoeFacts},
    GgufArchitecture{.family = "qwen3", .name = "qwen3", .more = mistralFacts},
    GgufArchitecture{.family = "qwen3_moe", .name = "qwen3moe", .more = qwen3MoeFacts},
    GgufArchitecture{
        .family = "gemma", .name = "gemma", .head = Head::Tied, .gelu = true, .more = gemmaFacts, .scales = true},
    GgufArchitecture{.family = "gemma2",
                     .name = "gemma2",
                     .head = Head::Tied,
                     .gelu = true,
                     .more = gemma2Facts,
                     .layersDiffer = true,
                     .scales = true},
    GgufArchitecture{.family = "gemma3_text",
                     .name = "gemma3",
                     .gelu = true,
                     .more = gemma3Facts,
                     .layersDiffer = true,
                     .scales = true},
    GgufArchitecture{.family = "phi",
                     .name = "phi2",
                     .head = Head::Written,
                     .biases = Biases::Needed,
                     .gelu = true,
                     .parallel = true,
                     .more = phiFacts},
    GgufArchitecture{.family = "phi3", .name = "phi3", .more = phi3Facts},
    GgufArchitecture{.family = "gpt2",
                     .name = "gpt2",
                     .biases = Biases::Needed,
                     .gelu = true,
                     .more = gpt2Facts,
                     .layersDiffer = true},
    GgufArchitecture{.family = "gpt_neox",
                     .name = "gptneox",
                     .head = Head::Written,
                     .biases = Biases::Needed,
                     .gelu = true,
                     .parallel = std::nullopt,
                     .more = parallelFacts},
    GgufArchitecture{.family = "olmo2", .name = "olmo2", .head = Head::Written},
    GgufArchitecture{.family = "olmoe", .name = "olmoe", .head = Head::Written, .more = olmoeFacts},
    GgufArchitecture{.family = "granite",
                     .name = "granite",
                     .neighbours = true,
                     .biases = Biases::Any,
                     .frequencies = true,
                     .more = graniteFacts,
                     .scales = true},
    GgufArchitecture{.family = "cohere",
                     .name = "command-r",
                     .neighbours = true,
                     .head = Head::Tied,
                     .parallel = true,
                     .more = cohereFacts,
                     .scales = true},
    GgufArchitecture{.family = "cohere2",
                     .name = "cohere2",
                     .neighbours = true,
                     .head = Head::Tied,
                     .parallel = true,
                     .more = cohere2Facts,
                     .layersDiffer = true,
                     .scales = true},
    GgufArchitecture{.family = "stablelm",
                     .name = "stablelm",
                     .head = Head::Written,
                     .biases = Biases::Inputs,
                     .parallel = std::nullopt,
                     .more = parallelFacts},
    GgufArchitecture{
        .family = "starcoder2", .name = "starcoder2", .biases = Biases::Needed, .gelu = true, .more = mistralFacts},
    GgufArchitecture{.family = "falcon", .name = "falcon", .gelu = true, .parallel = true, .more = falconFacts},
    GgufArchitecture{.family = "smollm3",
                     .name = "smollm3",
                     .neighbours = true,
                     .biases = Biases::Any,
                     .more = smollm3Facts,
                     .layersDiffer = true},
    GgufArchitecture{.family = "glm4", .name = "glm4", .neighbours = true, .biases = Biases::Inputs},
};

}  // namespace

std::vector<std::string_view> ggufFamilies() {
    std::vector<std::string_view> names;
    for (const auto& one : kArchitectures) names.push_back(one.family);
    return names;
}

const GgufArchitecture& ggufArchitectureOf(const DecoderConfig& config, std::string_view source) {
    const auto found = std::ranges::find(kArchitectures, config.family, &GgufArchitecture::family);
    if (found == kArchitectures.end())
        throw std::runtime_error(
            fmt::format("{}: no GGUF file can be written of models of the family {}; those that can be are {}.", source,
                        config.family, fmt::join(ggufFamilies(), ", ")));
    return *found;
}

}  // namespace mergarium
