#include "core/tokenization/normalizer.h"

#include "core/text/unicode.h"
#include "core/tokenization/byte_alphabet.h"
#include "core/tokenization/character_map.h"

#include <memory>
#include <optional>
#include <stdexcept>

namespace mergarium::text {
namespace {

void strip(Piece& piece, bool left, bool right) {
    auto& text = piece.text;
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (left && begin < end && isWhitespace(characterAt(text, begin).code)) begin = characterAt(text, begin).end;
    while (right && end > begin && isWhitespace(characterBefore(text, end).code))
        end = characterBefore(text, end).begin;
    if (begin > 0) piece.atStart = false;
    text = text.substr(begin, end - begin);
}

void replace(Piece& piece, const Pattern& pattern, const std::string& content, TextBudget& budget) {
    const auto matches = pattern.matches(piece.text, budget);
    if (matches.empty()) return;
    budget.spend(matches.size(), content.size());
    if (content.empty() && matches.front().begin == 0 && matches.front().end > 0) piece.atStart = false;
    std::string replaced;
    replaced.reserve(piece.text.size());
    std::size_t end = 0;
    for (const auto& match : matches) {
        replaced.append(piece.text, end, match.begin - end);
        replaced += content;
        end = match.end;
    }
    replaced.append(piece.text, end);
    piece.text = std::move(replaced);
}

void removeMarks(Piece& piece) {
    std::string kept;
    for (std::size_t at = 0; at < piece.text.size();) {
        const auto character = characterAt(piece.text, at);
        if (isMark(character.code))
            piece.atStart = piece.atStart && at > 0;
        else
            append(kept, character.code);
        at = character.end;
    }
    piece.text = std::move(kept);
}

std::shared_ptr<const CharacterMap> readCharacterMap(const Component& component) {
    // Null where there is nothing to be replaced.
    const auto bytes = fromBase64(component.optionalText("precompiled_charsmap").value_or(std::string()));
    if (!bytes) component.refuse("'precompiled_charsmap' is no text in base64");
    try {
        return std::make_shared<const CharacterMap>(*bytes);
    } catch (const std::runtime_error& error) {
        component.refuse(error.what());
    }
}

void read(const Component& component, Normalizer& steps) {
    const auto type = component.type();
    const auto form = [&](NormalForm wanted) {
        component.allow({});
        steps.emplace_back([wanted](Piece& piece, TextBudget&) { piece.text = normalForm(piece.text, wanted); });
    };
    if (type == "Sequence") {
        component.allow({"normalizers"});
        for (const auto& step : component.list("normalizers")) read(step, steps);
    } else if (type == "NFC") {
        form(NormalForm::C);
    } else if (type == "NFD") {
        form(NormalForm::D);
    } else if (type == "NFKC") {
        form(NormalForm::Kc);
    } else if (type == "NFKD") {
        form(NormalForm::Kd);
    } else if (type == "Lowercase") {
        component.allow({});
        steps.emplace_back([](Piece& piece, TextBudget&) { piece.text = lowercase(piece.text); });
    } else if (type == "StripAccents") {
        component.allow({});
        steps.emplace_back([](Piece& piece, TextBudget&) { removeMarks(piece); });
    } else if (type == "Strip") {
        component.allow({"strip_left", "strip_right"});
        steps.emplace_back([left = component.flag("strip_left"), right = component.flag("strip_right")](
                               Piece& piece, TextBudget&) { strip(piece, left, right); });
    } else if (type == "Prepend") {
        component.allow({"prepend"});
        steps.emplace_back([prefix = component.text("prepend")](Piece& piece, TextBudget& budget) {
            budget.spend(prefix.size());
            if (!piece.text.empty()) piece.text.insert(0, prefix);
        });
    } else if (type == "Replace") {
        component.allow({"pattern", "content"});
        steps.emplace_back([pattern = component.pattern("pattern"), content = component.text("content")](
                               Piece& piece, TextBudget& budget) { replace(piece, pattern, content, budget); });
    } else if (type == "Precompiled") {
        component.allow({"precompiled_charsmap"});
        steps.emplace_back([map = readCharacterMap(component)](Piece& piece, TextBudget& budget) {
            auto [text, startIsGone] = map->replaced(piece.text);
            budget.spend(text.size());
            piece = {std::move(text), piece.atStart && !startIsGone};
        });
    } else if (type == "ByteLevel") {
        component.allow({"add_prefix_space", "trim_offsets", "use_regex"});
        steps.emplace_back([](Piece& piece, TextBudget&) { piece.text = spelledAsBytes(piece.text); });
    } else {
        component.refuseType();
    }
}

}  // namespace

Normalizer readNormalizer(const Component& component) {
    Normalizer normalizer;
    if (!component.isNull()) read(component, normalizer);
    if (normalizer.size() > kMostSteps) component.refuse("there are too many steps");
    return normalizer;
}

void normalize(const Normalizer& normalizer, Piece& piece, TextBudget& budget) {
    for (const auto& step : normalizer) {
        step(piece, budget);
        budget.spend(piece.text.size());
    }
}

}  // namespace mergarium::text
