#pragma once

#include "core/families/decoder_config.h"
#include "core/gguf/gguf_value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

class GgufFacts;

/// How llama.cpp computes a family's networks, as far as a file has to say it or can't.
struct GgufArchitecture {
    enum class Head : std::uint8_t {
        /// There may be one; without it's the embedding.
        Either,
        /// It has to be in the file, a copy of the embedding where the model ties it.
        Written,
        /// It is the embedding always.
        Tied,
    };
    enum class Biases : std::uint8_t { None, Inputs, Any, Needed };

    /// As model_type and general.architecture name it.
    std::string_view family, name;
    /// It rotates neighbours (2j, 2j + 1), so rows of queries and keys that are rotated by halves change places.
    bool neighbours = false;
    Head head = Head::Either;
    Biases biases = Biases::None;
    /// It divides frequencies by rope_freqs.weight: Llama 3's scaling.
    bool frequencies = false;
    /// Its perceptron's activation is GELU, else SiLU.
    bool gelu = false;
    /// Attention and perceptron side by side; absent: the file says it.
    std::optional<bool> parallel = false;
    /// What else its files say and what else it can't, where that isn't nothing.
    void (*more)(const DecoderConfig& config, GgufFacts& facts) = nullptr;
    /// `more` looks at these itself: windows and rotary embeddings of layers, scales of scores, embeddings, residuals
    /// and logits, and soft caps.
    bool layersDiffer = false, scales = false;
};

/// What a file is to say of a network, and what there is to know of it. Throws where it can't say it.
class GgufFacts {
public:
    GgufFacts(const GgufArchitecture& architecture, std::string_view source, GgufMetadata& metadata,
              std::vector<std::string>& notes)
        : architecture_(architecture), source_(source), metadata_(metadata), notes_(notes) {}

    /// Of the architecture: "llama.context_length".
    void set(std::string_view key, GgufValue value);
    void number(std::string_view key, std::int64_t value) { set(key, static_cast<std::uint32_t>(value)); }
    void real(std::string_view key, double value) { set(key, static_cast<float>(value)); }
    void note(std::string text) { notes_.push_back(std::move(text)); }
    /// Throws std::runtime_error: "SOURCE: llama.cpp's architecture NAME has no WHAT; ..."
    [[noreturn]] void lacks(std::string_view what) const;
    void require(bool holds, std::string_view what) const {
        if (!holds) lacks(what);
    }

private:
    const GgufArchitecture& architecture_;
    std::string_view source_;
    GgufMetadata& metadata_;
    std::vector<std::string>& notes_;
};

/// Throws std::runtime_error with one sentence: no file can be written of such a network, those that can.
const GgufArchitecture& ggufArchitectureOf(const DecoderConfig& config, std::string_view source);
std::vector<std::string_view> ggufFamilies();

/// The keys of a network's file, those of its tokenizer apart. Throws std::runtime_error naming `source` (its
/// config.json) and what llama.cpp doesn't compute.
void addNetworkFacts(const DecoderConfig& config, const GgufArchitecture& architecture, std::string_view source,
                     GgufMetadata& metadata, std::vector<std::string>& notes);

}  // namespace mergarium
