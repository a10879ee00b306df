#pragma once

#include "ui/members/ranked_members.h"

#include <QComboBox>

#include <optional>
#include <span>

namespace mergarium {

/// A box to choose a member in, such as one to be compared with another.
class MemberChoice final : public QComboBox {
    Q_OBJECT

public:
    using QComboBox::QComboBox;

    /// Offers these, in their order. Who was chosen stays chosen, else the one at `otherwise` is, the last where there
    /// are fewer; says nothing of it.
    void list(std::span<const RankedMember> members, int otherwise);
    std::optional<MemberId> chosen() const;
};

}  // namespace mergarium
