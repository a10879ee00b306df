#pragma once

#include "core/export/merge_models.h"
#include "core/genome/splice.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::cli {

/// All of `text` as a number.
template <typename Number>
std::optional<Number> parsed(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Each throws std::runtime_error with one sentence where the text isn't one.

Interpolation interpolationNamed(const std::string& name);
/// The number of an element, or a share of the vector.
SplitPlace splitAt(const std::string& text);
/// Of --gguf; absent where it isn't given.
std::optional<GgmlType> ggufNamed(const std::string& name);
/// 'attention: {tensors: ["*attn*"], splits: [0.5], ratio: 0.3}'.
ChromosomeWish chromosomeIn(const std::string& yaml);

}  // namespace mergarium::cli
