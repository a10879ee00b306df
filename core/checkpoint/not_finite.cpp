#include "core/checkpoint/not_finite.h"

#include <algorithm>
#include <cstring>

namespace mergarium {
namespace {

/// Elements looked at before it is decided whether to count.
constexpr std::size_t kBlock = 4096;

/// `exponent`: the bits that are all set in numbers that are not finite; `fraction`: those that are not all 0 in NaN.
template <typename Bits>
NotFinite count(std::span<const std::byte> elements, Bits exponent, Bits fraction) {
    NotFinite found;
    const auto size = elements.size() / sizeof(Bits);
    const auto at = [&](std::size_t i) {
        Bits bits;
        std::memcpy(&bits, elements.data() + i * sizeof bits, sizeof bits);
        return bits;
    };
    for (std::size_t begin = 0; begin < size; begin += kBlock) {
        const auto end = std::min(size, begin + kBlock);
        Bits any = 0;
        for (auto i = begin; i < end; ++i) any |= static_cast<Bits>((at(i) & exponent) == exponent);
        if (!any) continue;
        for (auto i = begin; i < end; ++i) {
            if ((at(i) & exponent) != exponent) continue;
            ++((at(i) & fraction) == 0 ? found.infinities : found.nans);
        }
    }
    return found;
}

}  // namespace

NotFinite countNotFinite(DType dtype, std::span<const std::byte> elements) {
    switch (dtype) {
        case DType::F64: return count<std::uint64_t>(elements, 0x7ff0'0000'0000'0000, 0x000f'ffff'ffff'ffff);
        case DType::F32: return count<std::uint32_t>(elements, 0x7f80'0000, 0x007f'ffff);
        case DType::F16: return count<std::uint16_t>(elements, 0x7c00, 0x03ff);
        case DType::BF16: return count<std::uint16_t>(elements, 0x7f80, 0x007f);
        case DType::F8E5M2: return count<std::uint8_t>(elements, 0x7c, 0x03);
        // It has no infinities, and one NaN of each sign.
        case DType::F8E4M3: return count<std::uint8_t>(elements, 0x7f, 0x7f);
        default: return {};
    }
}

}  // namespace mergarium
