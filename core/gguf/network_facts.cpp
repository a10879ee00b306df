#include "core/gguf/architectures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mergarium {

void GgufFacts::set(std::string_view key, GgufValue value) {
    metadata_.set(fmt::format("{}.{}", architecture_.name, key), std::move(value));
}

void GgufFacts::lacks(std::string_view what) const {
    throw std::runtime_error(
        fmt::format("{}: no GGUF file can be written of this model: llama.cpp's architecture {} has no {}.", source_,
                    architecture_.name, what));
}

namespace {

void sizeFacts(const DecoderConfig& config, GgufFacts& facts) {
    facts.number("context_length", config.context);
    facts.number("embedding_length", config.hidden);
    facts.number("block_count", static_cast<std::int64_t>(config.layers.size()));
    facts.number("feed_forward_length", config.intermediate);
    facts.number("attention.head_count", config.heads);
    facts.number("attention.head_count_kv", config.keyHeads);
    facts.number("attention.key_length", config.headSize);
    facts.number("attention.value_length", config.headSize);
    facts.real(
        config.norm.kind == NormConfig::Kind::Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon",
        config.norm.epsilon);
    if (config.experts.count == 0) return;
    facts.number("expert_count", config.experts.count);
    facts.number("expert_used_count", config.experts.perToken);
}

void ropeFacts(const DecoderConfig& config, const GgufArchitecture& architecture, GgufFacts& facts) {
    if (config.ropes.empty()) return;
    facts.real("rope.freq_base", config.ropes.front().theta);
    facts.number("rope.dimension_count", config.rotated);
    const auto& kind = config.ropes.front().scaling.kind;
    if (const auto* linear = std::get_if<RopeScaling::Linear>(&kind)) {
        facts.set("rope.scaling.type", std::string("linear"));
        facts.real("rope.scaling.factor", linear->factor);
    }
    if (const auto* yarn = std::get_if<RopeScaling::Yarn>(&kind)) {
        const auto usual = yarn->factor <= 1.0 ? 1.0 : 0.1 * std::log(yarn->factor) + 1.0;
        facts.require(yarn->truncate && yarn->betaFast == 32.0 && yarn->betaSlow == 1.0 &&
                          std::abs(yarn->attentionFactor - usual) < 1e-6,
                      "YaRN but with its usual beta_fast, beta_slow, attention_factor and truncate");
        facts.set("rope.scaling.type", std::string("yarn"));
        facts.real("rope.scaling.factor", yarn->factor);
        facts.number("rope.scaling.original_context_length", static_cast<std::int64_t>(yarn->originalContext));
    }
    if (std::holds_alternative<RopeScaling::Llama3>(kind))
        facts.require(architecture.frequencies, "rotary positions scaled as Llama 3's");
    if (std::holds_alternative<RopeScaling::Long>(kind)) facts.require(architecture.name == "phi3", "LongRoPE");
    if (architecture.family == "cohere" || architecture.family == "cohere2")
        facts.require(kind.index() == 0, "scaled rotary positions");
}

void requireBiases(const DecoderConfig& config, GgufArchitecture::Biases biases, GgufFacts& facts) {
    const bool all = config.inputBias && config.outputBias && config.mlpBias;
    if (biases == GgufArchitecture::Biases::Needed) return facts.require(all, "networks without biases");
    facts.require(biases != GgufArchitecture::Biases::None || !config.inputBias, "biases of queries, keys and values");
    facts.require(biases == GgufArchitecture::Biases::Any || (!config.outputBias && !config.mlpBias),
                  "biases of the attention's output and the perceptron");
}

void requireUsualScales(const DecoderConfig& config, GgufFacts& facts) {
    facts.require(config.embeddingScale == 1.0 && config.residualScale == 1.0 && config.logitScale == 1.0,
                  "scales of embeddings, residuals and logits");
    facts.require(!config.scoreCap && !config.logitCap, "soft caps");
    for (const auto& layer : config.layers)
        facts.require(std::abs(layer.scoreScale * std::sqrt(static_cast<double>(config.headSize)) - 1.0) < 1e-6,
                      "scores that are divided by anything but the root of a head's size");
}

}  // namespace

void addNetworkFacts(const DecoderConfig& config, const GgufArchitecture& architecture, std::string_view source,
                     GgufMetadata& metadata, std::vector<std::string>& notes) {
    GgufFacts facts(architecture, source, metadata, notes);
    facts.require(config.labels.empty(), "classifiers");
    facts.require(!config.isPart, "models of which the language model is a part");
    requireBiases(config, architecture.biases, facts);
    facts.require(architecture.head != GgufArchitecture::Head::Tied || config.tied,
                  "head that isn't the embedding (tie_word_embeddings: false)");
    const bool gelu = config.activation == Activation::Gelu || config.activation == Activation::GeluTanh;
    facts.require(gelu == architecture.gelu && config.activation != Activation::Relu,
                  fmt::format("activation but {}", architecture.gelu ? "GELU" : "SiLU"));
    if (config.activation == Activation::Gelu)
        facts.note(
            "llama.cpp computes GELU by its approximation with tanh, this model by the error function: logits "
            "differ a little.");
    facts.require(
        !architecture.parallel || *architecture.parallel == config.parallel,
        config.parallel ? "attention and perceptron side by side" : "attention and perceptron one after the other");
    facts.require(!config.projectionLimit, "clip_qkv");
    if (!architecture.scales) requireUsualScales(config, facts);
    if (!architecture.layersDiffer)
        for (const auto& layer : config.layers)
            facts.require(layer.rope.has_value() && layer.window == config.layers.front().window,
                          "layers whose windows or positions differ");
    facts.number("vocab_size", config.vocabulary);
    sizeFacts(config, facts);
    ropeFacts(config, architecture, facts);
    if (architecture.more) architecture.more(config, facts);
}

}  // namespace mergarium
