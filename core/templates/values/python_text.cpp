#include "core/templates/values/python_text.h"

#include "core/text/unicode.h"

#include <string.h>
#include <unicode/uchar.h>

#include <algorithm>

namespace mergarium::jinja {
namespace {

/// Whether a character is among those of a text.
bool isOneOf(std::string_view characters, std::string_view one) {
    for (std::size_t at = 0; at < characters.size();) {
        const auto end = characterEnd(characters, at);
        if (characters.substr(at, end - at) == one) return true;
        at = end;
    }
    return false;
}

}  // namespace

std::size_t characterEnd(std::string_view text, std::size_t begin) { return text::characterAt(text, begin).end; }

std::size_t characterCount(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at = static_cast<unsigned char>(text[at]) < 0x80 ? at + 1 : characterEnd(text, at);
    return count;
}

bool isSpace(char32_t code) {
    return (code >= 0x1c && code <= 0x1f) || u_isUWhiteSpace(static_cast<UChar32>(code)) != 0;
}

std::size_t findIn(std::string_view text, std::string_view part, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (part.empty()) return from;
    const auto* found = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : std::string_view::npos;
}

std::size_t countIn(std::string_view text, std::string_view part) {
    if (part.empty()) return characterCount(text) + 1;
    std::size_t count = 0;
    for (auto at = findIn(text, part); at != std::string_view::npos; at = findIn(text, part, at + part.size())) ++count;
    return count;
}

std::string_view stripped(std::string_view text, Side side, std::optional<std::string_view> of) {
    const auto goes = [&](const text::Character& one) {
        return of ? isOneOf(*of, text.substr(one.begin, one.end - one.begin)) : isSpace(one.code);
    };
    std::size_t begin = 0, end = text.size();
    if (side != Side::Right)
        while (begin < end) {
            const auto first = text::characterAt(text, begin);
            if (!goes(first)) break;
            begin = first.end;
        }
    if (side != Side::Left)
        while (end > begin) {
            const auto last = text::characterBefore(text, end);
            if (last.begin < begin || !goes(last)) break;
            end = last.begin;
        }
    return text.substr(begin, end - begin);
}

std::vector<std::string_view> split(std::string_view text, std::optional<std::string_view> separator,
                                    std::size_t most) {
    std::vector<std::string_view> parts;
    if (!separator) {
        for (auto rest = stripped(text, Side::Left); !rest.empty();) {
            if (parts.size() == most) {
                parts.push_back(stripped(rest, Side::Right));
                break;
            }
            std::size_t end = 0;
            while (end < rest.size()) {
                const auto one = text::characterAt(rest, end);
                if (isSpace(one.code)) break;
                end = one.end;
            }
            parts.push_back(rest.substr(0, end));
            rest = stripped(rest.substr(end), Side::Left);
        }
        return parts;
    }
    std::size_t begin = 0;
    for (auto at = findIn(text, *separator); at != std::string_view::npos && parts.size() < most;
         at = findIn(text, *separator, begin)) {
        parts.push_back(text.substr(begin, at - begin));
        begin = at + separator->size();
    }
    parts.push_back(text.substr(begin));
    return parts;
}

std::vector<std::string_view> splitFromEnd(std::string_view text, std::optional<std::string_view> separator,
                                           std::size_t most) {
    auto all = split(text, separator);
    if (all.size() <= most || most == kAll || all.empty()) return all;
    // The first parts stay together: as far as the last of them reaches.
    const auto together = all.size() - most;
    const auto& last = all[together - 1];
    const auto head = text.substr(0, static_cast<std::size_t>(last.data() - text.data()) + last.size());
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(together));
    all.insert(all.begin(), head);
    return all;
}

std::vector<std::string_view> splitLines(std::string_view text, bool keepEnds) {
    const auto ends = [](char32_t code) {
        return (code >= 0x0a && code <= 0x0d) || (code >= 0x1c && code <= 0x1e) || code == 0x85 || code == 0x2028 ||
               code == 0x2029;
    };
    std::vector<std::string_view> lines;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto one = text::characterAt(text, at);
        at = one.end;
        if (!ends(one.code)) continue;
        if (one.code == '\r' && at < text.size() && text[at] == '\n') ++at;
        lines.push_back(text.substr(begin, (keepEnds ? at : one.begin) - begin));
        begin = at;
    }
    if (begin < text.size()) lines.push_back(text.substr(begin));
    return lines;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by, std::size_t most) {
    std::string result;
    std::size_t begin = 0;
    if (what.empty()) {  // before every character, and at the end
        for (std::size_t count = 0; count < most; ++count) {
            result += by;
            if (begin == text.size()) return result;
            const auto end = characterEnd(text, begin);
            result += text.substr(begin, end - begin);
            begin = end;
        }
        return result.append(text.substr(begin));
    }
    std::size_t count = 0;
    for (auto at = findIn(text, what); at != std::string_view::npos && count < most; at = findIn(text, what, begin)) {
        result.append(text.substr(begin, at - begin)).append(by);
        begin = at + what.size();
        ++count;
    }
    return result.append(text.substr(begin));
}

}  // namespace mergarium::jinja
