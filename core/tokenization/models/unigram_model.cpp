#include "core/tokenization/models/unigram_model.h"

#include "core/files/excerpt.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace mergarium::text {
namespace {

/// How much less likely the unknown is than the least likely token: a constant of SentencePiece.
constexpr double kUnknownPenalty = 10.0;
/// In real vocabularies none has 200; bounds the time per character.
constexpr std::size_t kLongestToken = 4096;

/// The best way to where it ends.
struct Step {
    double score = 0.0;
    /// Where its last token begins; npos: nothing ends here.
    std::size_t begin = std::string_view::npos;
    std::int32_t token = 0;
};

}  // namespace

UnigramModel::UnigramModel(const Component& component) : byteFallback_(component.flag("byte_fallback", false)) {
    component.allow({"vocab", "unk_id", "byte_fallback"});
    readVocabulary(component.at("vocab"));
    if (component.has("unk_id")) {
        unknown_ = tokenId(component.at("unk_id"));
        if (static_cast<std::size_t>(*unknown_) >= tokens_.size())
            component.refuse(fmt::format("the unk_id {} is not in the vocabulary", *unknown_));
    }
    sortTokens();
}

void UnigramModel::readVocabulary(const Component& component) {
    const auto& entries = component.value();
    if (!entries.is_array()) component.refuse("not a list of tokens and their scores");
    double least = entries.empty() ? 0.0 : std::numeric_limits<double>::infinity();
    tokens_.reserve(entries.size());
    for (const auto& entry : entries) {
        const bool isPair = entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_number();
        if (!isPair || !std::isfinite(entry[1].get<double>()))
            component.refuse(fmt::format("entry {} is not a token and its score", tokens_.size()));
        tokens_.push_back({entry[0].get<std::string>(), entry[1].get<double>()});
        const auto& [text, score] = tokens_.back();
        if (text.size() > kLongestToken)
            component.refuse(fmt::format("token {} has more than {} bytes", tokens_.size() - 1, kLongestToken));
        ids_.insert_or_assign(text, static_cast<std::int32_t>(tokens_.size() - 1));
        least = std::min(least, score);
    }
    unknownScore_ = least - kUnknownPenalty;
}

void UnigramModel::sortTokens() {
    for (const auto& [text, id] : ids_)
        if (!text.empty()) sorted_.push_back(id);
    const auto textOf = [this](std::int32_t id) -> const std::string& {
        return tokens_[static_cast<std::size_t>(id)].text;
    };
    std::ranges::sort(sorted_, {}, textOf);
    for (const auto id : sorted_) ++firsts_[static_cast<std::uint8_t>(textOf(id).front()) + 1u];
    std::partial_sum(firsts_.begin(), firsts_.end(), firsts_.begin());
}

template <typename Visit>
void UnigramModel::forPrefixes(std::string_view text, const Visit& visit) const {
    const auto first = static_cast<std::uint8_t>(text.front());
    auto begin = sorted_.begin() + static_cast<std::ptrdiff_t>(firsts_[first]);
    auto end = sorted_.begin() + static_cast<std::ptrdiff_t>(firsts_[first + 1u]);
    for (std::size_t size = 1; begin != end; ++size) {
        // All of them share the first `size` bytes with the text; one that has no more of them comes first.
        if (tokens_[static_cast<std::size_t>(*begin)].text.size() == size) visit(size, *begin++);
        if (size == text.size()) return;
        const auto byteOf = [&](std::int32_t id) {
            return static_cast<std::uint8_t>(tokens_[static_cast<std::size_t>(id)].text[size]);
        };
        const auto next = static_cast<std::uint8_t>(text[size]);
        begin = std::partition_point(begin, end, [&](std::int32_t id) { return byteOf(id) < next; });
        end = std::partition_point(begin, end, [&](std::int32_t id) { return byteOf(id) == next; });
    }
}

void UnigramModel::append(std::string_view text, std::vector<std::int32_t>& ids) const {
    if (const auto id = idOf(text)) return ids.push_back(*id);
    if (byteFallback_) {
        std::vector<std::int32_t> bytes;
        for (const char byte : text)
            if (const auto id = idOf(fmt::format("<0x{:02X}>", static_cast<std::uint8_t>(byte)))) bytes.push_back(*id);
        if (bytes.size() == text.size()) return static_cast<void>(ids.insert(ids.end(), bytes.begin(), bytes.end()));
    }
    if (!unknown_)
        throw std::runtime_error(
            fmt::format("The tokenizer has no token for '{}' and none for the unknown.", excerptOf(text)));
    ids.push_back(*unknown_);
}

void UnigramModel::tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const {
    const std::string_view text = piece.text;
    constexpr auto kNone = std::string_view::npos;
    std::vector<Step> best(text.size() + 1);
    const auto consider = [&](std::size_t begin, std::size_t end, double score, std::int32_t token) {
        if (best[end].begin == kNone || score > best[end].score) best[end] = {score, begin, token};
    };
    // Where no token begins there is no way to, only the ends of characters are reached.
    for (std::size_t begin = 0; begin < text.size();) {
        const auto next = characterAt(text, begin).end;
        const auto sum = best[begin].score;
        bool single = false;
        forPrefixes(text.substr(begin), [&](std::size_t size, std::int32_t token) {
            consider(begin, begin + size, sum + tokens_[static_cast<std::size_t>(token)].score, token);
            single = single || begin + size == next;
        });
        if (!single) consider(begin, next, sum + unknownScore_, unknown_.value_or(-1));
        begin = next;
    }

    std::vector<std::string_view> found;
    bool joins = false;
    for (auto end = text.size(); end > 0;) {
        const auto& [score, begin, token] = best[end];
        const bool unknown = token == unknown_.value_or(-1);
        const auto part = text.substr(begin, end - begin);
        if (unknown && joins)
            found.back() = {part.data(), part.size() + found.back().size()};
        else
            found.push_back(part);
        joins = unknown;
        end = begin;
    }
    for (auto part = found.rbegin(); part != found.rend(); ++part) append(*part, ids);
}

std::optional<std::int32_t> UnigramModel::idOf(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> UnigramModel::tokenOf(std::int32_t id) const {
    if (id < 0 || static_cast<std::size_t>(id) >= tokens_.size()) return std::nullopt;
    return tokens_[static_cast<std::size_t>(id)].text;
}

}  // namespace mergarium::text
