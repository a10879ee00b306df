#include "core/report/run_report.h"

#include "core/archive/coverage.h"
#include "core/configuration/yaml.h"
#include "core/report/repetition.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

constexpr std::size_t kMostMembers = 20;
constexpr std::size_t kMostAncestors = 40;
/// Of answers that are right, and of those that are wrong.
constexpr std::size_t kMostAnswers = 5;
constexpr std::size_t kLongest = 400;

/// At most kLongest bytes of it, ending with a whole character.
std::string cut(const std::string& text) {
    if (text.size() <= kLongest) return text;
    auto end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "\u2026";
}

std::string percent(double share) { return fmt::format("{:.1f}", 100.0 * share); }
std::string number(MemberId member) { return fmt::format("#{}", member.value); }

std::string parentsOf(const Member& member) { return member.parentage ? wordsOf(*member.parentage) : "founder"; }

/// Best training score first; equals, the oldest.
std::vector<std::size_t> slotsByScore(const SessionSnapshot& run) {
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < run.members.size(); ++slot)
        if (run.members[slot]) slots.push_back(slot);
    std::ranges::sort(slots, [&](auto a, auto b) {
        const auto &one = *run.members[a], &other = *run.members[b];
        return one.scores.total() != other.scores.total() ? one.scores.total() > other.scores.total()
                                                          : one.id < other.id;
    });
    return slots;
}

ReportTable resultOf(const SessionSnapshot& run) {
    ReportTable table{.columns = {{"Result"}, {""}}, .rows = {}};
    const auto say = [&](const char* what, std::string value) { table.rows.push_back({what, std::move(value)}); };
    say("Status", std::string(nameOf(run.phase)));
    if (!run.message.empty()) say("Message", cut(run.message));
    say("Evaluations", fmt::format("{} of {}", words::count(run.evaluations), words::count(run.budget)));
    say("Children accepted", words::count(run.accepted));
    say("Time computing", words::duration(run.seconds));
    if (run.curve && !run.curve->empty()) {
        const auto& end = run.curve->back();
        say("Best member, training samples", percent(end.bestTrain) + " %");
        say("Best member, held-out samples", percent(end.bestTest) + " %");
        say("Samples that a member solves", percent(end.coverage) + " %");
        say("Two members disagree on", percent(end.disagreement) + " % of the samples, on average");
    }
    if (!run.archiveHash.empty()) say("Hash of the archive", run.archiveHash);
    return table;
}

ReportTable membersOf(const SessionSnapshot& run, const std::vector<std::size_t>& slots) {
    ReportTable table{.columns = {{"Member", true},
                                  {"Train (%)", true},
                                  {"Test (%)", true},
                                  {"Fitness", true},
                                  {"Born (step)", true},
                                  {"Parents"}},
                      .rows = {}};
    for (const auto slot : slots) {
        if (table.rows.size() == kMostMembers) break;
        const auto& member = *run.members[slot];
        const bool tested = slot < run.test.size() && run.test[slot];
        table.rows.push_back({number(member.id), percent(member.scores.mean()),
                              tested ? percent(*run.test[slot]) : "\u2013",
                              slot < run.fitness.size() ? fmt::format("{:.2f}", run.fitness[slot]) : "\u2013",
                              words::count(member.born), parentsOf(member)});
    }
    return table;
}

ReportTable lineageOf(const Family& family) {
    ReportTable table{.columns = {{"Member", true},
                                  {"Born (step)", true},
                                  {"Train (%)", true},
                                  {"Gained", true},
                                  {"Lost", true},
                                  {"Parents"}},
                      .rows = {}};
    // The youngest are nearest to the best.
    for (auto one = family.relatives.rbegin(); one != family.relatives.rend() && table.rows.size() < kMostAncestors;
         ++one) {
        const auto& member = *one->member;
        table.rows.push_back({number(member.id), words::count(member.born), percent(member.scores.mean()),
                              words::count(one->gained), words::count(one->lost), parentsOf(member)});
    }
    return table;
}

/// Some that the best member has right, and some that it has wrong, in the order of the samples.
ReportTable answersOf(const Member& best, const SampleSet& samples) {
    ReportTable table{.columns = {{"Sample", true}, {"Question"}, {"Reference"}, {"Answer"}, {"Score", true}},
                      .rows = {}};
    std::size_t right = 0, wrong = 0;
    for (std::size_t sample = 0; sample < best.scores.size() && sample < samples.texts.size(); ++sample) {
        auto& count = best.scores[sample] >= kSolved ? right : wrong;
        if (count == kMostAnswers) continue;
        ++count;
        const auto& text = samples.texts[sample];
        const bool known = best.answers && sample < best.answers->size();
        table.rows.push_back({words::count(sample), cut(text.question), cut(text.reference),
                              known ? cut((*best.answers)[sample]) : "\u2013",
                              fmt::format("{:.2f}", best.scores[sample])});
    }
    return table;
}

ReportTable foundersOf(const RunDescription& run) {
    ReportTable table{.columns = {{"Founder", true}, {"Name"}, {"Train (%)", true}, {"Test (%)", true}, {"Contents"}},
                      .rows = {}};
    for (const auto& founder : run.founders)
        table.rows.push_back(
            {number(founder.id),
             cut(founder.joined == 0
                     ? founder.name
                     : fmt::format("{}, joined at step {}", founder.name, words::count(founder.joined))),
             percent(founder.train), percent(founder.test), founder.hash.empty() ? "made by the run" : founder.hash});
    return table;
}

}  // namespace

Report reportOf(const ReportedRun& reported) {
    const auto& run = *reported.run;
    const auto& description = *run.run;
    Report report{.title = fmt::format("Run {}: {}", description.id.value, cut(description.configuration.name)),
                  .blocks = {}};
    const auto add = [&](ReportBlock block) { report.blocks.push_back(std::move(block)); };
    const auto slots = slotsByScore(run);
    const auto* best = slots.empty() ? nullptr : run.members[slots.front()].get();

    add(resultOf(run));
    if (run.curve && !run.curve->empty()) {
        add(ReportHeading{"Curves"});
        add(curvesDrawing(*run.curve));
    }
    if (auto niches = nichesDrawing(run); niches.height > 0.0) {
        add(ReportHeading{"Niches"});
        add(ReportParagraph{
            fmt::format("Members, fittest first, by training samples, side by side by {}. A sample is shared by those "
                        "who solve it; the brighter a cell, the larger the member's share of what the sample is worth.",
                        description.samples ? cut(description.samples->groupNoun) : "group")});
        add(std::move(niches));
    }
    if (best) {
        add(ReportHeading{"Best members"});
        if (slots.size() > kMostMembers)
            add(ReportParagraph{fmt::format("The best {} of {} in training.", kMostMembers, slots.size())});
        add(membersOf(run, slots));
    }
    if (reported.family.relatives.size() > 1) {
        add(ReportHeading{"Lineage of the best"});
        add(ReportParagraph{
            "Its nearest ancestors, the youngest first. Gained: samples that a member solves and none of its parents "
            "does; lost: the other way round."});
        add(lineageOf(reported.family));
    }
    if (best && best->answers && description.samples && description.samples->hasTexts()) {
        add(ReportHeading{"Answers of the best"});
        add(ReportParagraph{fmt::format("The first training samples that {} has right and wrong, up to {} of each.",
                                        number(best->id), kMostAnswers)});
        add(answersOf(*best, *description.samples));
    }
    add(ReportHeading{"Founders"});
    add(foundersOf(description));
    add(ReportHeading{"Configuration"});
    add(ReportListing{toYaml(description.configuration)});
    tellHowToRepeat(report, reported);
    add(ReportHeading{"Versions"});
    add(ReportListing{reported.versions + "\ncomputed on " + description.device});
    return report;
}

}  // namespace mergarium
