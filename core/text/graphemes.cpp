#include "core/text/properties.h"
#include "core/text/unicode.h"
#include "core/text/unicode_tables.h"

namespace mergarium::text {
namespace {

/// The values of Grapheme_Cluster_Break, and pictographs, which the rule for emoji asks for.
enum class Break {
    Other,
    CarriageReturn,
    LineFeed,
    Control,
    Extend,
    Joiner,
    Regional,
    Prepend,
    Spacing,
    Lead,
    Vowel,
    Trail,
    LeadVowel,
    LeadVowelTrail,
    Pictograph
};

constexpr char32_t kFirstHangul = 0xAC00;
constexpr char32_t kLastHangul = 0xD7A3;
/// Syllables with the same vowel.
constexpr char32_t kTrails = 28;

struct Kind {
    CodePointTable points;
    Break value;
};

std::vector<Kind> readKinds() {
    std::vector<Kind> kinds;
    const auto add = [&](std::string_view name, Break value) {
        kinds.push_back({CodePointTable(readSet(kGraphemeBreaks, name)), value});
    };
    add("Control", Break::Control);
    add("Extend", Break::Extend);
    add("SpacingMark", Break::Spacing);
    add("Prepend", Break::Prepend);
    add("L", Break::Lead);
    add("V", Break::Vowel);
    add("T", Break::Trail);
    kinds.push_back({CodePointTable(propertyNamed("Regional_Indicator")->points), Break::Regional});
    kinds.push_back({CodePointTable(propertyNamed("Extended_Pictographic")->points), Break::Pictograph});
    return kinds;
}

Break breakOf(char32_t code) {
    if (code >= 0x20 && code < 0x7F) return Break::Other;
    if (code == '\r') return Break::CarriageReturn;
    if (code == '\n') return Break::LineFeed;
    if (code == 0x200D) return Break::Joiner;
    if (code >= kFirstHangul && code <= kLastHangul)
        return (code - kFirstHangul) % kTrails == 0 ? Break::LeadVowel : Break::LeadVowelTrail;
    static const auto kinds = readKinds();
    for (const auto& kind : kinds)
        if (kind.points.contains(code)) return kind.value;
    return Break::Other;
}

/// Reads characters from left to right, and says where none may be parted. The numbers are of the rules of Annex 29.
class Joining {
public:
    bool isJoined(Break next) {
        const bool joined = follows(next);
        oddRegional_ = next == Break::Regional && !(joined && oddRegional_);
        const bool extends = (next == Break::Extend || next == Break::Joiner) && last_ != Break::Joiner;
        pictograph_ = next == Break::Pictograph || (pictograph_ && extends);
        last_ = next;
        return joined;
    }

private:
    static bool isEnd(Break value) {
        return value == Break::Control || value == Break::CarriageReturn || value == Break::LineFeed;
    }

    bool follows(Break next) const {
        if (last_ == Break::CarriageReturn && next == Break::LineFeed) return true;  // GB3
        if (isEnd(last_) || isEnd(next)) return false;                               // GB4, 5
        const bool vowel = next == Break::Vowel;
        const bool trail = next == Break::Trail;
        if (last_ == Break::Lead &&
            (next == Break::Lead || vowel || next == Break::LeadVowel || next == Break::LeadVowelTrail))
            return true;                                                                            // GB6
        if ((last_ == Break::LeadVowel || last_ == Break::Vowel) && (vowel || trail)) return true;  // GB7
        if ((last_ == Break::LeadVowelTrail || last_ == Break::Trail) && trail) return true;        // GB8
        if (next == Break::Extend || next == Break::Joiner || next == Break::Spacing) return true;  // GB9, 9a
        if (last_ == Break::Prepend) return true;                                                   // GB9b
        if (last_ == Break::Joiner && pictograph_ && next == Break::Pictograph) return true;        // GB11
        return last_ == Break::Regional && oddRegional_ && next == Break::Regional;                 // GB12, 13
    }

    Break last_ = Break::Control;
    /// The last character is the first, third, ... of regional indicators in a row.
    bool oddRegional_ = false;
    /// A pictograph with what extends it ends here, perhaps with a joiner.
    bool pictograph_ = false;
};

}  // namespace

std::vector<std::string_view> graphemeClusters(std::string_view text) {
    std::vector<std::string_view> clusters;
    Joining joining;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = characterAt(text, at);
        if (!joining.isJoined(breakOf(character.code)) && at > begin) {
            clusters.push_back(text.substr(begin, at - begin));
            begin = at;
        }
        at = character.end;
    }
    if (begin < text.size()) clusters.push_back(text.substr(begin));
    return clusters;
}

}  // namespace mergarium::text
