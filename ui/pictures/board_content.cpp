#include "ui/pictures/board_content.h"

#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/translation.h"

#include <algorithm>

namespace mergarium {

bool hasPictures(const SnapshotPtr& snapshot) {
    return snapshot && snapshot->run && snapshot->run->samples &&
           std::ranges::any_of(snapshot->members, [](const auto& member) { return member && member->pictures; });
}

BoardContent tableOf(const SnapshotPtr& snapshot, std::span<const std::uint32_t> samples,
                     std::span<const MemberPtr> members) {
    BoardContent content{
        .snapshot = snapshot, .form = BoardContent::Form::Table, .items = {}, .perRow = members.size() + 1};
    content.items.reserve(samples.size() * content.perRow);
    for (const auto sample : samples) {
        content.items.push_back({.sample = sample});
        for (const auto& member : members) content.items.push_back({sample, member});
    }
    return content;
}

BoardContent wallOf(const SnapshotPtr& snapshot, std::size_t sample) {
    const auto number = static_cast<std::uint32_t>(sample);
    BoardContent content{.snapshot = snapshot, .form = BoardContent::Form::Wall, .items = {{.sample = number}}};
    for (const auto& member : snapshot->members)
        if (member && sample < member->scores.size()) content.items.push_back({number, member});
    std::sort(content.items.begin() + 1, content.items.end(), [&](const auto& a, const auto& b) {
        const auto first = a.member->scores[sample], second = b.member->scores[sample];
        return first != second ? first > second : a.member->id < b.member->id;
    });
    return content;
}

BoardContent paintingsOf(const SnapshotPtr& snapshot, const MemberPtr& member) {
    BoardContent content{.snapshot = snapshot, .form = BoardContent::Form::Samples, .items = {}};
    for (std::uint32_t sample = 0; sample < member->scores.size(); ++sample) content.items.push_back({sample, member});
    return content;
}

float bestScore(const SessionSnapshot& snapshot, std::size_t sample) {
    float best = 0.0f;
    for (const auto& member : snapshot.members)
        if (member && sample < member->scores.size()) best = std::max(best, member->scores[sample]);
    return best;
}

QString captionOf(const SessionSnapshot& snapshot, std::size_t sample) {
    const auto& set = snapshot.run->samples;
    if (set && sample < set->texts.size() && !set->texts[sample].question.empty())
        return QString::fromStdString(set->texts[sample].question).simplified();
    return tr("Sample %1").arg(countText(sample));
}

QString painterText(const SessionSnapshot& snapshot, const Member& member) {
    if (!member.parentage)
        for (const auto& founder : snapshot.run->founders)
            if (founder.id == member.id)
                return tr("%1 %2").arg(memberText(member.id), QString::fromStdString(founder.name));
    return memberText(member.id);
}

QString itemText(const SessionSnapshot& snapshot, const BoardItem& item) {
    const auto caption = captionOf(snapshot, item.sample);
    if (!item.member) return tr("Reference: %1").arg(caption);
    return tr("%1, score %2: %3")
        .arg(painterText(snapshot, *item.member))
        .arg(scoreText(static_cast<double>(item.member->scores[item.sample])))
        .arg(caption);
}

}  // namespace mergarium
