#include "core/trial/findings.h"

#include "core/text/words.h"
#include "core/trial/trial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <string>

namespace mergarium {
namespace {

/// Answers of a founder never end where at least this share of them was cut off, and some are cut off above the other.
constexpr double kAllCut = 0.9, kSomeCut = 0.1;
/// A group of fewer samples tells nothing.
constexpr std::size_t kTellingGroup = 4;
/// Every founder solves all.
constexpr double kSolvesAll = 0.99;
/// Of groups that no founder solves, so many are named.
constexpr std::size_t kGroupsNamed = 5;

std::string shareText(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

/// "a, b and c"
std::string inWords(const std::vector<std::string>& names) {
    if (names.size() < 2) return fmt::format("{}", fmt::join(names, ""));
    return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

class Examination {
public:
    explicit Examination(const Trial& trial) : trial_(trial) {
        for (const auto& founder : trial.founders)
            if (founder.failure.empty()) founders_.push_back(&founder);
        const auto atChance = std::ranges::count_if(founders_, [](const auto* one) { return one->isAtChance(); });
        const auto all = static_cast<std::ptrdiff_t>(founders_.size());
        noneScores_ = !trial.untrained && all > 0 && atChance == all;
        oneFails_ = !trial.untrained && atChance > 0;
    }

    std::vector<Finding> findings() && {
        failures();
        if (founders_.empty()) return std::move(findings_);
        prompts();
        endings();
        scores();
        std::ranges::stable_sort(findings_, std::ranges::greater{}, &Finding::severity);
        return std::move(findings_);
    }

private:
    void add(Severity severity, std::string sentence) { findings_.push_back({severity, std::move(sentence)}); }

    void failures() {
        for (const auto& founder : trial_.founders)
            if (!founder.failure.empty())
                add(Severity::Waste,
                    fmt::format("{} could not be scored, and a run would be refused: {} Mend that first.", founder.name,
                                founder.failure));
    }

    /// The prompts are the same for all founders.
    void prompts() {
        std::map<std::string, std::size_t> doubts;
        const auto& attempts = founders_.front()->attempts;
        for (const auto& attempt : attempts)
            if (!attempt.doubt.empty()) ++doubts[attempt.doubt];
        for (const auto& [doubt, count] : doubts)
            add(oneFails_ ? Severity::Waste : Severity::Note,
                count == attempts.size() ? doubt : fmt::format("{} of {} prompts: {}", count, attempts.size(), doubt));
    }

    void endings() {
        std::vector<std::string> never, some;
        for (const auto* founder : founders_) {
            std::size_t generated = 0, cut = 0;
            for (const auto& attempt : founder->attempts) {
                generated += attempt.ending != Attempt::Ending::None;
                cut += attempt.ending == Attempt::Ending::CutOff;
            }
            const auto share = generated > 0 ? static_cast<double>(cut) / static_cast<double>(generated) : 0.0;
            if (share > kSomeCut)
                (share >= kAllCut ? never : some)
                    .push_back(fmt::format("{} ({} of {})", founder->name, cut, generated));
        }
        if (!never.empty())
            add(noneScores_ ? Severity::Waste : Severity::Warning,
                fmt::format(
                    "Answers don't end by themselves and are cut off at the most tokens that they may have: {}. "
                    "Name a text that ends an answer (task.stop), see that the model's end token is right "
                    "(eos_token_id in its config.json), or allow longer ones (task.max_new_tokens).",
                    inWords(never)));
        if (!some.empty())
            add(Severity::Note, fmt::format("Some answers are cut off at the most tokens that they may have: {}. Allow "
                                            "longer ones (task.max_new_tokens), unless they ramble.",
                                            inWords(some)));
    }

    void scores() {
        if (trial_.untrained) return;
        if (noneScores_) return nobodyScores();
        const auto best = (*std::ranges::max_element(founders_, {}, &FounderTrial::score))->score;
        for (const auto* founder : founders_)
            if (founder->isAtChance())
                add(Severity::Warning,
                    fmt::format("{} scores {}{}, where others reach {}: see its answers below, and leave it out unless "
                                "it knows something that these samples don't show.",
                                founder->name, shareText(founder->score), asGuessing(*founder), shareText(best)));
        groups();
        if (std::ranges::all_of(founders_, [](const auto* founder) { return founder->score >= kSolvesAll; }))
            add(Severity::Warning,
                "Every founder solves all samples that were tried, so that nothing is left to be gained: take harder "
                "samples.");
    }

    static std::string asGuessing(const FounderTrial& founder) {
        return founder.chance > 0.0 ? fmt::format(", as guessing does ({})", shareText(founder.chance)) : "";
    }

    void nobodyScores() {
        std::vector<std::string> each;
        for (const auto* founder : founders_)
            each.push_back(fmt::format("{} {}", founder->name, shareText(founder->score)));
        add(Severity::Waste,
            fmt::format("No founder scores more than {}: {}. What none of them can do merging won't find, and the {} "
                        "evaluations would be spent for nothing. Compare the answers below with the references, and "
                        "mend {}, or take other founders.",
                        founders_.front()->chance > 0.0 ? "guessing does" : "nothing", inWords(each),
                        words::count(trial_.evaluations), trial_.toMend));
    }

    /// Those that no founder solves.
    void groups() {
        struct Sum {
            std::size_t count = 0;
            double chance = 0.0;
            /// By founder.
            std::map<const FounderTrial*, double> scores;
        };
        std::map<std::uint32_t, Sum> sums;
        for (const auto* founder : founders_)
            for (const auto& attempt : founder->attempts) {
                auto& sum = sums[trial_.samples->groups[attempt.sample]];
                sum.scores[founder] += static_cast<double>(attempt.score);
                if (founder != founders_.front()) continue;
                ++sum.count;
                sum.chance += attempt.chance;
            }
        std::vector<std::string> unsolved;
        for (const auto& [group, sum] : sums) {
            const auto count = static_cast<double>(sum.count);
            if (sum.count >= kTellingGroup &&
                std::ranges::all_of(sum.scores | std::views::values, [&, &all = sum](double one) {
                    return isAtChance(one / count, all.chance / count, all.count);
                }))
                unsolved.push_back(trial_.samples->groupNames[group]);
        }
        if (unsolved.empty()) return;
        const auto more =
            unsolved.size() > kGroupsNamed ? fmt::format(" and {} more", unsolved.size() - kGroupsNamed) : "";
        unsolved.resize(std::min(unsolved.size(), kGroupsNamed));
        add(Severity::Warning,
            fmt::format("No founder can do anything with the samples of {}{}, which then tell no model from another: "
                        "see the answers to them, and mend or leave out what nobody can do.",
                        inWords(unsolved), more));
    }

    const Trial& trial_;
    std::vector<const FounderTrial*> founders_;
    /// All founders, or one at least, do no better than guessing.
    bool noneScores_ = false, oneFails_ = false;
    std::vector<Finding> findings_;
};

}  // namespace

std::string_view nameOf(Severity severity) {
    switch (severity) {
        case Severity::Note: return "note";
        case Severity::Warning: return "warning";
        case Severity::Waste: return "waste";
    }
    return {};
}

std::vector<Finding> findingsOf(const Trial& trial) { return Examination(trial).findings(); }

Finding untrusted(const Program& program) {
    return {Severity::Warning,
            fmt::format("Nothing was tried: {} would score the models, and you have not approved it on this machine. "
                        "Look at what it is; --trust-program on the command line approves it, and so does starting a "
                        "run in the window, which asks.",
                        inWords(program))};
}

Finding notStarted(std::string_view failure) {
    return {Severity::Waste,
            fmt::format("{} A run would be refused: see that the program is there and can be started (task.program), "
                        "from the folder that it is started in (task.folder).",
                        failure)};
}

}  // namespace mergarium
