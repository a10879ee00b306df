#pragma once

#include "core/text/code_points.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium::text {

/// What \p{NAME} stands for by Unicode 16: a general category, a script, or another property of characters. Case,
/// spaces, hyphens and underscores of names don't count. Null where the name isn't known. Any thread.
struct Property {
    CodePoints points;
    /// How PCRE2 writes it within a character class, "\p{Lu}"; empty: it can't.
    std::string inLibrary;
};
const Property* propertyNamed(std::string_view name);

/// The characters of what is written so for PCRE2, by the Unicode of that library; none where it doesn't know them.
using LibraryProperties = std::function<std::optional<CodePoints>(const std::string& written)>;
/// Of the library that is loaded, which is asked once for each. Any thread.
std::optional<CodePoints> propertiesOfLibrary(const std::string& written);

/// The code points by which properties are compared with the library's: the others of UTF-8 never differ.
const CodePoints& comparedCodePoints();

}  // namespace mergarium::text
