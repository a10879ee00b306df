#include "ui/niches/niche_readout.h"

#include "core/archive/coverage.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <algorithm>

namespace mergarium {
namespace {

double shareOf(const NicheFrame& frame, std::size_t row, std::size_t sample) {
    const double total = totalOf(frame, sample);
    return total > 0.0 ? competingScoreOf(frame, *frame.rows[row].member, sample) / total : 0.0;
}

QString sampleText(const NicheFrame& frame, std::size_t sample) {
    const auto group = groupText(*frame.snapshot, sample);
    const auto name = tr("Sample %1").arg(countText(sample));
    return group.isEmpty() ? name : tr("%1, %2 %3").arg(name, groupNoun(*frame.snapshot), group);
}

/// "solved by 3 of 20", "solved by #412 alone", "solved by nobody".
QString solversText(const NicheFrame& frame, std::size_t sample) {
    const auto solvers = solversOf(frame, sample);
    if (solvers == 0) return tr("solved by nobody");
    if (solvers > 1) return tr("solved by %1 of %2").arg(solvers).arg(frame.rows.size());
    const auto one =
        std::ranges::find_if(frame.rows, [&](const auto& row) { return row.member->scores[sample] >= kSolved; });
    return tr("solved by %1 alone").arg(memberText(one->member->id));
}

/// " less 0.41, the worst"; nothing where nothing is taken off.
QString baselineText(const NicheFrame& frame, std::size_t sample) {
    if (frame.baseline.empty()) return {};
    return tr(" less %1, the worst").arg(scoreText(frame.baseline[sample]));
}

QString oneSampleText(const NicheFrame& frame, std::size_t sample, std::optional<std::size_t> row) {
    const double total = totalOf(frame, sample);
    const auto contested = tr("%1 (z = %2)").arg(solversText(frame, sample), numberText(total, 1));
    const auto name = sampleText(frame, sample);
    if (!row) return tr("%1: %2.").arg(name, contested);
    const auto member = memberText(frame.rows[*row].member->id);
    const double score = frame.rows[*row].member->scores[sample];
    const double share = shareOf(frame, *row, sample);
    auto text = score <= 0.0 ? tr("%1, member %2: scores nothing; %3").arg(name, member, contested)
                             : tr("%1, member %2: score %3%4, share %5; %6")
                                   .arg(name, member, scoreText(score), baselineText(frame, sample),
                                        QString::number(share, 'f', 3), contested);
    if (frame.reference)
        if (const auto other = rankOf(frame.rows, *frame.reference))
            text += tr("; %1 scores %2")
                        .arg(memberText(*frame.reference), scoreText(frame.rows[*other].member->scores[sample]));
    return text + '.';
}

}  // namespace

double competingScoreOf(const NicheFrame& frame, const Member& member, std::size_t sample) {
    const double score = member.scores[sample];
    return frame.baseline.empty() ? score : score - static_cast<double>(frame.baseline[sample]);
}

double totalOf(const NicheFrame& frame, std::size_t sample) {
    double total = 0.0;
    for (const auto& row : frame.rows) total += competingScoreOf(frame, *row.member, sample);
    return total;
}

std::size_t solversOf(const NicheFrame& frame, std::size_t sample) {
    return static_cast<std::size_t>(
        std::ranges::count_if(frame.rows, [&](const auto& row) { return row.member->scores[sample] >= kSolved; }));
}

PositionRange columnAt(const NicheFrame& frame, std::size_t position) {
    const auto& bins = frame.raster.bins;
    const auto found = std::upper_bound(bins.begin(), bins.end(), position,
                                        [](std::size_t value, const PositionRange& bin) { return value < bin.end; });
    if (found != bins.end() && found->begin <= position) return *found;
    return {position, position + 1};
}

std::size_t sampleOf(const NicheFrame& frame, PositionRange column, std::optional<std::size_t> row) {
    const auto worth = [&](std::size_t sample) { return row ? shareOf(frame, *row, sample) : -totalOf(frame, sample); };
    std::size_t best = (*frame.samples)[column.begin];
    double most = worth(best);
    for (std::size_t position = column.begin + 1; position < column.end; ++position) {
        const std::size_t sample = (*frame.samples)[position];
        if (const double value = worth(sample); value > most) {
            most = value;
            best = sample;
        }
    }
    return best;
}

QString readoutText(const NicheFrame& frame, PositionRange column, std::optional<std::size_t> row) {
    const std::size_t count = column.end - column.begin;
    if (count == 1) return oneSampleText(frame, (*frame.samples)[column.begin], row);
    double totals = 0.0, shares = 0.0, largest = 0.0;
    for (std::size_t position = column.begin; position < column.end; ++position) {
        const std::size_t sample = (*frame.samples)[position];
        totals += totalOf(frame, sample);
        if (!row) continue;
        const double share = shareOf(frame, *row, sample);
        shares += share;
        largest = std::max(largest, share);
    }
    const auto where = tr("%1 samples at positions %2 to %3")
                           .arg(countText(count), countText(column.begin), countText(column.end - 1));
    const auto total = numberText(totals / static_cast<double>(count), 2);
    if (!row) return tr("%1: mean niche total z = %2.").arg(where, total);
    return tr("%1, member %2: mean share s/z = %3, largest %4; mean niche total z = %5.")
        .arg(where, memberText(frame.rows[*row].member->id),
             QString::number(shares / static_cast<double>(count), 'f', 3), QString::number(largest, 'f', 3), total);
}

QString axisText(const NicheFrame& frame) {
    const auto samples =
        frame.sampleCount() == 1 ? tr("1 sample") : tr("%1 samples").arg(countText(frame.sampleCount()));
    QString text;
    switch (frame.order) {
        case SampleOrder::Group: text = tr("%1 by %2").arg(samples, groupNoun(*frame.snapshot)); break;
        case SampleOrder::Difficulty:
            text = tr("%1 by difficulty: solved by most members on the left, by nobody on the right").arg(samples);
            break;
        case SampleOrder::Owner:
            text = tr("%1 by owner: the fittest of the members with the largest share").arg(samples);
            break;
        case SampleOrder::Similarity:
            text = tr("%1 by similarity: neighbours are solved by the same members").arg(samples);
            break;
    }
    if (frame.soleSolver) text = tr("%1, only those that %2 alone solves").arg(text, memberText(*frame.soleSolver));
    const auto& bins = frame.raster.bins;
    std::size_t most = 1;
    for (const auto& bin : bins) most = std::max(most, bin.end - bin.begin);
    if (most == 1) return text + tr("; each column is one sample");
    return text + (frame.binning == Binning::Mean ? tr("; each column is the mean of up to %1").arg(most)
                                                  : tr("; each column is the largest of up to %1").arg(most));
}

QString nothingText(const NicheFrame& frame) {
    if (!frame.soleSolver) return tr("There are no samples.");
    const auto member = memberText(*frame.soleSolver);
    return rankOf(frame.rows, *frame.soleSolver) ? tr("There is no sample that %1 alone solves.").arg(member)
                                                 : tr("%1 has left the archive.").arg(member);
}

}  // namespace mergarium
