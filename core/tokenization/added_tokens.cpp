#include "core/tokenization/added_tokens.h"

#include "core/text/unicode.h"

#include <algorithm>

namespace mergarium::text {

void AddedTokens::Dictionary::add(const std::string& spelling, std::int32_t id) {
    if (spelling.empty() || !ids.emplace(spelling, id).second) return;
    auto& known = lengths[static_cast<std::uint8_t>(spelling.front())];
    const auto place = std::lower_bound(known.begin(), known.end(), spelling.size(), std::greater<>());
    if (place == known.end() || *place != spelling.size()) known.insert(place, spelling.size());
}

std::optional<MarkedSpan> AddedTokens::Dictionary::next(std::string_view text, std::size_t from) const {
    for (std::size_t at = from; at < text.size(); ++at)
        for (const auto size : lengths[static_cast<std::uint8_t>(text[at])]) {
            if (size > text.size() - at) continue;
            const auto found = ids.find(text.substr(at, size));
            if (found != ids.end()) return MarkedSpan{{at, at + size}, found->second};
        }
    return std::nullopt;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const TokenModel& model, const Normalizer& normalizer) {
    std::erase_if(tokens, [](const AddedToken& token) { return token.content.empty(); });
    for (const auto& token : tokens) {
        if (token.special) specials_.insert(token.content);
        auto id = idOf(token.content);
        if (!id) id = model.idOf(token.content);
        if (!id) id = static_cast<std::int32_t>(std::max(largestIdPlusOne_, model.size()));
        ids_[token.content] = *id;
        tokens_[*id] = token;
        largestIdPlusOne_ = std::max(largestIdPlusOne_, static_cast<std::size_t>(*id) + 1);
    }
    // Where two are spelled alike once normalized, special ones come first.
    std::stable_partition(tokens.begin(), tokens.end(), [](const AddedToken& token) { return token.special; });
    for (const auto& token : tokens) {
        const auto id = ids_.at(token.content);
        if (!token.normalized) {
            raw_.add(token.content, id);
            continue;
        }
        Piece piece{token.content, false};
        normalize(normalizer, piece);
        normalized_.add(piece.text, id);
        spellings_[id] = std::move(piece.text);
    }
}

std::optional<std::int32_t> AddedTokens::idOf(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

const AddedToken* AddedTokens::tokenOf(std::int32_t id) const {
    const auto found = tokens_.find(id);
    return found == tokens_.end() ? nullptr : &found->second;
}

std::optional<std::string> AddedTokens::spellingOf(std::int32_t id) const {
    const auto normalized = spellings_.find(id);
    if (normalized != spellings_.end()) return normalized->second;
    const auto* token = tokenOf(id);
    return token == nullptr ? std::nullopt : std::optional(token->content);
}

std::vector<MarkedSpan> AddedTokens::find(std::string_view text, const Dictionary& dictionary) const {
    std::vector<MarkedSpan> spans;
    std::size_t done = 0;
    std::size_t from = 0;
    while (const auto match = dictionary.next(text, from)) {
        auto [begin, end] = match->span;
        from = end;
        const auto& token = tokens_.at(*match->token);
        if (token.singleWord) {
            const bool wordBefore = begin > 0 && isWordCharacter(characterBefore(text, begin).code);
            const bool wordAfter = end < text.size() && isWordCharacter(characterAt(text, end).code);
            if (wordBefore || wordAfter) continue;
        }
        if (token.leftStrip)
            while (begin > done && isWhitespace(characterBefore(text, begin).code))
                begin = characterBefore(text, begin).begin;
        if (token.rightStrip)
            while (end < text.size() && isWhitespace(characterAt(text, end).code)) end = characterAt(text, end).end;
        if (begin > done) spans.push_back({{done, begin}, std::nullopt});
        spans.push_back({{begin, end}, match->token});
        done = end;
    }
    if (done < text.size()) spans.push_back({{done, text.size()}, std::nullopt});
    return spans;
}

}  // namespace mergarium::text
