#include "core/store/changes/seating.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <set>
#include <stdexcept>

namespace mergarium {

std::string seatingText(std::span<const MemberId> seating) {
    std::vector<std::uint64_t> numbers;
    for (const auto member : seating) numbers.push_back(member.value);
    return fmt::format("{}", fmt::join(numbers, " "));
}

std::vector<MemberId> seatingIn(std::string_view text) {
    std::vector<MemberId> seating;
    std::set<MemberId> seated;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        MemberId member;
        const auto [next, error] = std::from_chars(at, end, member.value);
        if (error != std::errc() || (next != end && *next != ' '))
            throw std::runtime_error("It isn't a list of members.");
        if (member.value > 0 && !seated.insert(member).second)
            throw std::runtime_error("It seats a member in two slots.");
        seating.push_back(member);
        if (next == end) return seating;
        at = next + 1;
    }
}

}  // namespace mergarium
