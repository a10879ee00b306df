#include "core/kernels/picture_kernels.h"
#include "core/networks/diffusion/own_operators.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace mergarium {
namespace {

/// Numbers that are worth a thread.
constexpr std::int64_t kStretch = 4096;

/// Calls visit(row) for rows of `width` numbers on all threads, some at a time.
template <class Visit>
void forRows(std::int64_t rows, std::int64_t width, const Visit& visit) {
    const auto each = std::max<std::int64_t>(1, kStretch / std::max<std::int64_t>(1, width));
    inPieces((rows + each - 1) / each, [&](std::int64_t first, std::int64_t last) {
        for (auto row = first * each; row < std::min(rows, last * each); ++row) visit(row);
    });
}

}  // namespace

torch::Tensor ownGroupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm, bool activated) {
    const auto from = picture.contiguous();
    auto results = at::empty(from.sizes(), from.options());
    const auto channels = from.size(1) / norm.groups, pixels = from.size(2) * from.size(3);
    const auto size = channels * pixels;
    const auto weight = affine.weight.contiguous(), bias = affine.bias.contiguous();
    const auto *numbers = from.data_ptr<float>(), *weights = weight.data_ptr<float>(), *biases = bias.data_ptr<float>();
    auto* to = results.data_ptr<float>();
    forRows(from.size(0) * norm.groups, size, [&](std::int64_t group) {
        const auto first = group % norm.groups * channels;
        normaliseGroup({.channels = static_cast<std::size_t>(channels),
                        .pixels = static_cast<std::size_t>(pixels),
                        .weight = weights + first,
                        .bias = biases + first,
                        .epsilon = static_cast<float>(norm.epsilon),
                        .activated = activated},
                       numbers + group * size, to + group * size);
    });
    return results;
}

torch::Tensor ownLayerNorm(const torch::Tensor& tokens, const Affine& affine, double epsilon) {
    const auto from = tokens.contiguous(), weight = affine.weight.contiguous(), bias = affine.bias.contiguous();
    auto results = at::empty(from.sizes(), from.options());
    const auto width = from.size(-1);
    const NormRow norm{.width = static_cast<std::size_t>(width),
                       .weight = weight.data_ptr<float>(),
                       .bias = bias.data_ptr<float>(),
                       .epsilon = static_cast<float>(epsilon)};
    const auto* numbers = from.data_ptr<float>();
    auto* to = results.data_ptr<float>();
    forRows(from.numel() / width, width,
            [&](std::int64_t row) { normaliseRow(norm, numbers + row * width, to + row * width); });
    return results;
}

void ownActivation(torch::Tensor& x) {
    x = x.contiguous();
    auto* numbers = x.data_ptr<float>();
    const auto count = x.numel();
    forRows((count + kStretch - 1) / kStretch, kStretch, [&](std::int64_t row) {
        activateRow(static_cast<std::size_t>(std::min(kStretch, count - row * kStretch)), numbers + row * kStretch);
    });
}

torch::Tensor ownGate(const torch::Tensor& valueAndGate) {
    const auto from = valueAndGate.contiguous();
    const auto width = from.size(-1) / 2;
    auto results = at::empty({from.size(0), from.size(1), width}, from.options());
    const auto* numbers = from.data_ptr<float>();
    auto* to = results.data_ptr<float>();
    forRows(from.size(0) * from.size(1), width, [&](std::int64_t row) {
        gateRow(static_cast<std::size_t>(width), numbers + 2 * row * width, to + row * width);
    });
    return results;
}

}  // namespace mergarium
