#pragma once

#include "core/files/scratch_folder.h"
#include "core/tasks/evaluators/evaluator_program.h"
#include "core/tasks/text_to_image/picture_plan.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A painted picture that is to be judged.
struct PaintedPicture {
    /// Index into the set's captions.
    std::uint32_t caption = 0;
    std::uint64_t seed = 0;
    Image image;
};

struct Judgement {
    /// In [0, 1].
    double score = 0.0;
    /// "image-similarity 0.812, text-similarity 0.641".
    std::string words;
};

/// Says what pictures are worth: the scores that settings name, their mean by weight. One thread at a time.
class PictureJudge {
public:
    /// Starts the program, where one scores: throws EvaluationFailure when that can't be done. `abandon` may be null.
    PictureJudge(std::shared_ptr<const PicturePlan> plan, const std::atomic<bool>* abandon);

    /// What is judged from now on is another model's.
    void nextModel();
    /// `split`: "train" or "test". Throws EvaluationFailure for what the program does wrong.
    std::vector<Judgement> judge(const PicturePlan::Set& set, std::string_view split,
                                 std::span<const PaintedPicture> pictures);

private:
    /// One value per picture.
    std::vector<double> valuesOf(PictureScore score, const PicturePlan::Set& set, std::string_view split,
                                 std::span<const PaintedPicture> pictures, std::span<const ClipEmbedding> looks);
    std::vector<double> asked(const PicturePlan::Set& set, std::string_view split,
                              std::span<const PaintedPicture> pictures);

    std::shared_ptr<const PicturePlan> plan_;
    /// Both there where a program scores.
    std::optional<ScratchFolder> scratch_;
    std::optional<EvaluatorProgram> program_;
    std::uint64_t model_ = 0;
    /// What the program said of the pictures at hand; empty: nothing.
    std::vector<std::string> said_;
};

}  // namespace mergarium
