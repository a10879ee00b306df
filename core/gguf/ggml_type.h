#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mergarium {

/// Element types of tensors in GGUF files, with ggml's numbers: those that are written and read here.
enum class GgmlType : std::uint32_t {
    F32 = 0,
    F16 = 1,
    /// Blocks of 32 neighbours of a row: a scale in fp16, which is the largest magnitude / 127, and a whole number of 8
    /// bits each.
    Q8_0 = 8,
    BF16 = 30,
};

/// "f32", "f16", "bf16", "q8_0".
std::string_view nameOf(GgmlType type);
/// Absent for another name.
std::optional<GgmlType> ggmlTypeNamed(std::string_view name);
/// Absent for one that isn't read here.
std::optional<GgmlType> ggmlTypeNumbered(std::uint32_t number);
/// What a file is called that has most of its tensors in this type (general.file_type).
std::uint32_t fileTypeOf(GgmlType type);

/// Elements that are stored together.
std::uint64_t blockOf(GgmlType type);
/// Of one block.
std::uint64_t bytesPerBlock(GgmlType type);
/// Of `count` elements, whole blocks.
inline std::uint64_t bytesOf(GgmlType type, std::uint64_t count) { return count / blockOf(type) * bytesPerBlock(type); }

/// Rounds to nearest, as ggml does: ties to even, in Q8_0 away from zero. Writes bytesOf(type, from.size()) bytes at
/// `to`, aligned to nothing.
void encode(GgmlType type, std::span<const float> from, std::byte* to);
/// The numbers that to.size() elements at `from` stand for.
void decode(GgmlType type, const std::byte* from, std::span<float> to);

/// Whether stored bytes are these values in this type: to the bit; in Q8_0 within half a step of the block's scale,
/// which has to be the one that the values ask for.
bool standsFor(GgmlType type, const std::byte* stored, std::span<const float> values);

}  // namespace mergarium
