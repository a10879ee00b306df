#include "core/text/properties.h"

#include "core/text/unicode_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <mutex>

namespace mergarium::text {
namespace {

/// Sets that are made of others.
struct Composed {
    /// In the spelling of plain().
    std::string_view names;
    std::string_view parts;
    std::string_view inLibrary;
};
constexpr std::array<Composed, 16> kComposed{{{"lc|casedletter|l&", "Lu Ll Lt", "\\p{Lu}\\p{Ll}\\p{Lt}"},
                                              {"l|letter", "Lu Ll Lt Lm Lo", "\\p{L}"},
                                              {"m|mark|combiningmark", "Mn Mc Me", "\\p{M}"},
                                              {"n|number", "Nd Nl No", "\\p{N}"},
                                              {"p|punctuation", "Pc Pd Ps Pe Pi Pf Po", "\\p{P}"},
                                              {"s|symbol", "Sm Sc Sk So", "\\p{S}"},
                                              {"z|separator", "Zs Zl Zp", "\\p{Z}"},
                                              {"assigned", "L M N P S Z Cc Cf Co Cs", "\\P{Cn}"},
                                              {"c|other", "Cc Cf Co Cs Cn", "\\p{C}"},
                                              {"alpha", "Alphabetic", "\\p{Alphabetic}"},
                                              {"alnum", "Alphabetic Nd", "\\p{Alphabetic}\\p{Nd}"},
                                              {"lower", "Lowercase", "\\p{Lowercase}"},
                                              {"upper", "Uppercase", "\\p{Uppercase}"},
                                              {"space", "White_Space", "\\p{White_Space}"},
                                              {"punct", "P S", "\\p{P}\\p{S}"},
                                              {"word", "Alphabetic M Nd Pc", "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"}}};

/// As names are compared.
std::string plain(std::string_view name) {
    std::string letters;
    for (const char letter : name)
        if (letter != ' ' && letter != '_' && letter != '-')
            letters += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return letters;
}

bool isOneOf(std::string_view names, const std::string& name) {
    for (std::size_t begin = 0; begin <= names.size();) {
        const auto end = std::min(names.find('|', begin), names.size());
        if (plain(names.substr(begin, end - begin)) == name) return true;
        begin = end + 1;
    }
    return false;
}

/// The names of the set of a table that has this one among them, "Han|Hani"; empty where there is none.
std::string_view namesIn(std::string_view table, const std::string& name) {
    while (!table.empty()) {
        const auto names = table.substr(0, table.find(':'));
        if (isOneOf(names, name)) return names;
        table.remove_prefix(table.find(';') + 1);
    }
    return {};
}

std::optional<Property> fromTables(const std::string& name) {
    if (const auto names = namesIn(kCategories, name); !names.empty()) {
        // The second name is the short one, which every version of the library takes.
        const auto shortName = names.substr(names.find('|') + 1);
        return Property{readSet(kCategories, names.substr(0, names.find('|'))),
                        fmt::format("\\p{{{}}}", shortName.substr(0, shortName.find('|')))};
    }
    if (const auto flag = namesIn(kFlags, name); !flag.empty())
        return Property{readSet(kFlags, flag), fmt::format("\\p{{{}}}", flag)};
    // A script's characters alone, without those that it shares with others.
    const auto names = namesIn(kScripts, name);
    if (names.empty()) return std::nullopt;
    const auto script = names.substr(0, names.find('|'));
    return Property{readSet(kScripts, script), fmt::format("\\p{{sc:{}}}", script)};
}

std::optional<Property> made(const std::string& name) {
    if (name == "any") return Property{CodePoints({{0, kLastCodePoint}}), "\\p{Any}"};
    if (name == "ascii") return Property{CodePoints({{0, 0x7F}}), "\\x00-\\x7F"};
    if (name == "xdigit") return Property{CodePoints({{'0', '9'}, {'A', 'F'}, {'a', 'f'}}), "0-9A-Fa-f"};
    if (name == "blank") {
        const auto* spaces = propertyNamed("Zs");
        return Property{spaces->points | CodePoints({{'\t', '\t'}}), "\\t\\p{Zs}"};
    }
    if (name == "cn" || name == "unassigned")
        return Property{propertyNamed("Assigned")->points.complement(), "\\p{Cn}"};
    for (const auto& [names, parts, inLibrary] : kComposed) {
        if (!isOneOf(names, name)) continue;
        CodePoints whole;
        for (auto rest = parts; !rest.empty();) {
            const auto part = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
            whole = whole | propertyNamed(part)->points;
        }
        return Property{std::move(whole), std::string(inLibrary)};
    }
    return fromTables(name);
}

}  // namespace

const Property* propertyNamed(std::string_view name) {
    static std::recursive_mutex mutex;
    static std::map<std::string, std::optional<Property>, std::less<>> known;
    const auto key = plain(name);
    const std::lock_guard lock(mutex);
    auto found = known.find(key);
    if (found == known.end()) {
        auto property = made(key);
        if (!property) return nullptr;
        found = known.emplace(key, std::move(property)).first;
    }
    return &*found->second;
}

}  // namespace mergarium::text
