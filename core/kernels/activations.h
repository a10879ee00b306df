#pragma once

#include "core/families/decoder_config.h"
#include "core/kernels/simd.h"

namespace mergarium {

[[gnu::always_inline]] inline Vector16 hyperbolicTangent(Vector16 x) {
    return 1.0F - 2.0F / (exponential(2.0F * x) + 1.0F);
}

/// erf(x) within 2e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26).
[[gnu::always_inline]] inline Vector16 errorFunction(Vector16 x) {
    const Vector16 size = x < 0.0F ? -x : x;
    const Vector16 t = 1.0F / (1.0F + 0.3275911F * size);
    Vector16 sum = all(1.061405429F);
    sum = sum * t - 1.453152027F;
    sum = sum * t + 1.421413741F;
    sum = sum * t - 0.284496736F;
    sum = sum * t + 0.254829592F;
    const Vector16 result = 1.0F - sum * t * exponential(-size * size);
    return x < 0.0F ? -result : result;
}

[[gnu::always_inline]] inline Vector16 activated(Activation activation, Vector16 x) {
    switch (activation) {
        case Activation::Silu: return x / (1.0F + exponential(-x));
        case Activation::Gelu: return 0.5F * x * (1.0F + errorFunction(x * 0.70710678F));
        case Activation::GeluTanh:
            return 0.5F * x * (1.0F + hyperbolicTangent(0.79788456F * (x + 0.044715F * x * x * x)));
        case Activation::Relu: return x > 0.0F ? x : Vector16{};
    }
    return x;
}

[[gnu::always_inline]] inline Vector16 softCapped(float cap, Vector16 x) { return cap * hyperbolicTangent(x / cap); }

}  // namespace mergarium
