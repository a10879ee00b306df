#pragma once

#include "core/tasks/task.h"
#include "core/tasks/texts/scored_decoder.h"

#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// A task whose samples are texts that a decoder reads: what is the same however they are scored.
class TextTask : public Task {
public:
    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return decoder_.network().parameterLayout(); }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return batches_.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return batches_[index]; }
    std::vector<std::string> answers() const override { return answers_; }
    std::uint64_t tokens() const override { return tokens_; }

protected:
    /// `batches` of the training samples, which outlive this. Throws as ScoredDecoder does.
    TextTask(std::shared_ptr<const SampleSet> samples, const std::vector<std::vector<std::uint32_t>>& batches,
             ScoredDecoder decoder);

    const Decoder& network() const { return decoder_.network(); }

    /// One per training sample.
    std::vector<std::string> answers_;
    /// Read and written so far.
    std::uint64_t tokens_ = 0;

private:
    std::shared_ptr<const SampleSet> samples_;
    const std::vector<std::vector<std::uint32_t>>& batches_;
    ScoredDecoder decoder_;
};

}  // namespace mergarium
