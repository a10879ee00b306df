#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mergarium {

/// Element types of tensors on disk, as safetensors names them.
enum class DType : std::uint8_t { F64, F32, F16, BF16, F8E4M3, F8E5M2, I64, I32, I16, I8, U64, U32, U16, U8, Bool };

/// "F32", "BF16", "F8_E4M3", "BOOL", ...
std::string_view nameOf(DType dtype);
/// Absent for a name that safetensors doesn't know.
std::optional<DType> dtypeOf(std::string_view name);
/// Bytes of one element.
std::size_t sizeOf(DType dtype);
/// Whether elements are numbers that can be mixed; others are taken over from one founder as they are.
bool isFloating(DType dtype);

/// The values of `to.size()` elements of a floating `dtype` stored little-endian at `from`, which needs no alignment.
/// F64 is rounded.
void toFloats(DType dtype, const std::byte* from, std::span<float> to);
/// Rounds to nearest, ties to even; writes from.size() elements at `to`, which needs no alignment. Beyond the range:
/// infinity where the type has one, else NaN.
void fromFloats(DType dtype, std::span<const float> from, std::byte* to);

}  // namespace mergarium
