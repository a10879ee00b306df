#include "ui/members/member_choice.h"

#include "ui/members/member_text.h"

#include <QSignalBlocker>

#include <algorithm>

namespace mergarium {

void MemberChoice::list(std::span<const RankedMember> members, int otherwise) {
    const auto isOffered = [&](const RankedMember& row) {
        const auto place = static_cast<int>(&row - members.data());
        return itemData(place).toULongLong() == row.member->id.value;
    };
    if (count() == static_cast<int>(members.size()) && std::ranges::all_of(members, isOffered)) return;
    const QSignalBlocker quiet(this);
    const auto before = chosen();
    clear();
    for (const auto& row : members)
        addItem(memberText(row.member->id), QVariant::fromValue<qulonglong>(row.member->id.value));
    const int kept = before ? findData(QVariant::fromValue<qulonglong>(before->value)) : -1;
    setCurrentIndex(kept >= 0 ? kept : std::min(otherwise, count() - 1));
}

std::optional<MemberId> MemberChoice::chosen() const {
    if (currentIndex() < 0) return {};
    return MemberId{currentData().toULongLong()};
}

}  // namespace mergarium
