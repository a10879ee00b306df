#include "core/merging/methods/rounding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mergarium {

void widen(DType dtype, const std::byte* from, std::span<float> to) {
    if (dtype != DType::BF16) return toFloats(dtype, from, to);
    for (std::size_t i = 0; i < to.size(); ++i) {
        std::uint16_t code;
        std::memcpy(&code, from + 2 * i, sizeof code);
        to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(code) << 16);
    }
}

void roundTo(DType dtype, std::span<float> values) {
    if (dtype == DType::F32 || dtype == DType::F64) return;
    std::array<std::byte, 4096> codes;
    const auto most = codes.size() / sizeOf(dtype);
    while (!values.empty()) {
        const auto some = values.first(std::min(most, values.size()));
        fromFloats(dtype, some, codes.data());
        toFloats(dtype, codes.data(), some);
        values = values.subspan(some.size());
    }
}

float rounded(DType dtype, double value) {
    auto number = static_cast<float>(value);
    roundTo(dtype, {&number, 1});
    return number;
}

}  // namespace mergarium
