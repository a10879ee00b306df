#pragma once

#include "core/tasks/command/command_settings.h"
#include "core/tasks/command/genome_writer.h"
#include "core/tasks/command/sample_file.h"
#include "core/tasks/evaluators/evaluator_program.h"
#include "core/tasks/task.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// The samples that command tasks ask about. Immutable once read; shared by all that score on them.
struct CommandSamples {
    std::vector<std::string> train;
    /// Empty when nothing is held out.
    std::vector<std::string> test;
    /// The training samples.
    std::shared_ptr<const SampleSet> set;
};

/// Throws std::runtime_error as readSampleFile does.
std::shared_ptr<const CommandSamples> readSamples(const CommandSettings& settings);

/// Any program scores the models (docs/evaluators.md): each is written to disk, then the program is asked batch by
/// batch.
class CommandTask final : public Task {
public:
    /// Starts the program: throws EvaluationFailure when that can't be done.
    CommandTask(const CommandSettings& settings, Layout layout, std::shared_ptr<const CommandSamples> samples,
                std::unique_ptr<GenomeWriter> writer, const std::atomic<bool>* abandon);

    std::shared_ptr<const SampleSet> samples() const override { return samples_->set; }
    const Layout& layout() const override { return layout_; }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return batches_.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return batches_[index]; }
    void scoreBatch(std::size_t index, std::span<float> scores) override;
    std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                const std::atomic<bool>& abandon) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;
    std::vector<std::string> answers() const override { return answers_; }

private:
    EvaluatorReply ask(std::string_view split, std::span<const std::string> samples);

    Layout layout_;
    std::shared_ptr<const CommandSamples> samples_;
    std::size_t batchSize_;
    std::vector<std::vector<std::uint32_t>> batches_;
    std::unique_ptr<GenomeWriter> writer_;
    EvaluatorProgram program_;

    /// The loaded model: where it lies, its number, and what tells it from others.
    std::filesystem::path checkpoint_;
    std::uint64_t model_ = 0;
    std::vector<std::byte> packed_;
    std::vector<std::string> answers_;
};

}  // namespace mergarium
