#include "core/comparison/tables.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {
namespace {

std::string percent(double score) { return fmt::format("{:.1f}", 100.0 * score); }

std::string meanOf(const Summary& summary) { return summary.count > 0 ? percent(summary.mean) : "-"; }

std::string withError(const Summary& summary) {
    return summary.halfWidth ? fmt::format("{} +- {}", percent(summary.mean), percent(summary.standardError))
                             : meanOf(summary);
}

std::string intervalOf(const Summary& summary) {
    const auto interval = scoreInterval(summary);
    return interval ? fmt::format("{} to {}", percent(interval->from), percent(interval->to)) : "-";
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out(1, '"');
    for (const char letter : text) out.append(letter == '"' ? 2 : 1, letter);
    out += '"';
    return out;
}

/// A bar would end the cell.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

std::string rowOf(const ArmResult& arm, bool published, bool unfinished) {
    std::string row = fmt::format("| {} | {} |", cell(arm.name), arm.seeds.size());
    if (unfinished) row += fmt::format(" {} |", arm.unfinished);
    if (arm.seeds.empty()) {
        for (int empty = published ? 10 : 8; empty > 0; --empty) row += " - |";
        return row + "\n";
    }
    row += fmt::format(" {} | {} | {} | {} |", withError(arm.bestTest), intervalOf(arm.bestTest),
                       withError(arm.bestTrain), meanOf(arm.area));
    if (arm.againstFirst)
        row +=
            fmt::format(" {:+.1f} | {} |", 100.0 * arm.againstFirst->difference, pValueText(arm.againstFirst->pValue));
    else
        row += " - | - |";
    row += fmt::format(" {} | {:.2f} |", percent(arm.coverage.mean), arm.nicheEntropy.mean);
    if (published)
        row += fmt::format(" {} | {} |", arm.published ? percent(*arm.published) : "-",
                           arm.published && arm.bestTest.count > 0
                               ? fmt::format("{:+.1f}", 100.0 * (arm.bestTest.mean - *arm.published))
                               : "-");
    return row + "\n";
}

}  // namespace

std::string pValueText(double pValue) {
    return pValue < 0.001 ? std::string("< 0.001") : fmt::format("{:.3f}", pValue);
}

std::string toMarkdown(std::span<const Comparison> comparisons) {
    std::string out;
    for (const auto& comparison : comparisons) {
        const auto& arms = comparison.arms;
        const bool published =
            std::any_of(arms.begin(), arms.end(), [](const auto& arm) { return arm.published.has_value(); });
        const bool unfinished =
            std::any_of(arms.begin(), arms.end(), [](const auto& arm) { return arm.unfinished > 0; });
        if (!out.empty()) out += "\n";
        if (!comparison.title.empty()) out += fmt::format("### {}\n\n", comparison.title);
        out += fmt::format(
            "| arm | seeds |{} test % | 95 % interval | train % | area % | difference | p | coverage % | niche entropy "
            "|{}\n",
            unfinished ? " unfinished |" : "", published ? " published % | ours - published |" : "");
        out += fmt::format("| --- | ---: |{} ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |{}\n",
                           unfinished ? " ---: |" : "", published ? " ---: | ---: |" : "");
        for (const auto& arm : arms) out += rowOf(arm, published, unfinished);
    }
    return out;
}

std::string toCsv(std::span<const Comparison> comparisons) {
    std::string out =
        "comparison,arm,evaluations,seeds,test_mean,test_stderr,train_mean,train_stderr,coverage_mean,coverage_stderr,"
        "disagreement_mean,disagreement_stderr,niche_entropy_mean,niche_entropy_stderr\n";
    for (const auto& comparison : comparisons)
        for (const auto& arm : comparison.arms)
            for (std::size_t i = 0; i < arm.trainBand.at.size(); ++i) {
                out += fmt::format("{},{},{:.0f},{}", quoted(comparison.title), quoted(arm.name), arm.trainBand.at[i],
                                   arm.trainBand.values[i].count);
                for (const auto* band :
                     {&arm.testBand, &arm.trainBand, &arm.coverageBand, &arm.disagreementBand, &arm.nicheEntropyBand})
                    out += band->at.empty()
                               ? std::string(",,")
                               : fmt::format(",{:.6f},{:.6f}", band->values[i].mean, band->values[i].standardError);
                out += "\n";
            }
    return out;
}

}  // namespace mergarium
