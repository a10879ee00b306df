#include "core/kernels/fused_norm.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

/// For 16 tokens of a block.
struct Normalise {
    const NormShape& norm;
    const float* inputs;
    std::size_t features, width;
    float scale;
    float* outputs;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        const Vector16 mean = norm.centred ? meanOf() : Vector16{};
        Vector16 even{}, odd{};
        for (std::size_t i = 0; i + 1 < features; i += 2) {
            const Vector16 first = load(inputs + i * width) - mean;
            const Vector16 second = load(inputs + (i + 1) * width) - mean;
            even += first * first;
            odd += second * second;
        }
        if (features % 2 != 0) {
            const Vector16 last = load(inputs + (features - 1) * width) - mean;
            even += last * last;
        }
        Vector16 factors = (even + odd) / static_cast<float>(features) + norm.epsilon;
        for (std::size_t column = 0; column < kVectorWidth; ++column)
            factors[column] = 1.0F / std::sqrt(factors[column]);
        for (std::size_t i = 0; i < features; ++i) {
            Vector16 value = (load(inputs + i * width) - mean) * factors * (norm.weights[i] + norm.shift);
            if (norm.bias) value += norm.bias[i];
            store(outputs + i * width, value * scale);
        }
    }

    [[gnu::always_inline]] Vector16 meanOf() const {
        Vector16 sum{};
        for (std::size_t i = 0; i < features; ++i) sum += load(inputs + i * width);
        return sum / static_cast<float>(features);
    }
};

/// Calls work(first token, width of its block) for every 16 tokens, on all threads.
template <class Work>
void forStripes(const TokenBlocks& states, const Work& work) {
    const auto stripes = static_cast<std::int64_t>((states.tokens() + kVectorWidth - 1) / kVectorWidth);
    at::parallel_for(0, stripes, 1, [&](std::int64_t from, std::int64_t to) {
        for (auto stripe = static_cast<std::size_t>(from); stripe < static_cast<std::size_t>(to); ++stripe)
            work(stripe * kVectorWidth, states.width(stripe * kVectorWidth / TokenBlocks::kWidth));
    });
}

struct AddScaled {
    const float* from;
    float scale;
    std::size_t features, width;
    float* to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        for (std::size_t i = 0; i < features; ++i)
            store(to + i * width, load(to + i * width) + scale * load(from + i * width));
    }
};

struct ClampTo {
    float limit;
    std::size_t features, width;
    float* states;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        for (std::size_t i = 0; i < features; ++i) {
            const Vector16 x = load(states + i * width);
            const Vector16 above = x > limit ? all(limit) : x;
            store(states + i * width, above < -limit ? all(-limit) : above);
        }
    }
};

}  // namespace

void normalise(const NormShape& norm, const TokenBlocks& inputs, TokenBlocks& outputs, float scale) {
    if (&outputs != &inputs) outputs.reshape(inputs.features(), inputs.tokens());
    forStripes(inputs, [&](std::size_t token, std::size_t width) {
        runVectorised(Normalise{.norm = norm,
                                .inputs = inputs.at(0, token),
                                .features = inputs.features(),
                                .width = width,
                                .scale = scale,
                                .outputs = outputs.at(0, token)});
    });
}

void normaliseSome(const NormShape& norm, std::size_t first, std::size_t count, TokenBlocks& states) {
    forStripes(states, [&](std::size_t token, std::size_t width) {
        runVectorised(Normalise{.norm = norm,
                                .inputs = states.at(first, token),
                                .features = count,
                                .width = width,
                                .scale = 1.0F,
                                .outputs = states.at(first, token)});
    });
}

void addScaled(const TokenBlocks& from, float scale, TokenBlocks& to) {
    forStripes(to, [&](std::size_t token, std::size_t width) {
        runVectorised(AddScaled{.from = from.at(0, token),
                                .scale = scale,
                                .features = to.features(),
                                .width = width,
                                .to = to.at(0, token)});
    });
}

void clampTo(float limit, TokenBlocks& states) {
    forStripes(states, [&](std::size_t token, std::size_t width) {
        runVectorised(
            ClampTo{.limit = limit, .features = states.features(), .width = width, .states = states.at(0, token)});
    });
}

}  // namespace mergarium
