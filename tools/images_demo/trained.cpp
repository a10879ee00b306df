#include "tools/images_demo/trained.h"

#include "core/models/model_plan.h"
#include "core/random/random_stream.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <span>
#include <vector>

namespace mergarium::images_demo {
namespace {

bool isNorm(const Layout::Tensor& tensor) {
    return tensor.shape.size() == 1 && tensor.name.ends_with("weight");
}

/// A part of a buffer as the tensor that it is: shares its memory, and no history.
torch::Tensor partOf(const torch::Tensor& flat, const Layout::Tensor& tensor) {
    return flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
        .view(tensor.shape)
        .detach();
}

double spreadOf(const Layout::Tensor& tensor) {
    if (tensor.name.find("embedding") != std::string::npos && tensor.name.find("time_embedding") == std::string::npos &&
        tensor.shape.size() == 2)
        return 0.1;
    std::int64_t inputs = 1;
    for (std::size_t i = 1; i < tensor.shape.size(); ++i) inputs *= tensor.shape[i];
    return 1.0 / std::sqrt(static_cast<double>(inputs));
}

}  // namespace

Trained::Trained(Layout layout, std::uint64_t seed) : layout_(std::move(layout)) {
    flat_ = torch::zeros({static_cast<std::int64_t>(layout_.length())});
    auto* const numbers = flat_.data_ptr<float>();
    RandomStream random(seed, 1, Purpose::FounderWeights);
    for (const auto& tensor : layout_.tensors)
        for (std::uint64_t i = 0; i < tensor.count; ++i)
            numbers[tensor.begin + i] = isNorm(tensor)                ? 1.0F
                                        : tensor.shape.size() == 1 ? 0.0F
                                                                    : static_cast<float>(spreadOf(tensor) * random.normal());
    for (const auto& tensor : layout_.tensors) leaves_[tensor.name] = partOf(flat_, tensor).requires_grad_(true);
    startOver();
}

void Trained::Leaves::tensor(const std::string& name, const std::vector<std::int64_t>&, torch::Tensor& view) {
    view = trained_.leaves_.at(prefix_ + name);
}

void Trained::fill(const std::string& name, double number) {
    for (const auto& tensor : layout_.tensors)
        if (tensor.name == name) partOf(flat_, tensor).fill_(number);
}

void Trained::become(const torch::Tensor& numbers) {
    flat_.copy_(numbers);
    startOver();
}

void Trained::become(const Trained& other) { become(other.copy()); }

void Trained::startOver() {
    first_ = torch::zeros_like(flat_);
    second_ = torch::zeros_like(flat_);
    steps_ = 0;
}

void Trained::descend(const torch::Tensor& loss, double rate) {
    for (auto& [name, leaf] : leaves_) leaf.mutable_grad() = torch::Tensor();
    loss.backward();
    const torch::NoGradGuard none;
    auto gradient = torch::zeros_like(flat_);
    for (const auto& tensor : layout_.tensors)
        if (const auto& own = leaves_.at(tensor.name).grad(); own.defined()) partOf(gradient, tensor).copy_(own);
    if (const double norm = gradient.norm().item<double>(); norm > 1.0) gradient.div_(norm);
    ++steps_;
    first_.mul_(0.9).add_(gradient, 0.1);
    second_.mul_(0.99).addcmul_(gradient, gradient, 0.01);
    const auto t = static_cast<double>(steps_);
    const auto deviation = (second_ / (1.0 - std::pow(0.99, t))).sqrt_().add_(1e-8);
    flat_.addcdiv_(first_, deviation, -rate / (1.0 - std::pow(0.9, t)));
}

void Trained::save(const std::filesystem::path& file, const std::string& prefix) const {
    std::vector<TensorDescription> tensors;
    std::vector<const Layout::Tensor*> sources;
    for (const auto& tensor : layout_.tensors) {
        if (!tensor.name.starts_with(prefix)) continue;
        sources.push_back(&tensor);
        tensors.push_back({.name = tensor.name.substr(prefix.size()),
                           .dtype = DType::F16,
                           .shape = tensor.shape,
                           .count = tensor.count});
    }
    const auto plan = planModel(std::move(tensors));
    const auto& planned = plan.files.front();
    std::vector<std::byte> data(planned.dataSize);
    const auto* const first = flat_.data_ptr<float>();
    fillFrom(
        plan, planned,
        [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
            fromFloats(DType::F16, std::span(first + sources[tensor]->begin + begin, out.size() / sizeOf(DType::F16)),
                       out.data());
        },
        0, data);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.exceptions(std::ios::failbit | std::ios::badbit);
    out << planned.header;
    out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

}  // namespace mergarium::images_demo
