// SCE (select, calculate, erase): the entries in which the models vary most, weights by their energy, signs elected.
// Wan, Zhong, Yang et al.: "FuseChat: knowledge fusion of chat models", 2024, arXiv 2408.07990.
#include "core/merging/methods/elected_signs.h"
#include "core/merging/methods/mask.h"
#include "core/merging/methods/methods.h"
#include "core/merging/methods/stretches.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium {
namespace {

/// Sums of energies, and of weights that agree, below this count as none.
constexpr double kLeast = 1e-6;

/// Of one entry over the models, about their mean; 0 exactly where all are equal.
float varianceOf(const StretchReader& reader, std::size_t i) {
    double sum = 0.0;
    bool varies = false;
    for (std::size_t k = 0; k < reader.size(); ++k) {
        sum += static_cast<double>(reader.of(k)[i]);
        varies = varies || reader.of(k)[i] != reader.of(0)[i];
    }
    if (!varies) return 0.0f;
    const double mean = sum / static_cast<double>(reader.size());
    double squares = 0.0;
    for (std::size_t k = 0; k < reader.size(); ++k) {
        const double off = static_cast<double>(reader.of(k)[i]) - mean;
        squares += off * off;
    }
    return std::max(static_cast<float>(squares / static_cast<double>(reader.size())),
                    std::numeric_limits<float>::denorm_min());
}

class SceMerge final : public TensorMerge {
public:
    explicit SceMerge(const TensorInputs& inputs) : base_(*inputs.base()) {
        for (const auto* model : inputs.others()) models_.push_back(*model);
        for (const auto& model : models_) pointers_.push_back(&model);
        select(inputs);
        weigh(inputs);
    }

    void values(std::uint64_t begin, std::span<float> out) const override {
        StretchReader reader(pointers_, &base_);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            show(reader, begin + from, begin + to);
            const auto size = to - from;
            const auto signs = threadsFloats(0, kStretch).first(size), mixed = threadsFloats(1, kStretch).first(size);
            const auto agreeing = threadsFloats(3, kStretch).first(size),
                       turned = threadsFloats(4, kStretch).first(size);
            for (const auto& all : {signs, mixed, agreeing}) std::ranges::fill(all, 0.0f);
            for (std::size_t k = 0; k < reader.size(); ++k)
                for (std::size_t i = 0; i < size; ++i) signs[i] += reader.of(k)[i];
            for (std::size_t k = 0; k < reader.size(); ++k) {
                for (std::size_t i = 0; i < size; ++i) turned[i] = weights_[k] * reader.of(k)[i];
                addAgreeing({.values = turned, .weight = weights_[k]}, signs, mixed, agreeing);
            }
            for (std::size_t i = 0; i < size; ++i)
                out[from + i] = reader.base()[i] + mixed[i] / std::max(agreeing[i], static_cast<float>(kLeast));
        });
    }

private:
    void show(StretchReader& reader, std::uint64_t begin, std::uint64_t end) const {
        reader.show(begin, end);
        if (mask_)
            for (std::size_t k = 0; k < reader.size(); ++k) mask_->apply(begin, reader.of(k));
    }

    void select(const TensorInputs& inputs) {
        const double topk = inputs.parameter("select_topk");
        if (topk >= 1.0) return;
        const KeysOf variances = [&](std::uint64_t begin, std::span<std::uint32_t> keys) {
            StretchReader reader(pointers_, &base_);
            reader.show(begin, begin + keys.size());
            for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = keyOf(varianceOf(reader, i));
        };
        const auto parts = overPieces(
            inputs.count, inputs.threads, std::uint64_t{0}, [&](auto& part, std::uint64_t begin, std::uint64_t end) {
                std::vector<std::uint32_t> keys(kStretch);
                eachStretch(begin, end, [&](auto from, auto to) {
                    const auto some = std::span(keys).first(to - from);
                    variances(from, some);
                    part += static_cast<std::uint64_t>(std::ranges::count_if(some, [](auto key) { return key != 0; }));
                });
            });
        std::uint64_t varying = 0;
        for (const auto part : parts) varying += part;
        mask_ = std::make_unique<Mask>(inputs.count, inputs.scratch);
        const auto kept = static_cast<std::uint64_t>(std::max(0.0, static_cast<double>(varying) * topk));
        keepRanks(*mask_, inputs.count, {.keysOf = variances, .threads = inputs.threads, .scratch = inputs.scratch},
                  inputs.count - kept, inputs.count);
    }

    void weigh(const TensorInputs& inputs) {
        const auto size = models_.size();
        const auto parts = overPieces(inputs.count, inputs.threads, std::vector<double>(size),
                                      [&](auto& part, std::uint64_t begin, std::uint64_t end) {
                                          StretchReader reader(pointers_, &base_);
                                          eachStretch(begin, end, [&](auto from, auto to) {
                                              show(reader, from, to);
                                              for (std::size_t k = 0; k < size; ++k)
                                                  part[k] += innerProductOf(reader.of(k), reader.of(k));
                                          });
                                      });
        std::vector<double> energies(size);
        double total = 0.0;
        for (std::size_t k = 0; k < size; ++k) {
            for (const auto& part : parts) energies[k] += part[k];
            energies[k] /= static_cast<double>(inputs.count);
            total += energies[k];
        }
        for (std::size_t k = 0; k < size; ++k)
            weights_.push_back(
                static_cast<float>(total < kLeast ? 1.0 / static_cast<double>(size) : energies[k] / total));
    }

    TensorInputs::Model base_;
    std::vector<TensorInputs::Model> models_;
    std::vector<const TensorInputs::Model*> pointers_;
    std::vector<float> weights_;
    /// Absent: everything is selected.
    std::unique_ptr<Mask> mask_;
};

std::unique_ptr<TensorMerge> prepareSce(const TensorInputs& inputs) { return std::make_unique<SceMerge>(inputs); }

}  // namespace

MergeMethod sceMethod() {
    return {.name = "sce",
            .base = BaseRule::Required,
            .least = 1,
            .passesOver = true,
            .parameters = {{.name = "select_topk", .standard = 1.0},
                           {.name = "int8_mask", .standard = 0.0, .kind = MethodParameter::Kind::Flag}},
            .prepare = prepareSce};
}

}  // namespace mergarium
