#include "core/tokenization/added_tokens.h"

#include "core/text/unicode.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace mergarium::text {
namespace {

/// Of a token that is looked for; most are shorter.
constexpr std::size_t kBytesBetweenLooks = 64;

}  // namespace

void AddedTokens::Dictionary::sort() {
    // Of those spelled alike, the first one counts.
    std::ranges::stable_sort(entries, {}, &Entry::spelling);
    const auto alike = [](const Entry& a, const Entry& b) { return a.spelling == b.spelling; };
    entries.erase(std::unique(entries.begin(), entries.end(), alike), entries.end());
    std::erase_if(entries, [](const Entry& entry) { return entry.spelling.empty(); });
    for (const auto& entry : entries) ++firsts[static_cast<std::uint8_t>(entry.spelling.front()) + std::size_t{1}];
    std::partial_sum(firsts.begin(), firsts.end(), firsts.begin());
}

const AddedTokens::Dictionary::Entry* AddedTokens::Dictionary::at(std::string_view text, TextBudget& budget) const {
    const auto first = static_cast<std::uint8_t>(text.front());
    auto candidates = std::span(entries).subspan(firsts[first], firsts[first + std::size_t{1}] - firsts[first]);
    const Entry* longest = nullptr;
    // All candidates begin with the text's first `size` bytes; the shortest comes first.
    for (std::size_t size = 1; !candidates.empty(); ++size) {
        if (candidates.front().spelling.size() == size) {
            longest = &candidates.front();
            candidates = candidates.subspan(1);
        }
        if (size == text.size()) break;
        if (size % kBytesBetweenLooks == 0) budget.checkTime();
        const auto byte = static_cast<std::uint8_t>(text[size]);
        const auto byteOf = [size](const Entry& entry) { return static_cast<std::uint8_t>(entry.spelling[size]); };
        const auto begin =
            std::lower_bound(candidates.begin(), candidates.end(), byte,
                             [&](const Entry& entry, std::uint8_t sought) { return byteOf(entry) < sought; });
        const auto end = std::upper_bound(begin, candidates.end(), byte, [&](std::uint8_t sought, const Entry& entry) {
            return sought < byteOf(entry);
        });
        candidates = {begin, end};
    }
    return longest;
}

std::optional<MarkedSpan> AddedTokens::Dictionary::next(std::string_view text, std::size_t from,
                                                        TextBudget& budget) const {
    for (std::size_t begin = from; begin < text.size(); ++begin)
        if (const auto* entry = at(text.substr(begin), budget))
            return MarkedSpan{{begin, begin + entry->spelling.size()}, entry->id};
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
    std::size_t bytes = 0;
    for (const auto& token : tokens) bytes += token.content.size();
    TextBudget budget(bytes);
    // Where two are spelled alike once normalized, special ones come first.
    std::stable_partition(tokens.begin(), tokens.end(), [](const AddedToken& token) { return token.special; });
    for (const auto& token : tokens) {
        const auto id = ids_.at(token.content);
        if (!token.normalized) {
            raw_.entries.push_back({token.content, id});
            continue;
        }
        Piece piece{token.content, false};
        normalize(normalizer, piece, budget);
        normalized_.entries.push_back({piece.text, id});
        spellings_[id] = std::move(piece.text);
    }
    raw_.sort();
    normalized_.sort();
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

std::vector<MarkedSpan> AddedTokens::find(std::string_view text, const Dictionary& dictionary,
                                          TextBudget& budget) const {
    std::vector<MarkedSpan> spans;
    std::size_t done = 0;
    std::size_t from = 0;
    while (const auto match = dictionary.next(text, from, budget)) {
        auto [begin, end] = match->span;
        from = end;
        const auto& token = tokens_.at(*match->token);
        if (token.singleWord) {
            const bool wordBefore = begin > 0 && isWordCharacter(characterBefore(text, begin).code);
            const bool wordAfter = end < text.size() && isWordCharacter(characterAt(text, end).code);
            if (wordBefore || wordAfter) continue;
        }
        budget.checkTime();
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
