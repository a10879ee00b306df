#include "core/kernels/fused_attention.h"

#include "core/kernels/activations.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace mergarium {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

/// Tokens of one piece that stand side by side in one block.
struct Run {
    std::size_t firstToken = 0, count = 0;
    /// In the text.
    std::size_t position = 0;
};

/// Queries of a run, all heads of a key head, and what becomes of them; kept from call to call, one per thread.
struct Scratch {
    /// [headSize][queries], queries in whole tiles.
    std::vector<float> queries;
    /// [queries of a tile][keys]
    std::vector<float> scores;
    /// [queries of a tile][valueSize]
    std::vector<float> mixed;
};

struct Attend {
    const AttentionShape& shape;
    const TokenBlocks& projected;
    const TokenBlocks& turns;
    const LayerCache& cache;
    TokenBlocks& outputs;
    const Piece& piece;
    std::size_t firstToken;
    std::size_t keyHead;
    Scratch& scratch;

    /// A head of a run, normalised where the family does that, turned, and multiplied by `scale`, to
    /// [headSize][stride].
    [[gnu::always_inline]] void turned(const Run& run, std::size_t feature, const NormShape* norm, float scale,
                                       float* to, std::size_t stride) const {
        const std::size_t width = projected.width(run.firstToken / TokenBlocks::kWidth);
        const float* from = projected.at(feature, run.firstToken);
        std::array<float, TokenBlocks::kWidth> means{}, factors;
        std::fill_n(factors.begin(), run.count, scale);
        if (norm) statistics(run, *norm, from, width, scale, means.data(), factors.data());
        const auto of = [&](std::size_t i, std::size_t t) __attribute__((always_inline)) {
            const float value = (from[i * width + t] - means[t]) * factors[t];
            if (!norm) return value;
            return value * (norm->weights[i] + norm->shift) + (norm->bias ? norm->bias[i] * scale : 0.0F);
        };
        const std::size_t half = shape.rotated / 2;
        const std::size_t step = shape.neighbours ? 2 : 1, apart = shape.neighbours ? 1 : half;
        for (std::size_t i = 0; i < half; ++i) {
            const float* cosines = turns.at(i, run.firstToken);
            const float* sines = cosines + half * width;
            const std::size_t first = i * step, second = first + apart;
            for (std::size_t t = 0; t < run.count; ++t) {
                const float a = of(first, t), b = of(second, t);
                to[first * stride + t] = a * cosines[t] - b * sines[t];
                to[second * stride + t] = b * cosines[t] + a * sines[t];
            }
        }
        for (std::size_t i = shape.rotated; i < shape.headSize; ++i)
            for (std::size_t t = 0; t < run.count; ++t) to[i * stride + t] = of(i, t);
    }

    /// Of a head's numbers for every token of a run: their mean where the norm takes it away, and what they are then
    /// multiplied by, `scale` among it.
    [[gnu::always_inline]] void statistics(const Run& run, const NormShape& norm, const float* from, std::size_t width,
                                           float scale, float* means, float* factors) const {
        const auto size = static_cast<float>(shape.headSize);
        if (norm.centred) {
            for (std::size_t i = 0; i < shape.headSize; ++i)
                for (std::size_t t = 0; t < run.count; ++t) means[t] += from[i * width + t];
            for (std::size_t t = 0; t < run.count; ++t) means[t] /= size;
        }
        std::fill_n(factors, run.count, 0.0F);
        for (std::size_t i = 0; i < shape.headSize; ++i)
            for (std::size_t t = 0; t < run.count; ++t) {
                const float distance = from[i * width + t] - means[t];
                factors[t] += distance * distance;
            }
        for (std::size_t t = 0; t < run.count; ++t) factors[t] = scale / std::sqrt(factors[t] / size + norm.epsilon);
    }

    static const NormShape* normOf(const std::vector<NormShape>& norms, std::size_t head) {
        return norms.empty() ? nullptr : &norms[norms.size() == 1 ? 0 : head];
    }

    /// scores[query][key] for keys [from, to), both whole vectors.
    template <class Register, std::size_t Queries, std::size_t Vectors>
    [[gnu::always_inline]] void scoreKeys(const float* queries, std::size_t stride, const float* keys, std::size_t from,
                                          std::size_t to, float* scores, std::size_t scoreStride) const {
        using Vector = typename Register::Vector;
        constexpr std::size_t kPieces = Vectors * kVectorWidth / kLanes<Register>;
        for (std::size_t key = from; key < to; key += Vectors * kVectorWidth) {
            Vector sums[Queries][kPieces];
            for (auto& row : sums)
                for (Vector& sum : row) sum = Vector{};
            for (std::size_t i = 0; i < shape.headSize; ++i) {
                Vector some[kPieces];
                for (std::size_t v = 0; v < kPieces; ++v)
                    some[v] = *reinterpret_cast<const Vector*>(keys + i * cache.capacity + key + v * kLanes<Register>);
                for (std::size_t q = 0; q < Queries; ++q)
                    for (std::size_t v = 0; v < kPieces; ++v) sums[q][v] += queries[i * stride + q] * some[v];
            }
            for (std::size_t q = 0; q < Queries; ++q)
                for (std::size_t v = 0; v < kPieces; ++v)
                    *reinterpret_cast<Vector*>(scores + q * scoreStride + key - from + v * kLanes<Register>) =
                        sums[q][v];
        }
    }

    /// mixed[query][feature] = sum over keys of weights * values.
    template <class Register, std::size_t Queries, std::size_t Vectors>
    [[gnu::always_inline]] void mixValues(const float* weights, std::size_t stride, const float* values,
                                          std::size_t keys, float* mixed) const {
        using Vector = typename Register::Vector;
        constexpr std::size_t kPieces = Vectors * kVectorWidth / kLanes<Register>;
        for (std::size_t i = 0; i < cache.valueSize; i += Vectors * kVectorWidth) {
            Vector sums[Queries][kPieces];
            for (auto& row : sums)
                for (Vector& sum : row) sum = Vector{};
            for (std::size_t key = 0; key < keys; ++key) {
                Vector some[kPieces];
                for (std::size_t v = 0; v < kPieces; ++v)
                    some[v] =
                        *reinterpret_cast<const Vector*>(values + key * cache.valueSize + i + v * kLanes<Register>);
                for (std::size_t q = 0; q < Queries; ++q)
                    for (std::size_t v = 0; v < kPieces; ++v) sums[q][v] += weights[q * stride + key] * some[v];
            }
            for (std::size_t q = 0; q < Queries; ++q)
                for (std::size_t v = 0; v < kPieces; ++v)
                    *reinterpret_cast<Vector*>(mixed + q * cache.valueSize + i + v * kLanes<Register>) = sums[q][v];
        }
    }

    /// Scores of keys from `first` on become e^(score - largest) for those in [begin, end) and 0 for others; returns
    /// their sum.
    [[gnu::always_inline]] float weigh(float* scores, std::size_t count, std::size_t first, std::size_t begin,
                                       std::size_t end) const {
        constexpr IntVector16 kSteps = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        const auto seen = [&](std::size_t key) __attribute__((always_inline)) {
            const IntVector16 keys = kSteps + static_cast<std::int32_t>(first + key);
            return (keys >= static_cast<std::int32_t>(begin)) & (keys < static_cast<std::int32_t>(end));
        };
        Vector16 most = all(kNever);
        for (std::size_t key = 0; key < count; key += kVectorWidth) {
            const Vector16 score = shape.cap == 0.0F ? load(scores + key) : softCapped(shape.cap, load(scores + key));
            const Vector16 one = seen(key) ? score : all(kNever);
            store(scores + key, one);
            most = largest(most, one);
        }
        float peak = kNever;
        for (std::size_t column = 0; column < kVectorWidth; ++column) peak = std::max(peak, most[column]);
        Vector16 sums{};
        for (std::size_t key = 0; key < count; key += kVectorWidth) {
            const Vector16 weight = exponential(load(scores + key) - peak);
            store(scores + key, weight);
            sums += weight;
        }
        float sum = 0.0F;
        for (std::size_t column = 0; column < kVectorWidth; ++column) sum += sums[column];
        return sum;
    }

    std::size_t windowBegin(std::size_t position) const {
        const auto window = static_cast<std::size_t>(shape.window);
        return window == 0 || position + 1 <= window ? 0 : position + 1 - window;
    }

    /// `Queries` queries of a run from `query` on, numbered head after head.
    template <class Register, std::size_t Queries, std::size_t KeyVectors, std::size_t ValueVectors>
    [[gnu::always_inline]] void attendTile(const Run& run, std::size_t query, std::size_t stride, const float* keys,
                                           const float* values) const {
        std::size_t begin = run.position + run.count, end = 0;
        for (std::size_t q = 0; q < Queries; ++q) {
            const std::size_t position = run.position + (query + q) % run.count;
            begin = std::min(begin, windowBegin(position));
            end = std::max(end, position + 1);
        }
        const std::size_t first = begin / kVectorWidth * kVectorWidth;
        const std::size_t count = (end - first + kVectorWidth - 1) / kVectorWidth * kVectorWidth;
        const std::size_t wide = count / (KeyVectors * kVectorWidth) * (KeyVectors * kVectorWidth);
        float* scores = scratch.scores.data();
        const float* queries = scratch.queries.data() + query;
        scoreKeys<Register, Queries, KeyVectors>(queries, stride, keys, first, first + wide, scores, count);
        scoreKeys<Register, Queries, 1>(queries, stride, keys, first + wide, first + count, scores + wide, count);

        std::array<float, Queries> sums;
        for (std::size_t q = 0; q < Queries; ++q) {
            const std::size_t position = run.position + (query + q) % run.count;
            sums[q] = weigh(scores + q * count, count, first, windowBegin(position), position + 1);
        }
        float* mixed = scratch.mixed.data();
        if (cache.valueSize % (ValueVectors * kVectorWidth) == 0)
            mixValues<Register, Queries, ValueVectors>(scores, count, values + first * cache.valueSize, end - first,
                                                       mixed);
        else
            mixValues<Register, Queries, 1>(scores, count, values + first * cache.valueSize, end - first, mixed);

        const std::size_t width = outputs.width(run.firstToken / TokenBlocks::kWidth);
        const std::size_t groupSize = shape.heads / shape.keyHeads;
        for (std::size_t q = 0; q < Queries; ++q) {
            const std::size_t head = keyHead * groupSize + (query + q) / run.count;
            float* to = outputs.at(head * shape.headSize, run.firstToken + (query + q) % run.count);
            const float scale = 1.0F / sums[q];
            for (std::size_t i = 0; i < shape.headSize; ++i) to[i * width] = scale * mixed[q * cache.valueSize + i];
        }
    }

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        using Register = typename Tiles::Register;
        const std::size_t size = shape.headSize;
        const std::size_t groupSize = shape.heads / shape.keyHeads;
        const std::size_t row = static_cast<std::size_t>(piece.slot) * shape.keyHeads + keyHead;
        float* keys = cache.keys + row * size * cache.capacity;
        float* values = cache.values + row * cache.capacity * cache.valueSize;
        scratch.queries.resize(size * groupSize * TokenBlocks::kWidth);
        scratch.scores.resize(Tiles::queries * cache.capacity);
        scratch.mixed.resize(Tiles::queries * cache.valueSize);

        const std::size_t tokens = piece.tokens.size();
        for (std::size_t done = 0; done < tokens;) {
            const std::size_t token = firstToken + done;
            const Run one{.firstToken = token,
                          .count = std::min(tokens - done, TokenBlocks::kWidth - token % TokenBlocks::kWidth),
                          .position = static_cast<std::size_t>(piece.position) + done};
            turned(one, (shape.heads + keyHead) * size, normOf(shape.keyNorms, keyHead), 1.0F, keys + one.position,
                   cache.capacity);
            const std::size_t width = projected.width(token / TokenBlocks::kWidth);
            const float* value = projected.at((shape.heads + shape.keyHeads + keyHead) * size, token);
            for (std::size_t t = 0; t < one.count; ++t)
                for (std::size_t i = 0; i < size; ++i)
                    values[(one.position + t) * cache.valueSize + i] = value[i * width + t];

            const std::size_t queries = groupSize * one.count;
            for (std::size_t head = keyHead * groupSize; head < (keyHead + 1) * groupSize; ++head)
                turned(one, head * size, normOf(shape.queryNorms, head), shape.scale,
                       scratch.queries.data() + (head - keyHead * groupSize) * one.count, queries);
            std::size_t query = 0;
            for (; query + Tiles::queries <= queries; query += Tiles::queries)
                attendTile<Register, Tiles::queries, Tiles::keyVectors, Tiles::keyVectors>(one, query, queries, keys,
                                                                                           values);
            for (; query < queries; ++query) attendTile<Register, 1, 4, 4>(one, query, queries, keys, values);
            done += one.count;
        }
    }
};

}  // namespace

void attend(const AttentionShape& shape, std::span<const Piece> pieces, const TokenBlocks& projected,
            const TokenBlocks& turns, const LayerCache& cache, TokenBlocks& outputs) {
    std::vector<std::size_t> firstTokens;
    std::size_t tokens = 0;
    for (const auto& piece : pieces) {
        firstTokens.push_back(tokens);
        tokens += piece.tokens.size();
    }
    at::parallel_for(0, static_cast<std::int64_t>(pieces.size() * shape.keyHeads), 1,
                     [&](std::int64_t from, std::int64_t to) {
                         static thread_local Scratch scratch;
                         for (auto job = static_cast<std::size_t>(from); job < static_cast<std::size_t>(to); ++job)
                             runVectorised(Attend{.shape = shape,
                                                  .projected = projected,
                                                  .turns = turns,
                                                  .cache = cache,
                                                  .outputs = outputs,
                                                  .piece = pieces[job / shape.keyHeads],
                                                  .firstToken = firstTokens[job / shape.keyHeads],
                                                  .keyHead = job % shape.keyHeads,
                                                  .scratch = scratch});
                     });
}

}  // namespace mergarium
