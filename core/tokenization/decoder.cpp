#include "core/tokenization/decoder.h"

#include "core/text/unicode.h"
#include "core/tokenization/byte_alphabet.h"
#include "core/tokenization/metaspace.h"

#include <array>
#include <cstdint>
#include <utility>

namespace mergarium::text {
namespace {

using Tokens = std::vector<std::string>;

constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kSpaceMark = "\u2581";

std::string joined(const Tokens& tokens, std::string_view between = {}) {
    std::string text;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i > 0) text += between;
        text += tokens[i];
    }
    return text;
}

void replaceAll(std::string& text, std::string_view what, std::string_view with) {
    std::string replaced;
    std::size_t end = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, end)) {
        replaced.append(text, end, at - end).append(with);
        end = at + what.size();
    }
    if (end > 0) text = replaced.append(text, end);
}

std::string replaced(const std::string& text, const Pattern& pattern, const std::string& content, TextBudget& budget) {
    const auto matches = pattern.matches(text, budget);
    budget.spend(matches.size(), content.size());
    std::string result;
    std::size_t end = 0;
    for (const auto& match : matches) {
        result.append(text, end, match.begin - end);
        result += content;
        end = match.end;
    }
    return result.append(text, end);
}

/// The bytes that byte-level tokens spell, as text; a token with a character outside of that alphabet is text itself.
void joinBytes(Tokens& tokens) {
    std::string bytes;
    for (const auto& token : tokens) {
        const auto before = bytes.size();
        for (std::size_t at = 0; at < token.size();) {
            const auto character = characterAt(token, at);
            const auto byte = byteOf(character.code);
            if (!byte) {
                bytes.resize(before);
                bytes += token;
                break;
            }
            bytes += static_cast<char>(*byte);
            at = character.end;
        }
    }
    tokens = {repaired(bytes)};
}

/// <0x0A>
std::optional<char> byteNamed(const std::string& token) {
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return std::nullopt;
    int value = 0;
    for (const char digit : token.substr(3, 2)) {
        if (digit >= '0' && digit <= '9')
            value = 16 * value + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            value = 16 * value + (digit - 'a' + 10);
        else if (digit >= 'A' && digit <= 'F')
            value = 16 * value + (digit - 'A' + 10);
        else
            return std::nullopt;
    }
    return static_cast<char>(value);
}

/// Runs of byte tokens become text; of a run that isn't UTF-8 every byte becomes U+FFFD.
void joinFallbackBytes(Tokens& tokens) {
    Tokens texts;
    std::string run;
    const auto endRun = [&] {
        if (run.empty()) return;
        if (isValid(run))
            texts.push_back(run);
        else
            texts.insert(texts.end(), run.size(), std::string(kReplacement));
        run.clear();
    };
    for (auto& token : tokens) {
        if (const auto byte = byteNamed(token)) {
            run += *byte;
        } else {
            endRun();
            texts.push_back(std::move(token));
        }
    }
    endRun();
    tokens = std::move(texts);
}

/// Up to `start` of the character from the front, up to `stop` from the back, of every token.
void strip(Tokens& tokens, const std::string& content, std::int64_t start, std::int64_t stop) {
    for (auto& token : tokens) {
        std::string_view left = token;
        for (std::int64_t i = 0; i < start && left.starts_with(content); ++i) left.remove_prefix(content.size());
        for (std::int64_t i = 0; i < stop && left.ends_with(content); ++i) left.remove_suffix(content.size());
        token = std::string(left);
    }
}

void unmarkSpaces(Tokens& tokens, const Metaspace& metaspace) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool first = i == 0 && metaspace.prepend != Prepend::Never;
        replaceAll(tokens[i], metaspace.replacement, first ? "" : " ");
    }
}

void joinWordPieces(Tokens& tokens, const std::string& prefix, bool cleanup) {
    using Change = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Change, 11> kCleanups{{{" .", "."},
                                                       {" ?", "?"},
                                                       {" !", "!"},
                                                       {" ,", ","},
                                                       {" ' ", "'"},
                                                       {" n't", "n't"},
                                                       {" 'm", "'m"},
                                                       {" do not", " don't"},
                                                       {" 's", "'s"},
                                                       {" 've", "'ve"},
                                                       {" 're", "'re"}}};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto& token = tokens[i];
        if (i > 0)
            token.starts_with(prefix) ? void(token.erase(0, prefix.size())) : void(token.insert(token.begin(), ' '));
        if (cleanup)
            for (const auto& [what, with] : kCleanups) replaceAll(token, what, with);
    }
}

void read(const Component& component, Decoder& steps) {
    const auto type = component.type();
    if (type == "Sequence") {
        component.allow({"decoders"});
        for (const auto& step : component.list("decoders")) read(step, steps);
    } else if (type == "ByteLevel") {
        component.allow({"add_prefix_space", "trim_offsets", "use_regex"});
        steps.emplace_back([](Tokens& tokens, TextBudget&) { joinBytes(tokens); });
    } else if (type == "ByteFallback") {
        component.allow({});
        steps.emplace_back([](Tokens& tokens, TextBudget&) { joinFallbackBytes(tokens); });
    } else if (type == "Fuse") {
        component.allow({});
        steps.emplace_back([](Tokens& tokens, TextBudget&) { tokens = {joined(tokens)}; });
    } else if (type == "Replace") {
        component.allow({"pattern", "content"});
        steps.emplace_back([pattern = component.pattern("pattern"), content = component.text("content")](
                               Tokens& tokens, TextBudget& budget) {
            for (auto& token : tokens) token = replaced(token, pattern, content, budget);
        });
    } else if (type == "Strip") {
        component.allow({"content", "start", "stop"});
        std::string content;
        append(content, component.character("content"));
        steps.emplace_back([content, start = component.integer("start"), stop = component.integer("stop")](
                               Tokens& tokens, TextBudget&) { strip(tokens, content, start, stop); });
    } else if (type == "Metaspace") {
        steps.emplace_back(
            [metaspace = readMetaspace(component)](Tokens& tokens, TextBudget&) { unmarkSpaces(tokens, metaspace); });
    } else if (type == "WordPiece") {
        component.allow({"prefix", "cleanup"});
        steps.emplace_back([prefix = component.text("prefix"), cleanup = component.flag("cleanup")](
                               Tokens& tokens, TextBudget&) { joinWordPieces(tokens, prefix, cleanup); });
    } else if (type == "BPEDecoder") {
        component.allow({"suffix"});
        const auto suffix = component.optionalText("suffix");
        if (!suffix) component.refuse("an empty suffix isn't supported");
        steps.emplace_back([suffix = *suffix](Tokens& tokens, TextBudget&) {
            for (std::size_t i = 0; i < tokens.size(); ++i)
                replaceAll(tokens[i], suffix, i + 1 < tokens.size() ? " " : "");
        });
    } else {
        component.refuseType();
    }
}

}  // namespace

std::optional<Decoder> readDecoder(const Component& component) {
    if (component.isNull()) return std::nullopt;
    Decoder decoder;
    read(component, decoder);
    if (decoder.size() > kMostSteps) component.refuse("there are too many steps");
    return decoder;
}

Decoder sentencePieceDecoder(LeadingSpaces leading, std::string unknown, std::string unknownText) {
    return {[=](Tokens& tokens, TextBudget&) {
                bool atStart = leading != LeadingSpaces::Stay;
                for (auto& token : tokens) {
                    if (token == unknown) {
                        token = unknownText;
                    } else {
                        if (atStart && token.starts_with(kSpaceMark)) {
                            token.erase(0, kSpaceMark.size());
                            atStart = leading == LeadingSpaces::AllGo;
                        }
                        replaceAll(token, kSpaceMark, " ");
                    }
                    atStart = atStart && token.empty();
                }
            },
            [](Tokens& tokens, TextBudget&) { joinFallbackBytes(tokens); }};
}

std::string decode(const std::optional<Decoder>& decoder, std::vector<std::string> tokens, TextBudget& budget) {
    if (!decoder) return joined(tokens, " ");
    for (const auto& step : *decoder) {
        step(tokens, budget);
        for (const auto& token : tokens) budget.spend(token.size());
    }
    return joined(tokens);
}

}  // namespace mergarium::text
