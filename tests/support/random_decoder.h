#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/networks/generation.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace mergarium::test {

/// Models of several families, with what the reference implementation computes of them.
inline const std::filesystem::path kGoldenModels = MERGARIUM_TEST_DATA "/llama";
/// A small random model of every further family, and what transformers makes of it, with the distance between its own
/// results in single and in double precision.
inline const std::filesystem::path kGoldenFamilies = MERGARIUM_TEST_DATA "/families";

using Tokens = std::vector<std::int32_t>;

/// The config.json of a small Llama, with changes.
nlohmann::json smallConfig(const nlohmann::json& changes = nlohmann::json::object());
/// A network of random weights, larger ones where that makes attention sharp enough to be told from none.
Decoder randomNetwork(const nlohmann::json& document, Decoder::Kernels kernels = Decoder::Kernels::Best);
Tokens randomText(std::size_t length, std::uint64_t seed, std::uint64_t vocabulary = 61);
/// Of several lengths, one of a single token.
const std::vector<Tokens>& texts();

/// All texts as one batch, with logits at their ends and the log-probabilities of all tokens but the first.
PieceResults whole(const Decoder& network, const std::vector<Tokens>& texts);
/// The new tokens of every prompt.
std::vector<Tokens> continuations(const Decoder& network, const GenerationRequest& request);
std::span<const float> rowOf(const torch::Tensor& logits, std::size_t row);

std::vector<float> storedFloats(const Checkpoint& checkpoint, const std::string& name);
/// How far results may lie from those of a folder of kGoldenFamilies.
double errorBar(const std::filesystem::path& folder);
/// The largest difference; infinite where there are not as many numbers, or one is none.
double distance(std::span<const float> a, std::span<const float> b);

}  // namespace mergarium::test
