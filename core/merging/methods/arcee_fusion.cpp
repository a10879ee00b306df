// Arcee Fusion: the entries of a model that matter, by how far they are from the base's and how much their row's
// distribution differs, take the base's place.
// No paper: Arcee AI's method as mergekit defines it (2025); the toolkit: arXiv 2403.13257. The divergence of rows:
// Kullback, Leibler: "On information and sufficiency", Annals of Mathematical Statistics 22(1), 1951.
#include "core/merging/methods/mask.h"
#include "core/merging/methods/methods.h"
#include "core/merging/methods/stretches.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kLeastProbability = 1e-8;

/// What turns a row's numbers into probabilities.
struct Softmax {
    double largest = -INFINITY;
    double sum = 0.0;
    double of(float value) const { return std::exp(static_cast<double>(value) - largest) / sum + kLeastProbability; }
};

class FusionMerge final : public TensorMerge {
public:
    explicit FusionMerge(const TensorInputs& inputs)
        : base_(*inputs.base()), model_(*inputs.others().front()), length_(inputs.rowLength()) {
        divergeRows(inputs);
        const KeysOf keys = [&](std::uint64_t begin, std::span<std::uint32_t> out) {
            const auto theirs = threadsFloats(0, kStretch).first(out.size());
            const auto own = threadsFloats(1, kStretch).first(out.size());
            model_.tensor->read(begin, theirs);
            base_.tensor->read(begin, own);
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = keyOf(importance(begin + i, theirs[i], own[i]));
        };
        const auto last = static_cast<double>(inputs.count - 1);
        std::array<std::uint64_t, 3> ranks{};
        for (std::size_t i = 0; i < 3; ++i)
            ranks[i] = static_cast<std::uint64_t>(0.25 * static_cast<double>(i + 1) * last);
        const auto found = elementsAtRanks(inputs.count, inputs.threads, keys, ranks);
        const auto quantile = [&](std::size_t i) { return static_cast<double>(valueOf(found[i].key)); };
        threshold_ = static_cast<float>(quantile(1) + 1.5 * (quantile(2) - quantile(0)));
    }

    void values(std::uint64_t begin, std::span<float> out) const override {
        base_.tensor->read(begin, out);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            const auto theirs = threadsFloats(0, kStretch).first(to - from);
            model_.tensor->read(begin + from, theirs);
            for (std::size_t i = 0; i < theirs.size(); ++i)
                if (auto& own = out[from + i]; importance(begin + from + i, theirs[i], own) >= threshold_)
                    own = theirs[i];
        });
    }

private:
    float importance(std::uint64_t element, float theirs, float own) const {
        return std::abs(theirs - own) * divergences_[element / length_];
    }

    Softmax softmaxOf(const TensorInputs::Model& model, std::uint64_t row) const {
        Softmax softmax;
        const auto each = [&](auto use) {
            eachStretch(row * length_, (row + 1) * length_, [&](auto from, auto to) {
                const auto values = threadsFloats(0, kStretch).first(to - from);
                model.tensor->read(from, values);
                for (const float value : values) use(static_cast<double>(value));
            });
        };
        each([&](double value) { softmax.largest = std::max(softmax.largest, value); });
        each([&](double value) { softmax.sum += std::exp(value - softmax.largest); });
        return softmax;
    }

    void divergeRows(const TensorInputs& inputs) {
        const auto rows = inputs.count / length_;
        divergences_.resize(rows);
        const auto together = std::max<std::uint64_t>(1, kPass / length_);
        forEachPiece(static_cast<std::size_t>((rows + together - 1) / together), inputs.threads,
                     [&](std::size_t piece) {
                         for (auto row = piece * together; row < std::min(rows, (piece + 1) * together); ++row) {
                             const auto p = softmaxOf(model_, row), q = softmaxOf(base_, row);
                             double divergence = 0.0;
                             eachStretch(row * length_, (row + 1) * length_, [&](auto from, auto to) {
                                 const auto theirs = threadsFloats(0, kStretch).first(to - from);
                                 const auto own = threadsFloats(1, kStretch).first(to - from);
                                 model_.tensor->read(from, theirs);
                                 base_.tensor->read(from, own);
                                 for (std::size_t i = 0; i < theirs.size(); ++i)
                                     divergence += p.of(theirs[i]) * std::log(p.of(theirs[i]) / q.of(own[i]));
                             });
                             // What rounding makes of none at all has no sign of its own.
                             divergences_[row] = static_cast<float>(std::max(0.0, divergence));
                         }
                     });
    }

    TensorInputs::Model base_, model_;
    std::uint64_t length_;
    std::vector<float> divergences_;
    float threshold_ = 0.0f;
};

std::unique_ptr<TensorMerge> prepareFusion(const TensorInputs& inputs) { return std::make_unique<FusionMerge>(inputs); }

}  // namespace

MergeMethod arceeFusionMethod() {
    return {.name = "arcee_fusion",
            .base = BaseRule::Required,
            .least = 1,
            .most = 1,
            .parameters = {},
            .prepare = prepareFusion};
}

}  // namespace mergarium
