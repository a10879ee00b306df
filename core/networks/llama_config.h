#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mergarium {

/// How rotary frequencies are scaled for contexts longer than those of pretraining.
struct RopeScaling {
    /// Every position divided by `factor`.
    struct Linear {
        double factor = 1.0;
        bool operator==(const Linear&) const = default;
    };
    /// Llama 3.1: long waves divided by `factor`, short ones kept, a smooth passage between.
    struct Llama3 {
        double factor = 1.0, lowFrequencyFactor = 1.0, highFrequencyFactor = 4.0;
        double originalContext = 8192.0;
        bool operator==(const Llama3&) const = default;
    };
    /// YaRN (Peng et al., arXiv 2309.00071): a ramp over dimensions, and sharper attention.
    struct Yarn {
        double factor = 1.0, originalContext = 0.0;
        double betaFast = 32.0, betaSlow = 1.0;
        /// Factor of cosines and sines.
        double attentionFactor = 1.0;
        /// Whether the ramp begins and ends at whole dimensions.
        bool truncate = true;
        bool operator==(const Yarn&) const = default;
    };
    /// std::monostate: not scaled.
    std::variant<std::monostate, Linear, Llama3, Yarn> kind = {};
    bool operator==(const RopeScaling&) const = default;
};

/// The shape of a language model of the Llama family (Llama, Mistral, Qwen2, Qwen3), as config.json of a Hugging Face
/// folder describes it in its older (rope_theta, rope_scaling) or newer (rope_parameters) spelling.
struct LlamaConfig {
    enum class Family : std::uint8_t { Llama, Mistral, Qwen2, Qwen3 };

    Family family = Family::Llama;
    std::int64_t vocabulary = 0;
    std::int64_t hidden = 0;
    std::int64_t intermediate = 0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    /// Heads of keys and values, each shared by heads / keyHeads heads of queries.
    std::int64_t keyHeads = 0;
    /// Numbers per head; even.
    std::int64_t headSize = 0;
    /// Largest number of tokens of a text, prompt and continuation together.
    std::int64_t context = 0;
    double normEpsilon = 1e-6;
    double ropeTheta = 10000.0;
    RopeScaling ropeScaling = {};
    /// Per layer: how many of the last tokens, itself among them, a token sees; 0: all. Empty: all in every layer.
    std::vector<std::int64_t> windows = {};
    /// Biases of queries, keys and values; of the attention's output; of the three products of the perceptron.
    bool inputBias = false, outputBias = false, mlpBias = false;
    /// RMS norms of every head's queries and keys.
    bool headNorms = false;
    /// The head is the embedding.
    bool tied = false;
    /// Tokens that end a text; empty when the file names none.
    std::vector<std::int32_t> endTokens = {};
    bool operator==(const LlamaConfig&) const = default;

    std::int64_t windowOf(std::int64_t layer) const {
        return windows.empty() ? 0 : windows[static_cast<std::size_t>(layer)];
    }

    /// Throws std::runtime_error naming `source` and the key that is missing, wrong, or asks for what isn't supported.
    static LlamaConfig parse(const nlohmann::json& config, std::string_view source);
    /// config.json of a folder, and the end tokens of its generation_config.json where that names any.
    static LlamaConfig read(const std::filesystem::path& folder);
};

}  // namespace mergarium
