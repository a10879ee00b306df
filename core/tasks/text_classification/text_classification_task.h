#pragma once

#include "core/founders/founders.h"
#include "core/tasks/text_classification/labelled_texts.h"
#include "core/tasks/texts/text_task.h"

#include <memory>
#include <vector>

namespace mergarium {

/// Classifiers of texts on labelled texts (TextClassificationSettings): the head reads the state of the last token. On
/// the CPU a text's score is the same to the bit whatever it is batched with.
class TextClassificationTask final : public TextTask {
public:
    /// Throws std::runtime_error naming the tensor where the founders are no network of the texts' configuration.
    TextClassificationTask(std::shared_ptr<const LabelledTexts> texts, const Founders& founders,
                           const ScoringDevice& device);

    void scoreBatch(std::size_t index, std::span<float> scores) override;
    std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                const std::atomic<bool>& abandon) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;

private:
    struct Found {
        std::size_t label = 0;
        float score = 0.0F;
    };
    /// Of texts of a set, in the order given.
    std::vector<Found> classify(const LabelledTexts::Set& set, std::span<const std::uint32_t> texts);

    std::shared_ptr<const LabelledTexts> texts_;
};

}  // namespace mergarium
