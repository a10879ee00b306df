#pragma once

#include "core/archive/scores.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

using Blob = std::vector<std::byte>;

/// Right/wrong scores take one bit a sample, graded ones four bytes: the first byte says which ('b' or 'f').
Blob packScores(std::span<const float> scores);
/// `samples` scores. Throws std::runtime_error when the blob is not as long as it must be, or one lies outside of [0,
/// 1].
Scores unpackScores(std::span<const std::byte> blob, std::size_t samples);

Blob packNumbers(std::span<const float> values);
std::vector<float> unpackFloats(std::span<const std::byte> blob);
Blob packNumbers(std::span<const double> values);
std::vector<double> unpackDoubles(std::span<const std::byte> blob);
Blob packNumbers(std::span<const std::uint64_t> values);
std::vector<std::uint64_t> unpackIntegers(std::span<const std::byte> blob);

/// Texts, one after the other, each behind its length. `unpackTexts` throws std::runtime_error when the blob is
/// damaged.
Blob packTexts(std::span<const std::string> texts);
std::vector<std::string> unpackTexts(std::span<const std::byte> blob);

}  // namespace mergarium
