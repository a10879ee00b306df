#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>

namespace mergarium {

/// What becomes of numbers that an element type can't hold.
enum class OutOfRange {
    Refused,
    /// They become the type's largest number, or the least.
    Clamped
};

/// The largest finite number of a floating type; of F64 that of F32.
float largestOf(DType dtype);

/// Looks at numbers after they have been rounded to an element type, and sees to it that none became infinite or NaN in
/// silence. Any thread.
class RangeGuard {
public:
    explicit RangeGuard(OutOfRange how) : how_(how) {}

    /// `codes`: numbers of a tensor as they are to be stored. `values` fills a span with the same numbers before they
    /// were rounded; asked only where some of them aren't finite. Where `wereFinite`, for what is computed of finite
    /// numbers, infinite ones among those count as too large and NaN as undefined; else they may stay as they are.
    void look(const std::string& tensor, DType dtype, std::span<std::byte> codes, bool wereFinite,
              const std::function<void(std::span<float>)>& values);
    /// Throws std::runtime_error with one sentence where a number was undefined, or too large and none are to be
    /// clamped: tensors, how many, and the largest; `model` is what was to be written.
    void check(const std::filesystem::path& model) const;

private:
    struct Beyond {
        DType dtype = DType::F32;
        std::uint64_t count = 0;
        float largest = 0;
    };

    OutOfRange how_;
    mutable std::mutex mutex_;
    std::map<std::string, Beyond> beyond_;
    std::map<std::string, std::uint64_t> undefined_;
};

}  // namespace mergarium
