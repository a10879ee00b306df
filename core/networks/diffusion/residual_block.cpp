#include "core/networks/diffusion/residual_block.h"

namespace mergarium {

void ResidualBlock::visit(TensorVisitor& visitor, const std::string& name, std::int64_t inputs, std::int64_t outputs,
                          std::int64_t timeWidth, ResidualBlock& to) {
    visitor.norm(name + ".norm1", inputs, to.norm1);
    visitor.convolution(name + ".conv1", outputs, inputs, 3, to.convolution1);
    if (timeWidth > 0) visitor.linear(name + ".time_emb_proj", outputs, timeWidth, to.time);
    visitor.norm(name + ".norm2", outputs, to.norm2);
    visitor.convolution(name + ".conv2", outputs, outputs, 3, to.convolution2);
    if (inputs != outputs) visitor.convolution(name + ".conv_shortcut", outputs, inputs, 1, to.shortcut);
}

torch::Tensor ResidualBlock::operator()(const torch::Tensor& picture, const torch::Tensor& timeOfAll,
                                        const GroupNorm& norm) const {
    auto inner = convolved(activatedGroupNorm(picture, norm1, norm), convolution1);
    if (time.weight.defined()) inner = added(inner, product(timeOfAll, time).unsqueeze(-1).unsqueeze(-1));
    inner = convolved(activatedGroupNorm(inner, norm2, norm), convolution2);
    return added(inner, shortcut.weight.defined() ? convolvedAlone(picture, shortcut) : picture);
}

}  // namespace mergarium
