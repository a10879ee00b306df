#include "core/networks/diffusion/operators.h"

#include "core/networks/diffusion/own_operators.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <fmt/format.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/ops/scaled_dot_product_attention.h>
#endif

#include <algorithm>
#include <cmath>
#include <vector>

namespace mergarium {
namespace {

bool mayOverwrite() { return !at::GradMode::is_enabled(); }

/// [n, t, width] as [n * heads, t, width / heads].
torch::Tensor headsApart(const torch::Tensor& x, std::int64_t heads) {
    return x.unflatten(2, {heads, -1}).transpose(1, 2).flatten(0, 1);
}

torch::Tensor libraryAttention(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                               std::int64_t heads, double scale) {
    // Scores of all heads at once: 256 MiB of fp32.
    constexpr std::int64_t kMostScores = std::int64_t{1} << 26;
    const auto q = headsApart(queries, heads), k = headsApart(keys, heads).transpose(1, 2),
               v = headsApart(values, heads);
    const auto tokens = q.size(1);
    const auto rows = std::clamp<std::int64_t>(kMostScores / (q.size(0) * k.size(2)), 1, tokens);
    const auto type = q.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
    std::vector<torch::Tensor> results;
    for (std::int64_t first = 0; first < tokens; first += rows) {
        // Scaled before the product, which half types may otherwise overflow in.
        const auto some = q.narrow(1, first, std::min(rows, tokens - first)) * scale;
        results.push_back(some.bmm(k).softmax(-1, type).to(v.scalar_type()).bmm(v));
    }
    const auto all = results.size() == 1 ? results.front() : at::cat(results, 1);
    return all.unflatten(0, {queries.size(0), heads}).transpose(1, 2).flatten(2);
}

}  // namespace

Trace Trace::at(std::string_view part, std::size_t index) const {
    return watches() ? Trace(observer_, fmt::format("{}{}{}.", name_, part, index)) : *this;
}

Trace Trace::at(std::string_view part) const {
    return watches() ? Trace(observer_, fmt::format("{}{}", name_, part)) : *this;
}

void Trace::operator()(std::string_view part, const torch::Tensor& value) const {
    if (!watches()) return;
    auto name = name_ + std::string(part);
    if (part.empty() && name.ends_with('.')) name.pop_back();
    observer_(name, value);
}

torch::Tensor convolved(const torch::Tensor& picture, const Affine& affine, const Stride& stride) {
    if (computesOwn(picture)) return ownConvolution(picture, affine, stride);
    const bool even = stride.before == stride.after;
    const auto margin = even ? stride.before : 0;
    const auto whole =
        even ? picture : at::constant_pad_nd(picture, {stride.before, stride.after, stride.before, stride.after});
    return at::conv2d(whole, affine.weight, affine.bias, {stride.step, stride.step}, {margin, margin});
}

torch::Tensor convolvedAlone(const torch::Tensor& picture, const Affine& affine) {
    return convolved(picture, affine, {.before = 0, .after = 0});
}

torch::Tensor product(const torch::Tensor& tokens, const Affine& affine) {
    if (computesOwn(tokens))
        return tokens.dim() == 3 ? ownProduct(tokens, affine) : ownProduct(tokens.unsqueeze(1), affine).squeeze(1);
    const auto& weight = affine.weight;
    return at::linear(tokens, weight.dim() == 2 ? weight : weight.flatten(1), affine.bias);
}

torch::Tensor productAsPicture(const torch::Tensor& tokens, const Affine& affine, std::int64_t height,
                               std::int64_t width) {
    const auto flat =
        computesOwn(tokens) ? ownTransposedProduct(tokens, affine) : product(tokens, affine).transpose(1, 2);
    return flat.unflatten(2, {height, width});
}

torch::Tensor groupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm) {
    if (computesOwn(picture)) return ownGroupNorm(picture, affine, norm, false);
    return at::group_norm(picture, norm.groups, affine.weight, affine.bias, norm.epsilon);
}

torch::Tensor activatedGroupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm) {
    if (computesOwn(picture)) return ownGroupNorm(picture, affine, norm, true);
    return activated(groupNorm(picture, affine, norm));
}

torch::Tensor layerNorm(const torch::Tensor& tokens, const Affine& affine, double epsilon) {
    if (computesOwn(tokens)) return ownLayerNorm(tokens, affine, epsilon);
    return at::layer_norm(tokens, {tokens.size(-1)}, affine.weight, affine.bias, epsilon);
}

torch::Tensor activated(torch::Tensor x) {
    if (!mayOverwrite()) return at::silu(x);
    if (!computesOwn(x)) return at::silu_(x);
    ownActivation(x);
    return x;
}

torch::Tensor added(torch::Tensor a, const torch::Tensor& b) { return mayOverwrite() ? a.add_(b) : a + b; }

torch::Tensor geglu(torch::Tensor valueAndGate) {
    if (computesOwn(valueAndGate)) return ownGate(valueAndGate);
    const auto parts = valueAndGate.chunk(2, -1);
    return parts[0] * at::gelu(parts[1]);
}

torch::Tensor attended(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                       std::int64_t heads) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(2) / heads));
    if (computesOwn(queries)) return ownAttention(queries, keys, values, heads, scale);
#if TORCH_VERSION_MAJOR >= 2
    if (!queries.is_cpu()) {
        const auto apart = [&](const torch::Tensor& x) { return x.unflatten(2, {heads, -1}).transpose(1, 2); };
        return at::scaled_dot_product_attention(apart(queries), apart(keys), apart(values)).transpose(1, 2).flatten(2);
    }
#endif
    return libraryAttention(queries, keys, values, heads, scale);
}

torch::Tensor tokensOf(const torch::Tensor& picture) { return picture.flatten(2).transpose(1, 2); }

torch::Tensor sinusoids(const std::vector<double>& positions, std::int64_t size, bool cosineFirst, double shift) {
    const auto half = size / 2;
    auto table = at::empty({static_cast<std::int64_t>(positions.size()), size}, torch::kFloat32);
    auto values = table.accessor<float, 2>();
    for (std::size_t row = 0; row < positions.size(); ++row)
        for (std::int64_t i = 0; i < half; ++i) {
            const double frequency =
                std::exp(-std::log(10000.0) * static_cast<double>(i) / (static_cast<double>(half) - shift));
            const double angle = positions[row] * frequency;
            auto of = values[static_cast<std::int64_t>(row)];
            of[i] = static_cast<float>(cosineFirst ? std::cos(angle) : std::sin(angle));
            of[half + i] = static_cast<float>(cosineFirst ? std::sin(angle) : std::cos(angle));
        }
    if (size % 2 == 1) table.select(1, size - 1).zero_();
    return table;
}

}  // namespace mergarium
