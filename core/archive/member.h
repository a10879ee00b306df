#pragma once

#include "core/archive/scores.h"
#include "core/genome/genome.h"
#include "core/genome/splice.h"
#include "core/images/encoded_picture.h"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// A model's name within its run: founders are 1..K in order, the child of step t is K + t. Never reused.
struct MemberId {
    std::uint64_t value = 0;
    auto operator<=>(const MemberId&) const = default;
};

/// Who a child was bred from, and how.
struct Parentage {
    MemberId first;
    MemberId second;
    Splice splice;
};

/// What a model answered, one text per training sample. Immutable.
using AnswersPtr = std::shared_ptr<const std::vector<std::string>>;

/// A model in the archive; immutable. Its slot is known to the archive alone.
struct Member {
    MemberId id;
    /// Absent in members read back from the database for viewing.
    GenomePtr genome;
    Scores scores;
    /// Absent in founders, and in models that have no parents.
    std::optional<Parentage> parentage;
    /// The step at which it was born; 0 for founders.
    std::uint64_t born = 0;
    /// Null where the task has no texts.
    AnswersPtr answers = nullptr;
    /// Null where the task paints nothing, and where none are kept.
    PicturesPtr pictures = nullptr;
};

using MemberPtr = std::shared_ptr<const Member>;

}  // namespace mergarium
