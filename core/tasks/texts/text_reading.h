#pragma once

#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"
#include "core/tasks/attempt.h"
#include "core/tasks/texts/question_set.h"
#include "core/tokenization/tokenizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// The network that all models of a run are: as the first founder's, but for what the other founders change, whether
/// the head is the embedding. Throws as configOf does.
DecoderConfig networkOf(const FounderSource& first, const Layout& layout);

/// Throws std::runtime_error where the tokenizer of `founder` can't be the network's.
void checkVocabulary(const Tokenizer& tokenizer, const DecoderConfig& config, const FounderSource& founder);

/// A prompt as a model reads it.
std::vector<ReadPiece> piecesOf(std::span<const std::int32_t> prompt, const Tokenizer& tokenizer);

/// Questions that are scored between two looks at whether the child is lost: of one file and of like length together,
/// for they end at about the same time, and a child is often lost on one file. `batch`: of the settings; 0: as many as
/// are worth it.
std::vector<std::vector<std::uint32_t>> batchesOf(std::span<const Question> questions,
                                                  std::span<const std::vector<std::int32_t>> prompts,
                                                  std::uint64_t batch);

/// Texts that go through the network side by side.
inline constexpr std::size_t kTextsAtATime = 16;

}  // namespace mergarium
