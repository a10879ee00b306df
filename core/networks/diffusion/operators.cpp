#include "core/networks/diffusion/operators.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>
#include <fmt/format.h>

#include <cmath>

namespace mergarium {
namespace {

bool mayOverwrite() { return !at::GradMode::is_enabled(); }

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

torch::Tensor convolved(const torch::Tensor& picture, const Affine& affine, std::int64_t stride, std::int64_t padding) {
    return at::conv2d(picture, affine.weight, affine.bias, {stride, stride}, {padding, padding});
}

torch::Tensor product(const torch::Tensor& tokens, const Affine& affine) {
    const auto& weight = affine.weight;
    return at::linear(tokens, weight.dim() == 2 ? weight : weight.flatten(1), affine.bias);
}

torch::Tensor groupNorm(const torch::Tensor& picture, const Affine& affine, const GroupNorm& norm) {
    return at::group_norm(picture, norm.groups, affine.weight, affine.bias, norm.epsilon);
}

torch::Tensor layerNorm(const torch::Tensor& tokens, const Affine& affine) {
    return at::layer_norm(tokens, {tokens.size(-1)}, affine.weight, affine.bias, 1e-5);
}

torch::Tensor activated(torch::Tensor x) { return mayOverwrite() ? at::silu_(x) : at::silu(x); }

torch::Tensor added(torch::Tensor a, const torch::Tensor& b) { return mayOverwrite() ? a.add_(b) : a + b; }

torch::Tensor geglu(torch::Tensor valueAndGate) {
    const auto parts = valueAndGate.chunk(2, -1);
    if (!mayOverwrite()) return parts[0] * at::gelu(parts[1]);
    auto gate = parts[1];
    at::gelu_(gate);
    return parts[0].mul(gate);
}

torch::Tensor tokensOf(const torch::Tensor& picture) { return picture.flatten(2).transpose(1, 2).contiguous(); }

torch::Tensor pictureOf(const torch::Tensor& tokens, std::int64_t height, std::int64_t width) {
    return tokens.transpose(1, 2).contiguous().view({tokens.size(0), tokens.size(2), height, width});
}

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
