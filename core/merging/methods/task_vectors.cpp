#include "core/merging/methods/task_vectors.h"

#include "core/merging/methods/elected_signs.h"
#include "core/merging/methods/stretches.h"

#include <cmath>
#include <optional>

namespace mergarium {
namespace {

/// Sums of weights and of magnitudes below these count as none.
constexpr double kLeastWeights = 1e-8, kLeastMagnitudes = 1e-7;

struct TaskVector {
    TensorInputs::Model model;
    float weight = 0.0f;
    /// Absent: nothing was dropped.
    std::unique_ptr<Mask> mask;
    float factor = 1.0f;
};

/// What brings the magnitudes of what is kept to those of all.
float rescaling(const TensorInputs& inputs, const TaskVector& vector) {
    const TensorInputs::Model* models[] = {&vector.model};
    const auto parts = overPieces(inputs.count, inputs.threads, std::pair<double, double>{},
                                  [&](auto& part, std::uint64_t begin, std::uint64_t end) {
                                      StretchReader reader(models, inputs.base());
                                      eachStretch(begin, end, [&](auto from, auto to) {
                                          reader.show(from, to);
                                          part.first += sumOfMagnitudes(reader.of(0));
                                          vector.mask->apply(from, reader.of(0));
                                          part.second += sumOfMagnitudes(reader.of(0));
                                      });
                                  });
    double all = 0.0, kept = 0.0;
    for (const auto& part : parts) {
        all += part.first;
        kept += part.second;
    }
    return all < kLeastMagnitudes || kept < kLeastMagnitudes ? 1.0f : static_cast<float>(all / kept);
}

class TaskVectorMerge final : public TensorMerge {
public:
    TaskVectorMerge(const TensorInputs& inputs, const Drop& drop, Signs signs)
        : base_(*inputs.base()), signs_(signs), normalize_(inputs.flag("normalize")) {
        double total = 0.0;
        for (const auto* model : inputs.others()) {
            auto& vector = vectors_.emplace_back();
            vector.model = *model;
            vector.weight = static_cast<float>(model->parameters.find("weight")->second);
            total += model->parameters.find("weight")->second;
            if (!drop || model->parameters.find("density")->second >= 1.0) continue;
            vector.mask = std::make_unique<Mask>(inputs.count, inputs.scratch);
            drop(*vector.mask, inputs, *model);
            if (inputs.flag("rescale")) vector.factor = rescaling(inputs, vector);
        }
        for (const auto& vector : vectors_) pointers_.push_back(&vector.model);
        const double divisor = normalize_ && std::abs(total) >= kLeastWeights ? total : 1.0;
        lambda_ = static_cast<float>(inputs.parameter("lambda"));
        if (signs_ == Signs::Any) lambda_ = static_cast<float>(inputs.parameter("lambda") / divisor);
    }

    void values(std::uint64_t begin, std::span<float> out) const override {
        StretchReader reader(pointers_, &base_);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            reader.show(begin + from, begin + to);
            for (std::size_t k = 0; k < vectors_.size(); ++k) {
                const auto difference = reader.of(k);
                if (vectors_[k].mask) vectors_[k].mask->apply(begin + from, difference, vectors_[k].factor);
                for (auto& one : difference) one *= vectors_[k].weight;
            }
            const auto sums = out.subspan(from, to - from);
            std::ranges::fill(sums, 0.0f);
            for (std::size_t k = 0; k < vectors_.size(); ++k) add(reader.of(k), sums);
            if (signs_ == Signs::Elected) elect(reader, sums);
            const auto base = reader.base();
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = base[i] + lambda_ * sums[i];
        });
    }

private:
    static void add(std::span<const float> values, std::span<float> sums) {
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += values[i];
    }

    /// `sums`: of all on entry; of those of its sign then.
    void elect(const StretchReader& reader, std::span<float> sums) const {
        const auto agreeing = threadsFloats(0, kStretch).first(sums.size());
        const auto weights = threadsFloats(1, kStretch).first(sums.size());
        std::ranges::fill(agreeing, 0.0f);
        std::ranges::fill(weights, 0.0f);
        for (std::size_t k = 0; k < vectors_.size(); ++k)
            addAgreeing({.values = reader.of(k), .weight = vectors_[k].weight}, sums, agreeing, weights);
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] = normalize_ && weights[i] != 0.0f ? agreeing[i] / weights[i] : agreeing[i];
    }

    TensorInputs::Model base_;
    std::vector<TaskVector> vectors_;
    std::vector<const TensorInputs::Model*> pointers_;
    Signs signs_;
    bool normalize_;
    float lambda_ = 1.0f;
};

}  // namespace

std::unique_ptr<TensorMerge> mergeTaskVectors(const TensorInputs& inputs, const Drop& drop, Signs signs) {
    return std::make_unique<TaskVectorMerge>(inputs, drop, signs);
}

std::vector<MethodParameter> taskVectorParameters(bool normalize, bool rescale,
                                                  std::initializer_list<MethodParameter> more) {
    using enum MethodParameter::Kind;
    std::vector<MethodParameter> all{{.name = "weight", .standard = std::nullopt, .of = MethodParameter::Of::Model}};
    all.insert(all.end(), more);
    all.push_back({.name = "normalize", .standard = normalize ? 1.0 : 0.0, .kind = Flag});
    all.push_back({.name = "lambda", .standard = 1.0});
    all.push_back({.name = "rescale", .standard = rescale ? 1.0 : 0.0, .kind = Flag});
    all.push_back({.name = "int8_mask", .standard = 0.0, .kind = Flag});
    return all;
}

KeysOf magnitudesOf(const TensorInputs& inputs, const TensorInputs::Model& model) {
    const auto* base = inputs.base();
    return [base, &model](std::uint64_t begin, std::span<std::uint32_t> keys) {
        const auto theirs = threadsFloats(0, kStretch).first(keys.size());
        const auto bases = threadsFloats(1, kStretch).first(keys.size());
        model.tensor->read(begin, theirs);
        base->tensor->read(begin, bases);
        for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = keyOf(std::abs(theirs[i] - bases[i]));
    };
}

}  // namespace mergarium
