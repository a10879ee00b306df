#include "core/random/random_stream.h"

#include "core/random/philox.h"

#include <cmath>
#include <numbers>

namespace mergarium {

RandomStream::RandomStream(std::uint64_t seed, std::uint64_t step, Purpose purpose)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
               static_cast<std::uint32_t>(purpose)} {}

std::uint32_t RandomStream::bits32() {
    if (used_ == block_.size()) {
        block_ = philox(counter_, key_);
        ++counter_[0];
        used_ = 0;
    }
    return block_[used_++];
}

std::uint64_t RandomStream::bits64() {
    const std::uint64_t low = bits32();
    return low | (std::uint64_t{bits32()} << 32);
}

double RandomStream::uniform() { return static_cast<double>(bits64() >> 11) * 0x1.0p-53; }

std::uint64_t RandomStream::below(std::uint64_t bound) {
    // Values under 2^64 mod bound would make small results more likely, so they are drawn again.
    const std::uint64_t unfair = (0 - bound) % bound;
    std::uint64_t drawn = bits64();
    while (drawn < unfair) drawn = bits64();
    return drawn % bound;
}

double RandomStream::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double RandomStream::logGamma(double shape) {
    if (shape < 1.0) {
        const double boosted = logGamma(shape + 1.0);
        return boosted + std::log(1.0 - uniform()) / shape;
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double x = normal();
        const double cubeRoot = 1.0 + c * x;
        if (cubeRoot <= 0.0) continue;
        const double v = cubeRoot * cubeRoot * cubeRoot;
        if (std::log(1.0 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
    }
}

double RandomStream::symmetricBeta(double shape) {
    const double first = logGamma(shape);
    const double second = logGamma(shape);
    return 1.0 / (1.0 + std::exp(second - first));
}

}  // namespace mergarium
