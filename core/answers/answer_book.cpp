#include "core/answers/answer_book.h"

#include "core/evaluation/bred_again.h"
#include "core/evaluation/experiment.h"
#include "core/genome/dense_genome.h"
#include "core/store/run_reader.h"

#include <atomic>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace mergarium {

struct AnswerBook::Parts {
    Parts(RunPlace where, std::shared_ptr<const RunDescription> which)
        : place(std::move(where)), run(std::move(which)) {
        place.abandon = nullptr;
    }

    const Experiment& opened() {
        if (!experiment) experiment = prepare(run->configuration, place);
        return *experiment;
    }

    /// Itself, unless what there is of it is for viewing.
    GenomePtr genomeOf(const Member& member) {
        if (dynamic_cast<const DenseGenome*>(member.genome.get())) return member.genome;
        const RunReader reader(place.database, run->id);
        const auto& breeding = *opened().breeding;
        std::map<MemberId, GenomePtr> genomes;
        for (const auto& [id, packed] : reader.founderGenomes()) genomes[id] = breeding.unpack(packed);
        return bredAgain(reader.lineOf(member.id), std::move(genomes), breeding);
    }

    RunPlace place;
    std::shared_ptr<const RunDescription> run;
    std::optional<Experiment> experiment;
};

AnswerBook::AnswerBook(RunPlace place, std::shared_ptr<const RunDescription> run)
    : parts_(std::make_unique<Parts>(std::move(place), std::move(run))) {}
AnswerBook::~AnswerBook() = default;

bool AnswerBook::isFor(const RunDescription& run) { return traitsOf(run.configuration.task).answersAtOnce; }

AnswersPtr AnswerBook::answersOf(const Member& member) {
    static const std::atomic<bool> kNever = false;
    auto& task = *parts_->opened().task;
    task.load(*parts_->genomeOf(member));
    std::vector<std::uint32_t> all(task.samples()->size());
    std::iota(all.begin(), all.end(), std::uint32_t{0});
    std::vector<std::string> texts;
    auto attempts = task.attempt(all, kNever).value();
    for (auto& attempt : attempts) texts.push_back(std::move(attempt.answer));
    return std::make_shared<const std::vector<std::string>>(std::move(texts));
}

}  // namespace mergarium
