#include "core/kernels/picture_kernels.h"
#include "core/networks/diffusion/own_operators.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>

#include <omp.h>

#include <algorithm>

namespace mergarium {
namespace {

/// Of a product that one thread computes at a time: large enough that little of it goes into packing its factors.
constexpr std::int64_t kRows = 512, kColumns = 640;
/// Channels of a convolution's patches at a time, which stay in the second cache.
constexpr std::int64_t kChannels = 64;

std::int64_t pieces(std::int64_t count, std::int64_t each) { return (count + each - 1) / each; }

/// OpenBLAS on the calling thread alone.
class OneThread {
public:
    OneThread() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }
    ~OneThread() { omp_set_num_threads(threads_); }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int threads_;
};

/// Stretches of a matrix for each of several pictures.
struct Tiles {
    std::int64_t pictures, rows, columns;

    std::int64_t count() const { return pictures * pieces(rows, kRows) * pieces(columns, kColumns); }

    /// Calls visit(picture, first row, rows, first column, columns).
    template <class Visit>
    void forEach(const Visit& visit) const {
        inPieces(count(), [&](std::int64_t first, std::int64_t last) {
            const auto across = pieces(columns, kColumns), down = pieces(rows, kRows);
            for (auto index = first; index < last; ++index) {
                const auto row = index / across % down * kRows, column = index % across * kColumns;
                visit(index / (across * down), row, std::min(kRows, rows - row), column,
                      std::min(kColumns, columns - column));
            }
        });
    }
};

/// to = bias + a b, where `bias` may be undefined.
void multiplyInto(torch::Tensor to, const torch::Tensor& bias, const torch::Tensor& a, const torch::Tensor& b) {
    if (bias.defined())
        at::addmm_out(to, bias, a, b);
    else
        at::mm_out(to, a, b);
}

/// A matrix that products read as it lies.
torch::Tensor readable(const torch::Tensor& tokens) {
    return tokens.stride(2) == 1 || tokens.stride(1) == 1 ? tokens : tokens.contiguous();
}

torch::Tensor narrowed(const torch::Tensor& bias, std::int64_t first, std::int64_t count) {
    return bias.defined() ? bias.narrow(0, first, count) : bias;
}

}  // namespace

bool computesOwn(const torch::Tensor& x) {
    return x.is_cpu() && x.scalar_type() == torch::kFloat32 && !at::GradMode::is_enabled();
}

void inPieces(std::int64_t count, const std::function<void(std::int64_t first, std::int64_t last)>& body) {
    // Views of normal tensors and of those made in this mode alike; the mode is each thread's own.
    const auto run = [&](std::int64_t first, std::int64_t last) {
        const c10::InferenceMode inference;
        body(first, last);
    };
    if (count > 1 && at::get_num_threads() > 1 && !at::in_parallel_region()) return at::parallel_for(0, count, 1, run);
    const OneThread one;
    run(0, count);
}

torch::Tensor ownProduct(const torch::Tensor& tokens, const Affine& affine) {
    const auto from = readable(tokens);
    const auto weight = affine.weight.flatten(1).t();
    const auto outputs = weight.size(1);
    auto results = at::empty({from.size(0), from.size(1), outputs}, from.options());
    const Tiles tiles{.pictures = from.size(0), .rows = from.size(1), .columns = outputs};
    tiles.forEach([&](auto picture, auto row, auto rows, auto column, auto columns) {
        multiplyInto(results.select(0, picture).narrow(0, row, rows).narrow(1, column, columns),
                     narrowed(affine.bias, column, columns), from.select(0, picture).narrow(0, row, rows),
                     weight.narrow(1, column, columns));
    });
    return results;
}

torch::Tensor ownTransposedProduct(const torch::Tensor& tokens, const Affine& affine) {
    const auto from = readable(tokens).transpose(1, 2);
    const auto weight = affine.weight.flatten(1);
    const auto bias = affine.bias.defined() ? affine.bias.unsqueeze(1) : affine.bias;
    auto results = at::empty({from.size(0), weight.size(0), from.size(2)}, from.options());
    const Tiles tiles{.pictures = from.size(0), .rows = weight.size(0), .columns = from.size(2)};
    tiles.forEach([&](auto picture, auto row, auto rows, auto column, auto columns) {
        multiplyInto(results.select(0, picture).narrow(0, row, rows).narrow(1, column, columns),
                     narrowed(bias, row, rows), weight.narrow(0, row, rows),
                     from.select(0, picture).narrow(1, column, columns));
    });
    return results;
}

torch::Tensor ownConvolution(const torch::Tensor& picture, const Affine& affine, const Stride& stride) {
    const auto from = picture.contiguous();
    const auto channels = from.size(1), height = from.size(2), width = from.size(3), side = affine.weight.size(2);
    if (side == 1 && stride.step == 1 && stride.before + stride.after == 0)
        return ownTransposedProduct(from.flatten(2).transpose(1, 2), affine).unflatten(2, {height, width});
    const auto weight = affine.weight.flatten(1);
    const auto bias = affine.bias.defined() ? affine.bias.unsqueeze(1) : affine.bias;
    const auto places = [&](std::int64_t size) {
        return (size + stride.before + stride.after - side) / stride.step + 1;
    };
    auto results = at::empty({from.size(0), weight.size(0), places(height), places(width)}, from.options());
    const auto flat = results.flatten(2);
    const auto* numbers = from.data_ptr<float>();
    const Tiles tiles{.pictures = from.size(0), .rows = weight.size(0), .columns = flat.size(2)};
    tiles.forEach(
        [&](std::int64_t index, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
            const auto to = flat.select(0, index).narrow(0, row, rows).narrow(1, column, columns);
            const auto scratch = at::empty({std::min(channels, kChannels) * side * side, columns}, from.options());
            for (std::int64_t channel = 0; channel < channels; channel += kChannels) {
                const auto count = std::min(kChannels, channels - channel);
                copyPatches({.channels = count,
                             .height = height,
                             .width = width,
                             .side = side,
                             .stride = stride.step,
                             .before = stride.before,
                             .outputWidth = results.size(3),
                             .first = column,
                             .count = columns},
                            numbers + (index * channels + channel) * height * width, scratch.data_ptr<float>());
                const auto inputs = count * side * side;
                multiplyInto(to, channel > 0 ? to : narrowed(bias, row, rows),
                             weight.narrow(0, row, rows).narrow(1, channel * side * side, inputs),
                             scratch.narrow(0, 0, inputs));
            }
        });
    return results;
}

torch::Tensor ownAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                           std::int64_t heads, double scale) {
    // Scores that stay in a core's caches between the two products, and enough queries for both to be quick.
    constexpr std::int64_t kCachedScores = std::int64_t{1} << 19;
    const auto tokens = queries.size(1), others = keys.size(1), size = queries.size(2) / heads;
    const auto rows = std::clamp<std::int64_t>(kCachedScores / others, 32, 256), stretches = pieces(tokens, rows);
    auto results = at::empty(queries.sizes(), queries.options());
    inPieces(queries.size(0) * heads * stretches, [&](std::int64_t begin, std::int64_t end) {
        const auto scratch = at::empty({std::min(rows, tokens), others}, queries.options());
        for (auto index = begin; index < end; ++index) {
            const auto picture = index / (heads * stretches), head = index / stretches % heads;
            const auto first = index % stretches * rows, count = std::min(rows, tokens - first);
            const auto part = [&](const torch::Tensor& of, std::int64_t from, std::int64_t number) {
                return of.select(0, picture).narrow(0, from, number).narrow(1, head * size, size);
            };
            auto scores = scratch.narrow(0, 0, count);
            at::addmm_out(scores, scores, part(queries, first, count), part(keys, 0, others).t(), 0.0, scale);
            auto* row = scores.data_ptr<float>();
            for (std::int64_t i = 0; i < count; ++i) softmaxRow(static_cast<std::size_t>(others), row + i * others);
            multiplyInto(part(results, first, count), {}, scores, part(values, 0, others));
        }
    });
    return results;
}

}  // namespace mergarium
