#include "core/tasks/digits/digits_founders.h"

#include "core/checkpoint/safetensors.h"
#include "core/random/random_stream.h"

#include <fmt/format.h>
#include <torch/nn/functional/loss.h>
#include <torch/optim/adam.h>

#include <stdexcept>

namespace mergarium {
namespace {

constexpr double kInitialDeviation = 0.01;
constexpr double kLearningRate = 0.003;
constexpr int kAdamSteps = 10;

std::vector<float> randomWeights(Mlp::Shape shape, std::uint64_t seed, std::uint64_t founder) {
    RandomStream stream(seed, founder, Purpose::FounderWeights);
    std::vector<float> weights(Mlp::layout(shape).length());
    for (float& weight : weights) weight = static_cast<float>(kInitialDeviation * stream.normal());
    return weights;
}

std::vector<float> trainOn(const LabelledSamples& data, std::int64_t firstClass, std::int64_t lastClass,
                           Mlp::Shape shape, std::vector<float> weights) {
    const auto rows = static_cast<std::int64_t>(data.size());
    const auto labels = torch::tensor(data.labels);
    const auto chosen = labels.ge(firstClass).logical_and(labels.le(lastClass)).nonzero().squeeze(1);
    const auto inputs =
        torch::tensor(data.values).view({rows, static_cast<std::int64_t>(data.features)}).index_select(0, chosen);
    const auto targets = labels.index_select(0, chosen);

    auto flat = torch::tensor(weights).requires_grad_();
    torch::optim::Adam adam({flat}, torch::optim::AdamOptions(kLearningRate));
    for (int step = 0; step < kAdamSteps; ++step) {
        adam.zero_grad();
        torch::nn::functional::cross_entropy(mlpLogits(shape, flat, inputs), targets).backward();
        adam.step();
    }
    const auto trained = flat.detach().contiguous();
    const float* values = trained.data_ptr<float>();
    return {values, values + trained.numel()};
}

}  // namespace

std::vector<std::vector<float>> digitsFounders(DigitsFounders kind, const Digits& digits, Mlp::Shape shape,
                                               std::uint64_t seed, const std::filesystem::path& reference) {
    std::vector<std::vector<float>> weights;
    switch (kind) {
        case DigitsFounders::ReferenceSpecialists:
            weights.push_back(readFloatTensor(reference, "model_0_to_4"));
            weights.push_back(readFloatTensor(reference, "model_5_to_9"));
            break;
        case DigitsFounders::Specialists:
            weights.push_back(trainOn(digits.train, 0, 4, shape, randomWeights(shape, seed, 0)));
            weights.push_back(trainOn(digits.train, 5, 9, shape, randomWeights(shape, seed, 1)));
            break;
        case DigitsFounders::Random:
            weights.push_back(randomWeights(shape, seed, 0));
            weights.push_back(randomWeights(shape, seed, 1));
            break;
    }
    const auto length = Mlp::layout(shape).length();
    for (const auto& values : weights)
        if (values.size() != length)
            throw std::runtime_error(
                fmt::format("{}: {} parameters where the network has {}.", reference.string(), values.size(), length));
    return weights;
}

}  // namespace mergarium
