#include "ui/selection/selection.h"

namespace mergarium {

void Selection::select(MemberId member) { become(member, sample_, Subject::Member); }

void Selection::select(std::size_t sample) { become(member_, sample, Subject::Sample); }

void Selection::clear() { become({}, {}, Subject::Nothing); }

void Selection::become(std::optional<MemberId> member, std::optional<std::size_t> sample, Subject latest) {
    if (member == member_ && sample == sample_ && latest == latest_) return;
    member_ = member;
    sample_ = sample;
    latest_ = latest;
    Q_EMIT changed();
}

}  // namespace mergarium
