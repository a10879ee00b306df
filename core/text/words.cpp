#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mergarium::words {

std::string count(std::uint64_t number) {
    auto digits = std::to_string(number);
    for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
        digits.insert(static_cast<std::size_t>(place), 1, ',');
    return digits;
}

std::string duration(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::ceil(std::max(0.0, seconds)));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    if (whole < 86'400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
    return fmt::format("{} d {} h", whole / 86'400, whole % 86'400 / 3600);
}

std::string bytes(double bytes) {
    if (bytes < 1000.0) return fmt::format("{:.0f} bytes", bytes);
    for (const char* unit : {"kB", "MB", "GB"}) {
        bytes /= 1000.0;
        if (bytes < 1000.0) return fmt::format("{:.1f} {}", bytes, unit);
    }
    return fmt::format("{:.1f} TB", bytes / 1000.0);
}

}  // namespace mergarium::words
