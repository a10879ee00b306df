#pragma once

#include <string_view>

namespace mergarium::text {

/// The Unicode Character Database, version 16.0.0, as far as tokenizers ask for it, as packaging/unicode writes it.
/// Sets are "NAME|OTHER NAME:RANGES;"; for each range two numbers, how far it begins behind the one before and how many
/// code points follow its first. Numbers are digits of 32, lowest first. CodePoints reads them.
extern const std::string_view kCategories;
extern const std::string_view kScripts;
/// Properties that a character has or hasn't.
extern const std::string_view kFlags;
extern const std::string_view kGraphemeBreaks;
/// Two sets as an earlier version had them.
extern const std::string_view kOfOlderVersions;
/// Runs of code points that have a small form, four numbers each: how far it begins behind the last code point before,
/// how many follow its first, how far those are apart, and twice the distance to the small forms (less one when down).
extern const std::string_view kLowercase;

}  // namespace mergarium::text
