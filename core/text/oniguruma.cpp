#include "core/text/oniguruma.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace mergarium::text {
namespace {

constexpr std::array<std::string_view, 4> kWord{"Alphabetic", "M", "Nd", "Pc"};
/// Of Latin-1, Oniguruma has a table by itself for \w outside of classes, with superscripts and fractions.
constexpr std::string_view kLatinNumbers = "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}";
constexpr std::string_view kHexDigit = "0-9A-Fa-f";

/// What stands within [: and :] beside "word", and is a property by this name.
constexpr std::array<std::string_view, 6> kNamedClasses{"alpha", "digit", "lower", "punct", "space", "upper"};

/// Within a character class, without surrogates, which aren't characters.
std::string written(const CodePoints& points) {
    static const CodePoints surrogates({{0xD800, 0xDFFF}});
    std::string ranges;
    const auto characters = points - surrogates;
    for (const auto& [first, last] : characters.ranges()) {
        ranges += fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(first));
        if (last > first) ranges += fmt::format("-\\x{{{:x}}}", static_cast<std::uint32_t>(last));
    }
    return ranges;
}

bool isDigit(char letter) { return letter >= '0' && letter <= '9'; }
bool isAsciiLetter(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); }

class Rewriting {
public:
    /// `exact`: properties are Unicode 16's whatever the library's are.
    Rewriting(std::string_view expression, const LibraryProperties& library, bool exact)
        : in_(expression), library_(library), exact_(exact) {}

    std::string run() {
        while (at_ < in_.size()) step();
        return std::move(out_);
    }
    /// The characters that the library takes for others than Unicode 16 in what the expression asks for.
    const CodePoints& differing() const { return differing_; }

private:
    [[noreturn]] void refuse(std::string_view what) const {
        throw std::invalid_argument(fmt::format("{} isn't supported (in '{}')", what, in_));
    }

    char peek(std::size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
    bool startsWith(std::string_view text) const { return in_.substr(at_).starts_with(text); }
    void copy(std::size_t count) {
        out_ += in_.substr(at_, count);
        at_ += count;
    }
    /// What stands here goes out as `text`.
    void replace(std::size_t count, std::string_view text) {
        out_ += text;
        at_ += count;
    }

    void step() {
        switch (peek()) {
            case '\\':
                atom_ = out_.size();
                escape(false);
                break;
            case '[':
                atom_ = out_.size();
                characterClass();
                break;
            case '(': openGroup(); break;
            case ')':
                if (groups_.empty()) refuse("An unmatched ')'");
                atom_ = groups_.back();
                groups_.pop_back();
                copy(1);
                break;
            case '{':
                if (!interval()) {
                    atom_ = out_.size();
                    replace(1, "\\{");
                }
                break;
            case '*':
            case '+':
            case '?': copy(1); break;
            case '|': copy(1); break;
            default:
                atom_ = out_.size();
                copy(1);
                while (at_ < in_.size() && (static_cast<unsigned char>(peek()) & 0xC0u) == 0x80u) copy(1);
        }
    }

    void openGroup() {
        groups_.push_back(out_.size());
        if (startsWith("(?~")) refuse("The absent operator (?~");
        if (!startsWith("(?")) return copy(1);
        if (startsWith("(?#")) {
            groups_.pop_back();
            const auto end = in_.find(')', at_);
            at_ = end == std::string_view::npos ? in_.size() : end + 1;
            return;
        }
        const char kind = peek(2);
        if (kind == ':' || kind == '=' || kind == '!' || kind == '>') return copy(3);
        if (kind == '<') return copy(3);  // a look-behind or a name
        options();
    }

    /// (?imx-imx: and (?imx-imx), where m lets a dot match line ends.
    void options() {
        const auto begin = at_;
        out_ += "(?";
        for (at_ += 2; peek() != ':' && peek() != ')'; ++at_) {
            const char option = peek();
            if (option != 'i' && option != 'm' && option != '-') refuse("A group of this kind");
            out_ += option == 'm' ? 's' : option;
        }
        if (peek() == ')') {
            // In the middle of an alternation this would reach further in PCRE2 than in Ruby.
            if (begin != 0) refuse("An option in the middle of an expression");
            groups_.pop_back();
        }
        copy(1);
    }

    /// {n}, {n,}, {,m}, {n,m} and what may follow; false when the brace is only a character.
    bool interval() {
        const auto end = in_.find('}', at_);
        if (end == std::string_view::npos) return false;
        const auto inside = in_.substr(at_ + 1, end - at_ - 1);
        const auto comma = inside.find(',');
        const auto least = inside.substr(0, comma);
        const auto most = comma == std::string_view::npos ? std::string_view{} : inside.substr(comma + 1);
        for (const char digit : least)
            if (!isDigit(digit)) return false;
        for (const char digit : most)
            if (!isDigit(digit)) return false;
        if (least.empty() && most.empty()) return false;
        out_ += fmt::format("{{{}{}}}", least.empty() ? "0" : least,
                            comma == std::string_view::npos ? std::string() : fmt::format(",{}", most));
        at_ = end + 1;
        const bool repeatedAgain = peek() == '+' || (peek() == '?' && comma == std::string_view::npos);
        if (repeatedAgain && atom_) {
            out_.insert(*atom_, "(?:");
            out_ += ')';
            copy(1);
        }
        return true;
    }

    void escape(bool inClass) {
        const char letter = peek(1);
        if (letter == '\0') refuse("A backslash at the end");
        switch (letter) {
            case 's': return replace(2, property("White_Space", false, inClass));
            case 'S': return replace(2, property("White_Space", true, inClass));
            case 'd': return replace(2, property("Nd", false, inClass));
            case 'D': return replace(2, property("Nd", true, inClass));
            case 'w': return replace(2, inClass ? word() : fmt::format("[{}]", wordAlone()));
            case 'h': return replace(2, inClass ? std::string(kHexDigit) : fmt::format("[{}]", kHexDigit));
            case 'W':
            case 'H':
                if (inClass) refuse(fmt::format("\\{} in a character class", letter));
                return replace(2, fmt::format("[^{}]", letter == 'W' ? wordAlone() : std::string(kHexDigit)));
            case 'v': return replace(2, "\\x0B");
            case 'u': return codePoint();
            case 'p':
            case 'P':
            case 'x': return braced(inClass);
            case 'b':
                if (inClass) return copy(2);
                return replace(2, fmt::format("(?:(?<=[{0}])(?![{0}])|(?<![{0}])(?=[{0}]))", wordAlone()));
            case 'B':
                if (inClass) break;
                return replace(2, fmt::format("(?:(?<=[{0}])(?=[{0}])|(?<![{0}])(?![{0}]))", wordAlone()));
            default: break;
        }
        constexpr std::string_view kAlike = "nrtfaeAzZGR";
        if (isAsciiLetter(letter) && (inClass || kAlike.find(letter) == std::string_view::npos) &&
            std::string_view("nrtfae").find(letter) == std::string_view::npos)
            refuse(fmt::format("\\{}", letter));
        copy(2);
        while (at_ < in_.size() && (static_cast<unsigned char>(peek()) & 0xC0u) == 0x80u) copy(1);
    }

    /// \uHHHH
    void codePoint() {
        const auto digits = in_.substr(at_ + 2, 4);
        if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
            refuse("\\u without four hexadecimal digits");
        replace(6, fmt::format("\\x{{{}}}", digits));
    }

    /// \p{...}, \P{...}, \x{...}
    void braced(bool inClass) {
        const auto end = in_.find('}', at_);
        if (peek(2) != '{' || end == std::string_view::npos) refuse(fmt::format("\\{} without braces", peek(1)));
        if (peek(1) == 'x') return copy(end + 1 - at_);
        const bool inverted = peek(3) == '^';
        const auto name = in_.substr(at_ + 3 + (inverted ? 1 : 0), end - at_ - 3 - (inverted ? 1 : 0));
        replace(end + 1 - at_, property(name, inverted != (peek(1) == 'P'), inClass));
    }

    std::string property(std::string_view name, bool negated, bool inClass) {
        const auto* found = propertyNamed(name);
        if (found == nullptr) refuse(fmt::format("The property {}", name));
        const auto theirs = library_(found->inLibrary);
        const auto added = theirs ? (found->points & comparedCodePoints()) - *theirs : found->points;
        const auto removed = theirs ? *theirs - found->points : CodePoints();
        const bool same = theirs && added.empty() && removed.empty();
        if (theirs) differing_ = differing_ | added | removed;

        const bool asItIs = same || (theirs && !exact_);
        const bool isOne =
            found->inLibrary.starts_with("\\p{") && found->inLibrary.find('}') + 1 == found->inLibrary.size();
        if (asItIs && isOne && (negated || !inClass))
            return fmt::format("\\{}{}", negated ? 'P' : 'p', found->inLibrary.substr(2));
        if (negated && inClass) return written(found->points.complement());
        const auto item = asItIs                      ? found->inLibrary
                          : theirs && removed.empty() ? found->inLibrary + written(added)
                                                      : written(found->points);
        return inClass ? item : fmt::format("[{}{}]", negated ? "^" : "", item);
    }

    std::string wordAlone() { return word() + std::string(kLatinNumbers); }
    std::string word() {
        std::string items;
        for (const auto name : kWord) items += property(name, false, true);
        return items;
    }

    void characterClass() {
        copy(1);
        if (peek() == '^') copy(1);
        if (peek() == ']') replace(1, "\\]");
        while (peek() != ']') {
            if (at_ >= in_.size()) refuse("A '[' without ']'");
            if (startsWith("&&")) refuse("&& in a character class");
            if (startsWith("[:")) {
                namedClass();
            } else if (peek() == '[') {
                refuse("A '[' within a character class");
            } else if (peek() == '\\') {
                escape(true);
            } else {
                copy(1);
            }
        }
        copy(1);
    }

    /// [:alpha:]
    void namedClass() {
        const auto end = in_.find(":]", at_);
        const auto name = in_.substr(at_ + 2, end == std::string_view::npos ? end : end - at_ - 2);
        if (name == "word") return replace(name.size() + 4, word());
        if (std::ranges::find(kNamedClasses, name) != kNamedClasses.end())
            return replace(name.size() + 4, property(name, false, true));
        refuse(fmt::format("The character class [:{}:]", name));
    }

    std::string_view in_;
    const LibraryProperties& library_;
    const bool exact_;
    std::size_t at_ = 0;
    std::string out_;
    /// Where in the output the atom begins that a quantifier would repeat, and those of the open groups.
    std::optional<std::size_t> atom_;
    std::vector<std::size_t> groups_;
    CodePoints differing_;
};

}  // namespace

Rewritten fromOniguruma(std::string_view expression, const LibraryProperties& library) {
    Rewriting usual(expression, library, false);
    Rewriting exact(expression, library, true);
    return {.usual = usual.run(), .exact = exact.run(), .differing = usual.differing()};
}

}  // namespace mergarium::text
