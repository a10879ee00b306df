#include "ui/trial/tried_pictures.h"

#include <algorithm>
#include <memory>
#include <set>

namespace mergarium {

bool paints(const Trial& trial) {
    return std::ranges::any_of(trial.founders, [](const auto& founder) {
        return std::ranges::any_of(founder.attempts, [](const auto& one) { return !one.picture.bytes.empty(); });
    });
}

BoardContent picturesOf(const Trial& trial) {
    auto run = std::make_shared<RunDescription>();
    run->samples = trial.samples;
    auto snapshot = std::make_shared<SessionSnapshot>();
    std::set<std::uint32_t> tried;
    for (std::size_t k = 0; k < trial.founders.size(); ++k) {
        const auto& founder = trial.founders[k];
        const MemberId id{k + 1};
        run->founders.push_back({.id = id, .name = founder.name});
        std::vector<float> scores(trial.samples->size());
        std::vector<EncodedPicture> pictures(trial.samples->size());
        for (const auto& attempt : founder.attempts) {
            tried.insert(attempt.sample);
            scores[attempt.sample] = attempt.score;
            pictures[attempt.sample] = attempt.picture;
        }
        if (founder.attempts.empty()) continue;
        snapshot->members.push_back(std::make_shared<const Member>(
            Member{.id = id,
                   .genome = nullptr,
                   .scores = Scores(std::move(scores)),
                   .parentage = std::nullopt,
                   .pictures = std::make_shared<const std::vector<EncodedPicture>>(std::move(pictures))}));
    }
    snapshot->run = std::move(run);
    const std::vector<std::uint32_t> samples(tried.begin(), tried.end());
    const auto members = snapshot->members;
    return tableOf(std::move(snapshot), samples, members);
}

}  // namespace mergarium
