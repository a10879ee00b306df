#include "core/networks/diffusion/operators.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_softmax.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/ops/scaled_dot_product_attention.h>
#endif

#include <algorithm>
#include <cmath>
#include <vector>

namespace mergarium {
namespace {

/// Scores that stay in a core's caches between the two products, and few enough products for both to be quick.
constexpr std::int64_t kCachedScores = std::int64_t{1} << 19;
/// Of all heads at once: 256 MiB of fp32.
constexpr std::int64_t kMostScores = std::int64_t{1} << 26;

/// Head by head and some queries at a time, each on one thread.
torch::Tensor byHeads(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                      std::int64_t heads, double scale) {
    const auto pictures = queries.size(0), tokens = queries.size(1), width = queries.size(2), others = keys.size(1);
    const auto size = width / heads;
    const auto rows = std::clamp<std::int64_t>(kCachedScores / others, 32, 256);
    const auto pieces = (tokens + rows - 1) / rows;
    auto results = at::empty(queries.sizes(), queries.options());
    at::parallel_for(0, pictures * heads * pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        const c10::InferenceMode inference;
        const auto scratch = at::empty({rows, others}, queries.options());
        for (auto index = begin; index < end; ++index) {
            const auto picture = index / (heads * pieces), head = index / pieces % heads;
            const auto first = index % pieces * rows, count = std::min(rows, tokens - first);
            const auto part = [&](const torch::Tensor& of, std::int64_t from, std::int64_t number) {
                return of.select(0, picture).narrow(0, from, number).narrow(1, head * size, size);
            };
            auto scores = scratch.narrow(0, 0, count);
            at::addmm_out(scores, scores, part(queries, first, count), part(keys, 0, others).t(), 0.0, scale);
            at::_softmax_out(scores, scores, -1, false);
            auto to = part(results, first, count);
            at::mm_out(to, scores, part(values, 0, others));
        }
    });
    return results;
}

/// [n, t, width] as [n * heads, t, width / heads].
torch::Tensor apart(const torch::Tensor& x, std::int64_t heads) {
    return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2).flatten(0, 1);
}

torch::Tensor byQueries(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                        std::int64_t heads, double scale) {
    const auto q = apart(queries, heads), k = apart(keys, heads).transpose(1, 2), v = apart(values, heads);
    const auto tokens = q.size(1);
    const auto rows = std::clamp<std::int64_t>(kMostScores / (q.size(0) * k.size(2)), 1, tokens);
    std::vector<torch::Tensor> results;
    for (std::int64_t first = 0; first < tokens; first += rows) {
        // Scaled before the product, which half types may otherwise overflow in.
        const auto some = q.narrow(1, first, std::min(rows, tokens - first)) * scale;
        results.push_back(some.bmm(k).softmax(-1, torch::kFloat32).to(v.scalar_type()).bmm(v));
    }
    const auto all = results.size() == 1 ? results.front() : at::cat(results, 1);
    return all.view({queries.size(0), heads, tokens, queries.size(2) / heads}).transpose(1, 2).flatten(2);
}

}  // namespace

torch::Tensor attended(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                       std::int64_t heads) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(2) / heads));
    const bool single = queries.scalar_type() == torch::kFloat32;
    if (queries.is_cpu() && single && !at::GradMode::is_enabled()) return byHeads(queries, keys, values, heads, scale);
#if TORCH_VERSION_MAJOR >= 2
    if (!queries.is_cpu()) {
        const auto four = [&](const torch::Tensor& x) {
            return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
        };
        return at::scaled_dot_product_attention(four(queries), four(keys), four(values)).transpose(1, 2).flatten(2);
    }
#endif
    return byQueries(queries, keys, values, heads, scale);
}

}  // namespace mergarium
