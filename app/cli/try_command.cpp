#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "core/progress/progress.h"
#include "core/startup/paths.h"
#include "core/trial/trial.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <future>

namespace mergarium::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kLookEvery{50};

std::string_view nameOf(Attempt::Ending ending) {
    switch (ending) {
        case Attempt::Ending::ByItself: return "by itself";
        case Attempt::Ending::CutOff: return "cut off";
        case Attempt::Ending::None: break;
    }
    return {};
}

/// On one line, whatever is in it.
std::string line(std::string_view text) { return words::visible(text); }

std::string textOf(const std::vector<ReadPiece>& prompt) {
    std::string text;
    for (const auto& piece : prompt) text += piece.text;
    return text;
}

/// "<s>, </s>"
std::string specialsOf(const std::vector<ReadPiece>& prompt) {
    std::string names;
    for (const auto& piece : prompt)
        if (piece.special) names += (names.empty() ? "" : ", ") + piece.text;
    return names.empty() ? "none" : names;
}

Json jsonOf(const Attempt& attempt, const SampleSet& samples) {
    Json pieces = Json::array();
    for (const auto& piece : attempt.prompt) pieces.push_back({{"text", piece.text}, {"special", piece.special}});
    return {{"sample", attempt.sample},
            {"group", samples.groupNames[samples.groups[attempt.sample]]},
            {"score", attempt.score},
            {"prompt", std::move(pieces)},
            {"prompt_tokens", attempt.promptTokens},
            {"reference", attempt.reference},
            {"answer", attempt.answer},
            {"new_tokens", attempt.newTokens},
            {"ending", nameOf(attempt.ending)}};
}

Json jsonOf(const Trial& trial) {
    Json findings = Json::array(), founders = Json::array();
    for (const auto& [severity, sentence] : trial.findings)
        findings.push_back({{"severity", mergarium::nameOf(severity)}, {"sentence", sentence}});
    for (const auto& founder : trial.founders) {
        Json attempts = Json::array();
        for (const auto& attempt : founder.attempts) attempts.push_back(jsonOf(attempt, *trial.samples));
        founders.push_back({{"name", founder.name},
                            {"score", founder.score},
                            {"chance", founder.chance},
                            {"seconds", founder.seconds},
                            {trial.onDisk ? "disk_bytes" : "memory_bytes", founder.bytes},
                            {"failure", founder.failure.empty() ? Json() : Json(founder.failure)},
                            {"attempts", std::move(attempts)}});
    }
    return {{"findings", std::move(findings)},        {"device", trial.device},
            {"evaluations", trial.evaluations},       {"seconds_per_evaluation", trial.secondsEach()},
            {"seconds_in_all", trial.secondsInAll()}, {"founders", std::move(founders)}};
}

void printWords(const FounderTrial& founder, const Trial& trial) {
    say("\n{}\n", line(founder.name));
    for (const auto& attempt : founder.attempts) {
        say("  sample {} of {}: score {:.2f}", attempt.sample,
            line(trial.samples->groupNames[trial.samples->groups[attempt.sample]]), attempt.score);
        if (attempt.ending != Attempt::Ending::None)
            say(", {} new token{}, {}", attempt.newTokens, attempt.newTokens == 1 ? "" : "s", nameOf(attempt.ending));
        say("\n");
        if (!attempt.prompt.empty())
            say("    prompt     {}\n    tokens     {}; special: {}\n", line(textOf(attempt.prompt)),
                attempt.promptTokens, line(specialsOf(attempt.prompt)));
        say("    answer     {}\n    reference  {}\n", line(attempt.answer), line(attempt.reference));
    }
}

void printWords(const Trial& trial) {
    for (const auto& [severity, sentence] : trial.findings)
        say("{}: {}\n", mergarium::nameOf(severity), line(sentence));
    if (trial.findings.empty()) say("Nothing speaks against this run.\n");
    if (trial.founders.empty()) return;
    say("\n  score   per evaluation   {}   founder\n", trial.onDisk ? "     disk" : "   memory");
    for (const auto& founder : trial.founders)
        if (founder.failure.empty())
            say("{:5.1f} %   {:>14}   {:>9}   {}\n", 100.0 * founder.score, words::shortDuration(founder.seconds),
                words::bytes(static_cast<double>(founder.bytes)), line(founder.name));
    if (const auto seconds = trial.secondsInAll(); seconds > 0.0)
        say("\nThe {} evaluations take about {} one after another on {}; less where children are rejected early.\n",
            words::count(trial.evaluations), words::duration(seconds), trial.device);
    for (const auto& founder : trial.founders) printWords(founder, trial);
}

}  // namespace

int tryOut(const Options& options) {
    catchInterruptions();
    const auto configuration = configurationOf(options);
    ProgressLine progress(options.json);
    std::atomic<bool> abandon = false;
    // On a thread of its own, so that an interruption is noticed within a sample.
    auto trying = std::async(std::launch::async, [&] {
        const RunPlace place{.database = databaseOf(options),
                             .resources = findResources(),
                             .threads = options.threads,
                             .abandon = &abandon,
                             .mayStart = mayStart(options)};
        return tryFounders(configuration, place, options.samples,
                           [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
                               progress.show(std::string(what), done, total);
                               return !abandon;
                           });
    });
    while (trying.wait_for(kLookEvery) != std::future_status::ready)
        if (isInterrupted()) abandon = true;
    try {
        const auto trial = trying.get();
        progress.end();
        if (options.json)
            print(jsonOf(trial));
        else
            printWords(trial);
        return kSuccess;
    } catch (const Cancelled&) {
        progress.end();
        return kInterrupted;
    }
}

}  // namespace mergarium::cli
