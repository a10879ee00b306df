// NearSwap: the model takes the base's place where both are near each other.
// No paper: it is defined by its first implementation (chargoddard's mergekit took it from alchemonaut's nearswap,
// 2024); see Goddard et al.: "Arcee's MergeKit: a toolkit for merging large language models", EMNLP 2024, arXiv
// 2403.13257.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/stretches.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr float kLeastDistance = 1e-6f;

class NearswapMerge final : public TensorMerge {
public:
    explicit NearswapMerge(const TensorInputs& inputs)
        : base_(*inputs.base()), model_(*inputs.others().front()), t_(static_cast<float>(inputs.parameter("t"))) {}

    void values(std::uint64_t begin, std::span<float> out) const override {
        base_.tensor->read(begin, out);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            const auto theirs = threadsFloats(0, kStretch).first(to - from);
            model_.tensor->read(begin + from, theirs);
            for (std::size_t i = 0; i < theirs.size(); ++i) {
                auto& own = out[from + i];
                const float share = std::clamp(t_ / std::max(std::abs(own - theirs[i]), kLeastDistance), 0.0f, 1.0f);
                own = share * theirs[i] + (1.0f - share) * own;
            }
        });
    }

private:
    TensorInputs::Model base_, model_;
    float t_;
};

std::unique_ptr<TensorMerge> prepareNearswap(const TensorInputs& inputs) {
    return std::make_unique<NearswapMerge>(inputs);
}

}  // namespace

MergeMethod nearswapMethod() {
    return {.name = "nearswap",
            .base = BaseRule::Required,
            .least = 1,
            .most = 1,
            .parameters = {{.name = "t", .standard = std::nullopt}},
            .prepare = prepareNearswap};
}

}  // namespace mergarium
