#include "core/gguf/ggml_type.h"

#include "core/checkpoint/dtype.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

constexpr std::array<std::pair<GgmlType, std::string_view>, 4> kTypes{
    {{GgmlType::F16, "f16"}, {GgmlType::BF16, "bf16"}, {GgmlType::F32, "f32"}, {GgmlType::Q8_0, "q8_0"}}};
constexpr std::size_t kBlock = 32, kScale = 2;
constexpr float kSteps = 127.0F;

DType plainType(GgmlType type) {
    return type == GgmlType::F32 ? DType::F32 : type == GgmlType::F16 ? DType::F16 : DType::BF16;
}

float scaleOf(std::span<const float> block) {
    float largest = 0.0F;
    for (const float value : block) largest = std::max(largest, std::abs(value));
    return largest / kSteps;
}

void encodeBlock(std::span<const float> block, std::byte* to) {
    const float scale = scaleOf(block);
    const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
    fromFloats(DType::F16, std::span(&scale, 1), to);
    for (std::size_t i = 0; i < kBlock; ++i) {
        // The inverse of a scale near zero is infinite.
        const float steps = std::isfinite(inverse) ? std::round(block[i] * inverse) : 0.0F;
        to[kScale + i] = static_cast<std::byte>(static_cast<std::int8_t>(std::clamp(steps, -kSteps, kSteps)));
    }
}

bool blockStandsFor(const std::byte* stored, std::span<const float> block) {
    const float scale = scaleOf(block);
    std::array<std::byte, kScale> expected{};
    fromFloats(DType::F16, std::span(&scale, 1), expected.data());
    if (!std::equal(expected.begin(), expected.end(), stored)) return false;
    if (!std::isfinite(1.0F / scale)) return true;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const auto steps = static_cast<double>(static_cast<std::int8_t>(stored[kScale + i]));
        // Half a step, and what products in single precision may be off at a tie.
        if (std::abs(static_cast<double>(block[i]) / static_cast<double>(scale) - steps) > 0.5 + 1e-4) return false;
    }
    return true;
}

}  // namespace

std::string_view nameOf(GgmlType type) {
    return std::ranges::find(kTypes, type, &std::pair<GgmlType, std::string_view>::first)->second;
}

std::optional<GgmlType> ggmlTypeNamed(std::string_view name) {
    for (const auto& [type, known] : kTypes)
        if (known == name) return type;
    return std::nullopt;
}

std::optional<GgmlType> ggmlTypeNumbered(std::uint32_t number) {
    for (const auto& [type, name] : kTypes)
        if (static_cast<std::uint32_t>(type) == number) return type;
    return std::nullopt;
}

std::uint32_t fileTypeOf(GgmlType type) {
    switch (type) {
        case GgmlType::F32: return 0;
        case GgmlType::F16: return 1;
        case GgmlType::Q8_0: return 7;
        case GgmlType::BF16: break;
    }
    return 32;
}

std::uint64_t blockOf(GgmlType type) { return type == GgmlType::Q8_0 ? kBlock : 1; }

std::uint64_t bytesPerBlock(GgmlType type) {
    return type == GgmlType::Q8_0 ? kScale + kBlock : sizeOf(plainType(type));
}

void encode(GgmlType type, std::span<const float> from, std::byte* to) {
    if (type != GgmlType::Q8_0) return fromFloats(plainType(type), from, to);
    for (; from.size() >= kBlock; from = from.subspan(kBlock), to += kScale + kBlock)
        encodeBlock(from.first(kBlock), to);
}

void decode(GgmlType type, const std::byte* from, std::span<float> to) {
    if (type != GgmlType::Q8_0) return toFloats(plainType(type), from, to);
    for (; to.size() >= kBlock; to = to.subspan(kBlock), from += kScale + kBlock) {
        float scale = 0.0F;
        toFloats(DType::F16, from, std::span(&scale, 1));
        for (std::size_t i = 0; i < kBlock; ++i)
            to[i] = scale * static_cast<float>(static_cast<std::int8_t>(from[kScale + i]));
    }
}

bool standsFor(GgmlType type, const std::byte* stored, std::span<const float> values) {
    if (type != GgmlType::Q8_0) {
        std::vector<std::byte> expected(bytesOf(type, values.size()));
        fromFloats(plainType(type), values, expected.data());
        return std::memcmp(expected.data(), stored, expected.size()) == 0;
    }
    for (; values.size() >= kBlock; values = values.subspan(kBlock), stored += kScale + kBlock)
        if (!blockStandsFor(stored, values.first(kBlock))) return false;
    return true;
}

}  // namespace mergarium
