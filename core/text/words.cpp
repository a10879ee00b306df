#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>

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

std::string shortDuration(double seconds) {
    if (seconds >= 60.0) return duration(seconds);
    const bool milli = seconds < 1.0;
    const double value = std::max(0.0, milli ? 1000.0 * seconds : seconds);
    return fmt::format("{:.{}f} {}", value, value < 10.0 ? 2 : value < 100.0 ? 1 : 0, milli ? "ms" : "s");
}

std::string bytes(double bytes) {
    if (bytes < 1000.0) return fmt::format("{:.0f} bytes", bytes);
    for (const char* unit : {"kB", "MB", "GB"}) {
        bytes /= 1000.0;
        if (bytes < 1000.0) return fmt::format("{:.1f} {}", bytes, unit);
    }
    return fmt::format("{:.1f} TB", bytes / 1000.0);
}

std::string visible(std::string_view text, bool lines) {
    std::string shown;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto code = static_cast<unsigned char>(text[i]);
        // In UTF-8 the controls from U+0080 to U+009F begin with C2.
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
        const bool wide = code == 0xC2 && next >= 0x80 && next < 0xA0;
        if (wide) {
            shown += fmt::format("\\x{:02x}", next);
            ++i;
        } else if ((code < ' ' && !(lines && code == '\n')) || code == 127) {
            shown += fmt::format("\\x{:02x}", code);
        } else {
            shown += text[i];
        }
    }
    return shown;
}

std::string failure(const std::exception& error, std::string_view work) {
    const bool ofMemory = dynamic_cast<const std::bad_alloc*>(&error) || dynamic_cast<const std::length_error*>(&error);
    if (ofMemory) return fmt::format("There is not enough memory for {}: close other programs, or choose less.", work);
    if (dynamic_cast<const std::runtime_error*>(&error) || dynamic_cast<const std::invalid_argument*>(&error))
        return error.what();
    const std::string_view what = error.what();
    return fmt::format("Mergarium failed at {} in a way that it should not ({}); please report it.", work,
                       what.substr(0, std::min<std::size_t>(what.find('\n'), 300)));
}

}  // namespace mergarium::words
