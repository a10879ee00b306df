#include "core/checkpoint/range_guard.h"

#include "core/checkpoint/not_finite.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace mergarium {
namespace {

/// Of tensors with numbers that are too large, so many are named.
constexpr std::size_t kTensorsNamed = 5;

}  // namespace

float largestOf(DType dtype) {
    switch (dtype) {
        case DType::F16: return 65504.0f;
        case DType::BF16: return 0x1.fep127f;
        case DType::F8E4M3: return 448.0f;
        case DType::F8E5M2: return 57344.0f;
        default: return std::numeric_limits<float>::max();
    }
}

void RangeGuard::look(const std::string& tensor, DType dtype, std::span<std::byte> codes, bool wereFinite,
                      const std::function<void(std::span<float>)>& values) {
    if (!countNotFinite(dtype, codes).any()) return;
    const auto size = sizeOf(dtype);
    std::vector<float> before(codes.size() / size);
    values(before);
    Beyond found{.dtype = dtype};
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto code = codes.subspan(i * size, size);
        if (wereFinite && std::isnan(before[i])) {
            const std::lock_guard lock(mutex_);
            ++undefined_[tensor];
            continue;
        }
        const bool tooLarge = std::isfinite(before[i]) || (wereFinite && std::isinf(before[i]));
        if (!tooLarge || !countNotFinite(dtype, code).any()) continue;
        ++found.count;
        found.largest = std::max(found.largest, std::abs(before[i]));
        const float limit = std::copysign(largestOf(dtype), before[i]);
        if (how_ == OutOfRange::Clamped) fromFloats(dtype, {&limit, 1}, code.data());
    }
    if (found.count == 0) return;
    const std::lock_guard lock(mutex_);
    auto& all = beyond_[tensor];
    all = {dtype, all.count + found.count, std::max(all.largest, found.largest)};
}

void RangeGuard::check(const std::filesystem::path& model) const {
    if (!undefined_.empty()) {
        const auto& [tensor, count] = *undefined_.begin();
        refuse(model,
               fmt::format("{} numbers of {}{} are undefined (NaN): the merge divides by 0 there, or its "
                           "parameters are too large",
                           count, tensor,
                           undefined_.size() > 1 ? fmt::format(" and some of {} other tensors", undefined_.size() - 1)
                                                 : std::string()));
    }
    if (how_ == OutOfRange::Clamped || beyond_.empty()) return;
    std::vector<std::string> named;
    for (const auto& [tensor, beyond] : beyond_)
        named.push_back(fmt::format("{} ({} of them, up to {:.6g})", tensor, beyond.count, beyond.largest));
    const auto more =
        named.size() > kTensorsNamed ? fmt::format(", and {} more tensors", named.size() - kTensorsNamed) : "";
    named.resize(std::min(named.size(), kTensorsNamed));
    const auto dtype = beyond_.begin()->second.dtype;
    refuse(model, fmt::format("numbers beyond {:.6g} are too large for {}, and there are some in {}{}; choose another "
                              "element type (bf16 or fp32), or have them clamped to its range (--clamp)",
                              largestOf(dtype), nameOf(dtype), fmt::join(named, ", "), more));
}

}  // namespace mergarium
