#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

/// One model's result on every training sample: values in [0, 1] (1/0 for right/wrong), immutable.
class Scores {
public:
    Scores() = default;
    explicit Scores(std::vector<float> values) : values_(std::move(values)) {
        for (const float value : values_) total_ += value;
    }

    std::span<const float> values() const { return values_; }
    std::size_t size() const { return values_.size(); }
    float operator[](std::size_t sample) const { return values_[sample]; }
    /// Sum over the samples.
    double total() const { return total_; }
    /// Mean over the samples in [0, 1]; the training accuracy when scores are right/wrong.
    double mean() const { return values_.empty() ? 0.0 : total_ / static_cast<double>(values_.size()); }

private:
    std::vector<float> values_;
    double total_ = 0.0;
};

}  // namespace mergarium
