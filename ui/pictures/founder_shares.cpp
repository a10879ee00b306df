#include "ui/pictures/founder_shares.h"

#include "core/genome/painting.h"
#include "ui/genome/genome_frame.h"

namespace mergarium {
namespace {

constexpr std::size_t kMostKnown = 1024;

}  // namespace

const std::vector<float>& FounderShares::of(const SessionSnapshot& snapshot, const Member& member) {
    static const std::vector<float> kUnknown;
    const auto* recipe = recipeOf(member);
    const auto founders = snapshot.run ? snapshot.run->founders.size() : 0;
    if (!recipe || recipe->founders == 0 || recipe->founders > founders) return kUnknown;
    if (known_.size() > kMostKnown) known_.clear();
    auto& known = known_[member.id];
    if (known.genome != member.genome || known.founders != founders) {
        const VectorRange whole{0, recipe->length()};
        known = {member.genome, founders, contributions(widened(*recipe, founders), std::span(&whole, 1))};
    }
    return known.shares;
}

}  // namespace mergarium
