#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mergarium {

/// How much a finding matters, the least first.
enum class Severity : std::uint8_t {
    /// Worth knowing.
    Note,
    /// A run is likely to be worse for it.
    Warning,
    /// A run would spend its budget for nothing, or be refused.
    Waste
};

/// "note", "warning", "waste".
std::string_view nameOf(Severity severity);

/// What a trial brought to light: one sentence, what is wrong and what to do.
struct Finding {
    Severity severity = Severity::Note;
    std::string sentence;
    bool operator==(const Finding&) const = default;
};

}  // namespace mergarium
