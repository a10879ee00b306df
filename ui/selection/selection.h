#pragma once

#include "core/archive/member.h"

#include <QObject>

#include <cstddef>
#include <optional>

namespace mergarium {

/// What the person looks at, the same in every view: at most one member and one sample. A birth is chosen as its child,
/// whether that lives, was replaced or never came in. Wants the window's thread.
class Selection : public QObject {
    Q_OBJECT

public:
    enum class Subject { Nothing, Member, Sample };

    using QObject::QObject;

    const std::optional<MemberId>& member() const { return member_; }
    /// Its number among the training samples, from 0.
    const std::optional<std::size_t>& sample() const { return sample_; }
    /// Which of the two was chosen last.
    Subject latest() const { return latest_; }

    void select(MemberId member);
    void select(std::size_t sample);
    void clear();

Q_SIGNALS:
    void changed();

private:
    void become(std::optional<MemberId> member, std::optional<std::size_t> sample, Subject latest);

    std::optional<MemberId> member_;
    std::optional<std::size_t> sample_;
    Subject latest_ = Subject::Nothing;
};

}  // namespace mergarium
