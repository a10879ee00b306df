#include "core/tokenization/pre_tokenizer.h"

#include "core/text/unicode.h"
#include "core/tokenization/byte_alphabet.h"
#include "core/tokenization/metaspace.h"
#include "core/tokenization/sections.h"

#include <fmt/format.h>

namespace mergarium::text {
namespace {

/// GPT-2's rule: contractions, words, numbers and marks with the space before them, and white space.
constexpr std::string_view kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

void cut(const Piece& piece, const std::vector<Section>& sections, Delimiters delimiters, std::vector<Piece>& out) {
    for (const auto& part : split(sections, delimiters))
        if (part.end > part.begin)
            out.push_back({piece.text.substr(part.begin, part.end - part.begin), piece.atStart && part.begin == 0});
}

Delimiters delimitersOf(const Component& component) {
    const auto name = component.has("behavior") ? component.text("behavior") : "Isolated";
    if (name == "Removed") return Delimiters::Removed;
    if (name == "Isolated") return Delimiters::Isolated;
    if (name == "MergedWithPrevious") return Delimiters::MergedWithPrevious;
    if (name == "MergedWithNext") return Delimiters::MergedWithNext;
    if (name == "Contiguous") return Delimiters::Contiguous;
    component.refuse(fmt::format("the behavior '{}' isn't supported", name));
}

auto atCharacters(bool (*isDelimiter)(char32_t), Delimiters delimiters) {
    return [=](Piece& piece, std::vector<Piece>& out, TextBudget&) {
        cut(piece, sectionsAt(piece.text, isDelimiter), delimiters, out);
    };
}

void readByteLevel(const Component& component, PreTokenizer& steps) {
    component.allow({"add_prefix_space", "trim_offsets", "use_regex"});
    if (component.flag("add_prefix_space", true))
        steps.emplace_back([](Piece& piece, std::vector<Piece>& out, TextBudget&) {
            if (!piece.text.starts_with(' ')) piece.text.insert(piece.text.begin(), ' ');
            out.push_back(std::move(piece));
        });
    if (component.flag("use_regex", true))
        steps.emplace_back([pattern = Pattern::regex(kGpt2)](Piece& piece, std::vector<Piece>& out,
                                                             TextBudget& budget) {
            cut(piece, sectionsAt(pattern.matches(piece.text, budget), piece.text.size()), Delimiters::Isolated, out);
        });
    steps.emplace_back([](Piece& piece, std::vector<Piece>& out, TextBudget&) {
        piece.text = spelledAsBytes(piece.text);
        out.push_back(std::move(piece));
    });
}

void readSplit(const Component& component, PreTokenizer& steps) {
    component.allow({"pattern", "behavior", "invert"});
    steps.emplace_back(
        [pattern = component.pattern("pattern"), delimiters = delimitersOf(component),
         invert = component.flag("invert", false)](Piece& piece, std::vector<Piece>& out, TextBudget& budget) {
            auto sections = sectionsAt(pattern.matches(piece.text, budget), piece.text.size());
            if (invert)
                for (auto& section : sections) section.delimiter = !section.delimiter;
            cut(piece, sections, delimiters, out);
        });
}

void readMetaspace(const Component& component, PreTokenizer& steps) {
    const auto metaspace = text::readMetaspace(component);
    const auto space = Pattern::literal(metaspace.replacement);
    steps.emplace_back([metaspace, space](Piece& piece, std::vector<Piece>& out, TextBudget& budget) {
        std::string marked;
        marked.reserve(piece.text.size() + piece.text.size() / 2);
        for (const char letter : piece.text) letter == ' ' ? marked += metaspace.replacement : marked += letter;
        const bool wanted =
            metaspace.prepend == Prepend::Always || (metaspace.prepend == Prepend::First && piece.atStart);
        if (wanted && !marked.starts_with(metaspace.replacement)) marked.insert(0, metaspace.replacement);
        piece.text = std::move(marked);
        if (!metaspace.split) return out.push_back(std::move(piece));
        cut(piece, sectionsAt(space.matches(piece.text, budget), piece.text.size()), Delimiters::MergedWithNext, out);
    });
}

/// Words and runs of other characters; white space is dropped.
void wordsAndMarks(Piece& piece, std::vector<Piece>& out, TextBudget&) {
    enum class Kind { Space, Word, Mark };
    const auto kindOf = [](char32_t code) {
        return isWordCharacter(code) ? Kind::Word : isWhitespace(code) ? Kind::Space : Kind::Mark;
    };
    const std::string_view text = piece.text;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const auto kind = kindOf(characterAt(text, begin).code);
        while (at < text.size() && kindOf(characterAt(text, at).code) == kind) at = characterAt(text, at).end;
        if (kind != Kind::Space)
            out.push_back({std::string(text.substr(begin, at - begin)), piece.atStart && begin == 0});
    }
}

void read(const Component& component, PreTokenizer& steps) {
    const auto type = component.type();
    if (type == "Sequence") {
        component.allow({"pretokenizers"});
        for (const auto& step : component.list("pretokenizers")) read(step, steps);
    } else if (type == "ByteLevel") {
        readByteLevel(component, steps);
    } else if (type == "Split") {
        readSplit(component, steps);
    } else if (type == "Metaspace") {
        readMetaspace(component, steps);
    } else if (type == "Digits") {
        component.allow({"individual_digits"});
        const bool individual = component.flag("individual_digits", false);
        steps.emplace_back(atCharacters(isNumeric, individual ? Delimiters::Isolated : Delimiters::Contiguous));
    } else if (type == "Punctuation") {
        component.allow({"behavior"});
        steps.emplace_back(atCharacters(isPunctuation, delimitersOf(component)));
    } else if (type == "Whitespace") {
        component.allow({});
        steps.emplace_back(wordsAndMarks);
    } else if (type == "WhitespaceSplit") {
        component.allow({});
        steps.emplace_back(atCharacters(isWhitespace, Delimiters::Removed));
    } else if (type == "BertPreTokenizer") {
        component.allow({});
        steps.emplace_back(atCharacters(isWhitespace, Delimiters::Removed));
        steps.emplace_back(atCharacters(isPunctuation, Delimiters::Isolated));
    } else if (type == "CharDelimiterSplit") {
        component.allow({"delimiter"});
        steps.emplace_back(
            [delimiter = component.character("delimiter")](Piece& piece, std::vector<Piece>& out, TextBudget&) {
                const auto isDelimiter = [delimiter](char32_t code) { return code == delimiter; };
                cut(piece, sectionsAt(piece.text, isDelimiter), Delimiters::Removed, out);
            });
    } else {
        component.refuseType();
    }
}

}  // namespace

PreTokenizer readPreTokenizer(const Component& component) {
    PreTokenizer preTokenizer;
    if (!component.isNull()) read(component, preTokenizer);
    if (preTokenizer.size() > kMostSteps) component.refuse("there are too many steps");
    return preTokenizer;
}

std::vector<Piece> preTokenize(const PreTokenizer& preTokenizer, Piece piece, TextBudget& budget) {
    std::vector<Piece> pieces;
    pieces.push_back(std::move(piece));
    for (const auto& step : preTokenizer) {
        std::vector<Piece> cutFurther;
        cutFurther.reserve(pieces.size());
        for (auto& one : pieces) {
            const auto before = cutFurther.size();
            step(one, cutFurther, budget);
            for (auto made = before; made < cutFurther.size(); ++made) budget.spend(cutFurther[made].text.size());
        }
        pieces = std::move(cutFurther);
    }
    return pieces;
}

}  // namespace mergarium::text
