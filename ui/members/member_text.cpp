#include "ui/members/member_text.h"

#include "ui/theme/translation.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

std::optional<RunId> runOf(const SnapshotPtr& snapshot) {
    if (!snapshot || !snapshot->run) return {};
    return snapshot->run->id;
}

/// Split points as shares of `length`, where it is known.
QString cutText(const std::vector<std::uint64_t>& splits, double share, std::uint64_t length) {
    const auto ratio = tr("ratio %1").arg(share, 0, 'f', 2);
    if (splits.empty()) return ratio;
    if (splits.size() > 1) return tr("%1 splits, %2").arg(splits.size()).arg(ratio);
    const auto split = splits.front();
    if (length == 0) return tr("split at %1, %2").arg(split).arg(ratio);
    return tr("split %1, %2").arg(static_cast<double>(split) / static_cast<double>(length), 0, 'f', 2).arg(ratio);
}

}  // namespace

QString memberText(MemberId member) { return QStringLiteral("#%1").arg(member.value); }

QString spliceText(const Splice& splice, std::uint64_t length) {
    if (splice.each) return tr("every gene by itself, %1 % from the second").arg(percentNumber(splice.each->chance));
    if (!splice.chromosomes) return cutText(splice.splits, splice.ratio, length);
    constexpr std::size_t kCutsSaid = 3;
    if (splice.cuts.size() > kCutsSaid)
        return tr("%1 chromosomes, %2 splits").arg(splice.cuts.size()).arg(splitCountOf(splice));
    QStringList cuts;
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        cuts << tr("%1: %2").arg(QString::fromStdString(splice.chromosomes->names()[index]), cutText(splice, index));
    return cuts.join(QStringLiteral("; "));
}

QString cutText(const Splice& splice, std::size_t chromosome) {
    if (chromosome >= splice.cuts.size()) return {};
    auto [splits, ratio] = splice.cuts[chromosome];
    for (auto& split : splits) split = splice.chromosomes->elementsBefore(chromosome, split);
    return cutText(splits, ratio, splice.chromosomes->length(chromosome));
}

QString parentageText(const Member& member, std::uint64_t length) {
    if (!member.parentage) return tr("founder");
    return QStringLiteral("%1 \u00d7 %2, %3")
        .arg(memberText(member.parentage->first), memberText(member.parentage->second),
             spliceText(member.parentage->splice, length));
}

std::uint64_t vectorLength(const SessionSnapshot& snapshot) { return snapshot.run ? lociOf(*snapshot.run) : 0; }

QString percentNumber(double share) { return QString::number(100.0 * share, 'f', 1); }

QString numberText(double number, int decimals) {
    constexpr int kMostDecimals = 8;
    // What is rounded up to the next power of ten is so before its digits are counted.
    const double size = std::abs(QString::number(number, 'e', 1).toDouble());
    const int needed = size > 0.0 ? 1 - static_cast<int>(std::floor(std::log10(size))) : 0;
    return QString::number(number, 'f', std::clamp(needed, decimals, kMostDecimals));
}

QString fitnessText(double fitness) { return std::isnan(fitness) ? QString() : numberText(fitness, 1); }

QString scoreText(double score) { return QString::number(score, 'f', score == std::round(score) ? 2 : 4); }

std::uint64_t stepOfBirth(const RunDescription& run, MemberId member) {
    const std::uint64_t founders = foundersAtFirst(run);
    return member.value > founders ? member.value - founders : 0;
}

std::optional<std::size_t> slotOf(const SessionSnapshot& snapshot, MemberId member) {
    const auto found = std::find_if(snapshot.members.begin(), snapshot.members.end(),
                                    [&](const MemberPtr& each) { return each && each->id == member; });
    if (found == snapshot.members.end()) return {};
    return static_cast<std::size_t>(found - snapshot.members.begin());
}

bool sameRun(const SnapshotPtr& a, const SnapshotPtr& b) { return runOf(a) == runOf(b); }

bool hasMembers(const SnapshotPtr& snapshot) {
    return snapshot && std::any_of(snapshot->members.begin(), snapshot->members.end(),
                                   [](const MemberPtr& member) { return member && member->scores.size() > 0; });
}

}  // namespace mergarium
