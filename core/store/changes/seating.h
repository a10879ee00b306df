#pragma once

#include "core/archive/member.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Who sits in which slot as an event's text holds it: members' numbers, one a slot, 0 where nobody sits.
std::string seatingText(std::span<const MemberId> seating);
/// Throws std::runtime_error where the text is no such thing, or somebody would sit in two slots.
std::vector<MemberId> seatingIn(std::string_view text);

}  // namespace mergarium
