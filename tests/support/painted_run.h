#pragma once

#include "core/genome/recipe_genome.h"
#include "core/images/encoded_picture.h"
#include "core/run/snapshot.h"
#include "core/store/run_recorder.h"
#include "tests/support/runs.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mergarium::test {

/// So many bytes that begin as a PNG file of this size does.
inline EncodedPicture pictureNamed(std::uint8_t name, std::size_t bytes = 40, std::uint32_t side = 16) {
    std::vector<std::uint8_t> file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    for (int of = 0; of < 2; ++of)
        for (int shift = 24; shift >= 0; shift -= 8) file.push_back(static_cast<std::uint8_t>(side >> shift));
    file.resize(bytes, name);
    EncodedPicture picture{.width = side, .height = side, .bytes = {}};
    for (const auto byte : file) picture.bytes.push_back(std::byte{byte});
    return picture;
}

/// A run of two founders and three slots over four samples that paint: founders begin, and children are put where the
/// test says.
class PaintedRun {
public:
    static constexpr std::size_t kSamples = 4;

    explicit PaintedRun(const std::filesystem::path& database, std::size_t bytes = 40) : bytes_(bytes) {
        RunDescription run;
        run.configuration = shortRun(100, "painted");
        run.configuration.strategy = M2n2Settings{.archive = 3};
        run.layout.append("weight", {6});
        std::vector<FounderRecord> founders;
        for (std::uint64_t id = 1; id <= 2; ++id) {
            auto member = memberOf(id);
            member.genome = std::make_shared<const RecipeGenome>(founderRecipe(id - 1, 2, 6));
            founders.push_back({.member = std::make_shared<const Member>(std::move(member)),
                                .name = "founder " + std::to_string(id),
                                .hash = "0",
                                .slot = id - 1});
        }
        recorder_ = std::make_unique<RunRecorder>(RunRecorder::create(database, run, founders));
    }

    /// What the member painted: pictures that only it painted, and none for sample 2.
    Member memberOf(std::uint64_t id) const {
        std::vector<EncodedPicture> pictures;
        for (std::uint8_t sample = 0; sample < kSamples; ++sample)
            pictures.push_back(sample == 2 ? EncodedPicture{}
                                           : pictureNamed(static_cast<std::uint8_t>(10 * id + sample), bytes_));
        return {.id = {id},
                .genome = nullptr,
                .scores = Scores(std::vector<float>(kSamples, 0.5f)),
                .parentage = std::nullopt,
                .born = id > 2 ? id - 2 : 0,
                .answers = nullptr,
                .pictures = std::make_shared<const std::vector<EncodedPicture>>(std::move(pictures))};
    }

    /// The next step's child, member 2 + step, sits down where `replaced` sat; 0: where nobody did.
    void bear(std::size_t slot, std::uint64_t replaced) {
        BirthRecord birth{.step = ++steps_, .train = 0.5, .slot = slot};
        auto child = memberOf(2 + steps_);
        child.parentage = Parentage{.first = {1}, .second = {2}, .splice = {.splits = {3}, .ratio = 0.5}};
        birth.parentage = child.parentage;
        if (replaced > 0) birth.replaced = MemberId{replaced};
        birth.child = std::make_shared<const Member>(std::move(child));
        recorder_->record(std::move(birth));
    }

    void flush(Phase phase = Phase::Stopped) {
        recorder_->flush({.phase = phase, .evaluations = steps_, .accepted = steps_});
    }
    RunRecorder& recorder() { return *recorder_; }

private:
    std::size_t bytes_;
    std::uint64_t steps_ = 0;
    std::unique_ptr<RunRecorder> recorder_;
};

}  // namespace mergarium::test
