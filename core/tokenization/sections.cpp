#include "core/tokenization/sections.h"

#include "core/text/unicode.h"

#include <algorithm>

namespace mergarium::text {
namespace {

/// Every delimiter joins the part before it, except that the second of two in a row stands alone.
std::vector<Span> mergedWithPrevious(const std::vector<Section>& sections) {
    std::vector<Span> parts;
    bool afterDelimiter = false;
    for (const auto& section : sections) {
        if (section.delimiter && !afterDelimiter && !parts.empty())
            parts.back().end = section.span.end;
        else
            parts.push_back(section.span);
        afterDelimiter = section.delimiter;
    }
    return parts;
}

std::vector<Span> mergedWithNext(const std::vector<Section>& sections) {
    std::vector<Span> parts;
    bool beforeDelimiter = false;
    for (auto section = sections.rbegin(); section != sections.rend(); ++section) {
        if (section->delimiter && !beforeDelimiter && !parts.empty())
            parts.back().begin = section->span.begin;
        else
            parts.push_back(section->span);
        beforeDelimiter = section->delimiter;
    }
    std::reverse(parts.begin(), parts.end());
    return parts;
}

std::vector<Span> contiguous(const std::vector<Section>& sections) {
    std::vector<Span> parts;
    bool lastIsDelimiter = false;
    for (const auto& section : sections) {
        if (section.delimiter == lastIsDelimiter && !parts.empty())
            parts.back().end = section.span.end;
        else
            parts.push_back(section.span);
        lastIsDelimiter = section.delimiter;
    }
    return parts;
}

}  // namespace

std::vector<Section> sectionsAt(const std::vector<Span>& matches, std::size_t textSize) {
    std::vector<Section> sections;
    sections.reserve(2 * matches.size() + 1);
    std::size_t end = 0;
    for (const auto& match : matches) {
        if (match.begin > end) sections.push_back({{end, match.begin}, false});
        sections.push_back({match, true});
        end = match.end;
    }
    if (end < textSize) sections.push_back({{end, textSize}, false});
    return sections;
}

std::vector<Section> sectionsAt(std::string_view text, const std::function<bool(char32_t)>& isDelimiter) {
    std::vector<Span> matches;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = characterAt(text, at);
        if (isDelimiter(character.code)) matches.push_back({character.begin, character.end});
        at = character.end;
    }
    return sectionsAt(matches, text.size());
}

std::vector<Span> split(const std::vector<Section>& sections, Delimiters delimiters) {
    std::vector<Span> parts;
    switch (delimiters) {
        case Delimiters::MergedWithPrevious: return mergedWithPrevious(sections);
        case Delimiters::MergedWithNext: return mergedWithNext(sections);
        case Delimiters::Contiguous: return contiguous(sections);
        case Delimiters::Removed:
            for (const auto& section : sections)
                if (!section.delimiter) parts.push_back(section.span);
            return parts;
        case Delimiters::Isolated:
            for (const auto& section : sections) parts.push_back(section.span);
            return parts;
    }
    return parts;
}

}  // namespace mergarium::text
