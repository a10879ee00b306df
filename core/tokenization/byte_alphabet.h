#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium::text {

/// GPT-2's alphabet: each of the 256 bytes is written as one visible character, a byte that is one already as itself,
/// the others as U+0100 and up, so that a vocabulary of bytes can be stored as text.

/// The bytes of a text, each as its character.
std::string spelledAsBytes(std::string_view text);
/// The byte that a character stands for, if any.
std::optional<std::uint8_t> byteOf(char32_t code);

}  // namespace mergarium::text
