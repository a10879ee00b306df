#pragma once

#include "core/text/pattern.h"

#include <functional>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// A part of a text, and whether it is a delimiter.
struct Section {
    Span span;
    bool delimiter = false;
};

/// Where delimiters go when a text is split at them.
enum class Delimiters { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// The whole text as delimiters, the given matches, and what lies between.
std::vector<Section> sectionsAt(const std::vector<Span>& matches, std::size_t textSize);
/// The same with every character that satisfies `isDelimiter` as a delimiter.
std::vector<Section> sectionsAt(std::string_view text, const std::function<bool(char32_t)>& isDelimiter);

/// The parts that a split leaves, from left to right; some may be empty.
std::vector<Span> split(const std::vector<Section>& sections, Delimiters delimiters);

}  // namespace mergarium::text
