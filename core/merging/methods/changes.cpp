#include "core/merging/methods/changes.h"

#include "core/merging/methods/stretches.h"

#include <cmath>

namespace mergarium {
namespace {

class ChangesMerge final : public TensorMerge {
public:
    ChangesMerge(const TensorInputs& inputs, std::vector<float> factors)
        : base_(*inputs.base()),
          factors_(std::move(factors)),
          epsilon_(static_cast<float>(inputs.parameter("epsilon"))) {
        for (const auto* model : inputs.others()) models_.push_back(*model);
        for (const auto& model : models_) pointers_.push_back(&model);
    }

    void values(std::uint64_t begin, std::span<float> out) const override {
        StretchReader reader(pointers_, &base_);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            reader.show(begin + from, begin + to);
            for (std::size_t i = 0; i < to - from; ++i) {
                float sum = 0.0f, count = 0.0f;
                std::size_t last = 0;
                for (std::size_t k = 0; k < reader.size(); ++k) {
                    const float change = reader.of(k)[i];
                    const bool counts = std::abs(change) > epsilon_;
                    sum += counts ? change : 0.0f;
                    count += counts ? 1.0f : 0.0f;
                    if (counts) last = k;
                }
                const float made = count > 1.0f ? sum / count : count == 1.0f ? sum * factors_[last] : 0.0f;
                out[from + i] = reader.base()[i] + made;
            }
        });
    }

private:
    TensorInputs::Model base_;
    std::vector<TensorInputs::Model> models_;
    std::vector<const TensorInputs::Model*> pointers_;
    std::vector<float> factors_;
    float epsilon_;
};

}  // namespace

std::vector<Changes> countChanges(const TensorInputs& inputs) {
    const auto models = inputs.others();
    const auto epsilon = static_cast<float>(inputs.parameter("epsilon"));
    const auto parts = overPieces(inputs.count, inputs.threads, std::vector<Changes>(models.size()),
                                  [&](auto& part, std::uint64_t begin, std::uint64_t end) {
                                      StretchReader reader(models, inputs.base());
                                      eachStretch(begin, end, [&](auto from, auto to) {
                                          reader.show(from, to);
                                          for (std::size_t i = 0; i < to - from; ++i) {
                                              std::size_t count = 0;
                                              for (std::size_t k = 0; k < reader.size(); ++k)
                                                  count += std::abs(reader.of(k)[i]) > epsilon;
                                              for (std::size_t k = 0; k < reader.size(); ++k)
                                                  if (std::abs(reader.of(k)[i]) > epsilon)
                                                      ++(count > 1 ? part[k].shared : part[k].alone);
                                          }
                                      });
                                  });
    std::vector<Changes> sums(models.size());
    for (const auto& part : parts)
        for (std::size_t k = 0; k < sums.size(); ++k) {
            sums[k].shared += part[k].shared;
            sums[k].alone += part[k].alone;
        }
    return sums;
}

std::unique_ptr<TensorMerge> mergeChanges(const TensorInputs& inputs, std::vector<float> factors) {
    return std::make_unique<ChangesMerge>(inputs, std::move(factors));
}

}  // namespace mergarium
