#include "core/tasks/command/command_task.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace mergarium {

std::shared_ptr<const CommandSamples> readSamples(const CommandSettings& settings) {
    auto train = readSampleFile(settings.samples);
    CommandSamples samples{
        .train = std::move(train.objects), .test = {}, .set = std::make_shared<const SampleSet>(std::move(train.set))};
    if (!settings.testSamples.empty()) samples.test = readSampleFile(settings.testSamples).objects;
    return std::make_shared<const CommandSamples>(std::move(samples));
}

CommandTask::CommandTask(const CommandSettings& settings, Layout layout, std::shared_ptr<const CommandSamples> samples,
                         std::unique_ptr<GenomeWriter> writer, const std::atomic<bool>* abandon)
    : layout_(std::move(layout)),
      samples_(std::move(samples)),
      batchSize_(settings.batch > 0 ? settings.batch : std::numeric_limits<std::size_t>::max()),
      writer_(std::move(writer)),
      program_({.program = settings.program,
                .folder = settings.folder,
                .timeout = settings.timeout,
                .perModel = settings.lifetime == EvaluatorLifetime::PerChild},
               abandon) {
    std::vector<std::uint32_t> all(samples_->train.size());
    std::iota(all.begin(), all.end(), 0u);
    for (std::size_t begin = 0; begin < all.size();) {
        const auto size = std::min(batchSize_, all.size() - begin);
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
        batches_.emplace_back(first, first + static_cast<std::ptrdiff_t>(size));
        begin += size;
    }
    program_.start();
}

void CommandTask::load(const Genome& genome) {
    answers_.clear();
    // A model that has just been scored is tested next, as a rule.
    auto packed = genome.pack();
    if (model_ > 0 && packed == packed_) return;
    program_.nextModel();
    packed_.clear();
    checkpoint_ = writer_->write(genome);
    packed_ = std::move(packed);
    ++model_;
}

void CommandTask::scoreBatch(std::size_t index, std::span<float> scores) {
    const auto& batch = batches_[index];
    auto reply = ask("train", std::span(samples_->train).subspan(batch.front(), batch.size()));
    std::ranges::copy(reply.scores, scores.begin() + batch.front());
    if (reply.texts.empty()) return;
    answers_.resize(samples_->train.size());
    std::ranges::move(reply.texts, answers_.begin() + batch.front());
}

std::optional<std::vector<Attempt>> CommandTask::attempt(std::span<const std::uint32_t> samples,
                                                         const std::atomic<bool>& abandon) {
    auto attempts = attemptsAt(samples, *samples_->set);
    for (std::size_t begin = 0; begin < samples.size();) {
        if (abandon) return std::nullopt;
        const auto size = std::min(batchSize_, samples.size() - begin);
        std::vector<std::string> objects;
        for (const auto sample : samples.subspan(begin, size)) objects.push_back(samples_->train[sample]);
        auto reply = ask("train", objects);
        for (std::size_t i = 0; i < size; ++i) {
            attempts[begin + i].score = reply.scores[i];
            if (!reply.texts.empty()) attempts[begin + i].answer = std::move(reply.texts[i]);
        }
        begin += size;
    }
    return attempts;
}

std::optional<double> CommandTask::testScore(const std::atomic<bool>* abandon) {
    if (samples_->test.empty()) return std::nullopt;
    double total = 0.0;
    for (std::size_t begin = 0; begin < samples_->test.size();) {
        if (abandon && *abandon) return std::nullopt;
        const auto size = std::min(batchSize_, samples_->test.size() - begin);
        const auto reply = ask("test", std::span(samples_->test).subspan(begin, size));
        total = std::accumulate(reply.scores.begin(), reply.scores.end(), total);
        begin += size;
    }
    return total / static_cast<double>(samples_->test.size());
}

EvaluatorReply CommandTask::ask(std::string_view split, std::span<const std::string> samples) {
    return program_.ask({.checkpoint = checkpoint_, .model = model_, .split = split, .samples = samples});
}

}  // namespace mergarium
