#include "core/networks/mlp.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/clamp_min.h>

namespace mergarium {
namespace {

struct MlpViews {
    torch::Tensor inputWeights, inputBias, outputWeights, outputBias;
};

MlpViews viewsOf(const Mlp::Shape& shape, const torch::Tensor& flat) {
    const auto layout = Mlp::layout(shape);
    const auto view = [&](std::size_t index) {
        const auto& tensor = layout.tensors[index];
        return flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
            .view(tensor.shape);
    };
    return {view(0), view(1), view(2), view(3)};
}

}  // namespace

Layout Mlp::layout(Shape shape) {
    Layout layout;
    layout.append("input.weight", {shape.inputs, shape.hidden});
    layout.append("input.bias", {shape.hidden});
    layout.append("output.weight", {shape.hidden, shape.outputs});
    layout.append("output.bias", {shape.outputs});
    return layout;
}

Mlp::Mlp(Shape shape, torch::Device device) : shape_(shape) {
    const auto length = static_cast<std::int64_t>(layout(shape).length());
    host_ = torch::zeros({length}, torch::kFloat32);
    flat_ = host_.to(device);
    const auto views = viewsOf(shape, flat_);
    inputWeights_ = views.inputWeights;
    inputBias_ = views.inputBias;
    outputWeights_ = views.outputWeights;
    outputBias_ = views.outputBias;
}

std::span<float> Mlp::parameters() { return {host_.data_ptr<float>(), static_cast<std::size_t>(host_.numel())}; }

void Mlp::upload() {
    if (!flat_.is_cpu()) flat_.copy_(host_);
}

void Mlp::forward(const torch::Tensor& inputs, torch::Tensor& hidden, torch::Tensor& logits) const {
    at::addmm_out(hidden, inputBias_, inputs, inputWeights_);
    at::clamp_min_(hidden, 0);
    at::addmm_out(logits, outputBias_, hidden, outputWeights_);
}

torch::Tensor mlpLogits(Mlp::Shape shape, const torch::Tensor& flat, const torch::Tensor& inputs) {
    const auto weights = viewsOf(shape, flat);
    const auto hidden = at::addmm(weights.inputBias, inputs, weights.inputWeights).clamp_min(0);
    return at::addmm(weights.outputBias, hidden, weights.outputWeights);
}

}  // namespace mergarium
