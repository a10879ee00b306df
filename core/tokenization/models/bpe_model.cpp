#include "core/tokenization/models/bpe_model.h"

#include "core/text/unicode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <queue>

namespace mergarium::text {
namespace {

constexpr std::int32_t kNone = -1;
constexpr std::size_t kLongestAffix = 256;

/// A character, or several merged, in a list in the order of the text.
struct Symbol {
    std::int32_t token = 0;
    std::int32_t previous = kNone;
    std::int32_t next = kNone;
    bool removed = false;
};

struct Candidate {
    std::uint32_t rank = 0;
    std::int32_t position = 0;
    std::int32_t merged = 0;

    /// std::priority_queue gives the greatest first: the earliest merge, and of equal ones the leftmost.
    bool operator<(const Candidate& other) const {
        return rank != other.rank ? rank > other.rank : position > other.position;
    }
};

}  // namespace

std::size_t BpeModel::PairHash::operator()(std::uint64_t pair) const {
    pair *= 0x9E3779B97F4A7C15ull;
    return static_cast<std::size_t>(pair ^ (pair >> 32));
}

std::uint64_t BpeModel::pairOf(std::int32_t left, std::int32_t right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) | static_cast<std::uint32_t>(right);
}

const BpeModel::Merge* BpeModel::mergeOf(std::int32_t left, std::int32_t right) const {
    const auto found = merges_.find(pairOf(left, right));
    return found == merges_.end() ? nullptr : &found->second;
}

BpeModel::BpeModel(const Component& component) : vocabulary_(component.at("vocab")) {
    component.allow({"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                     "byte_fallback", "ignore_merges", "vocab", "merges"});
    if (component.has("dropout") && component.at("dropout").value() != 0)
        component.refuse("a dropout makes every encoding another one and isn't supported");
    continuingPrefix_ = component.optionalText("continuing_subword_prefix");
    endSuffix_ = component.optionalText("end_of_word_suffix");
    for (const auto& affix : {continuingPrefix_, endSuffix_})
        if (affix && affix->size() > kLongestAffix)
            component.refuse(fmt::format("a prefix or suffix of more than {} bytes isn't supported", kLongestAffix));
    fuseUnknown_ = component.flag("fuse_unk", false);
    ignoreMerges_ = component.flag("ignore_merges", false);
    if (const auto unknown = component.optionalText("unk_token")) {
        unknown_ = vocabulary_.idOf(*unknown);
        if (!unknown_) component.refuse(fmt::format("the unk_token '{}' is not in the vocabulary", *unknown));
    }
    if (component.flag("byte_fallback", false))
        for (int byte = 0; byte < 256; ++byte) bytes_.push_back(vocabulary_.idOf(fmt::format("<0x{:02X}>", byte)));
    if (component.has("merges")) readMerges(component.at("merges"));
}

void BpeModel::readMerges(const Component& component) {
    if (!component.value().is_array()) component.refuse("not a list");
    merges_.reserve(component.value().size());
    std::uint32_t rank = 0;
    for (const auto& merge : component.value()) {
        if (merge.is_string()) {
            const auto& line = merge.get_ref<const std::string&>();
            if (line.starts_with("#version")) continue;
            const auto space = line.find(' ');
            if (space == std::string::npos || line.find(' ', space + 1) != std::string::npos)
                component.refuse(fmt::format("'{}' is not two tokens with a space between them", line));
            addMerge(component, rank++, std::string_view(line).substr(0, space),
                     std::string_view(line).substr(space + 1));
        } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            addMerge(component, rank++, merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>());
        } else {
            component.refuse(fmt::format("merge {} is not two tokens", rank + 1));
        }
    }
}

void BpeModel::addMerge(const Component& component, std::uint32_t rank, std::string_view left, std::string_view right) {
    const auto idOfToken = [&](std::string_view token) {
        const auto id = vocabulary_.idOf(token);
        if (!id)
            component.refuse(
                fmt::format("merge {} ('{}' and '{}') needs the token '{}', which is not in the vocabulary", rank + 1,
                            left, right, token));
        return *id;
    };
    const auto leftId = idOfToken(left);
    const auto rightId = idOfToken(right);
    // Tokens within a word start with the prefix; the merged token has it only once.
    const auto prefix = continuingPrefix_ ? std::min(continuingPrefix_->size(), right.size()) : 0;
    merges_[pairOf(leftId, rightId)] = {rank, idOfToken(fmt::format("{}{}", left, right.substr(prefix)))};
}

bool BpeModel::appendBytes(std::string_view symbol, std::vector<std::int32_t>& symbols) const {
    if (bytes_.empty()) return false;
    for (const char byte : symbol)
        if (!bytes_[static_cast<std::uint8_t>(byte)]) return false;
    for (const char byte : symbol) symbols.push_back(*bytes_[static_cast<std::uint8_t>(byte)]);
    return true;
}

std::vector<std::int32_t> BpeModel::symbolsOf(std::string_view text) const {
    std::vector<std::int32_t> symbols;
    symbols.reserve(text.size());
    std::string decorated;
    // The unknown token waits until the next known one, so that a run of them can become one.
    bool unknownWaits = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = characterAt(text, at);
        std::string_view symbol = text.substr(at, character.end - at);
        at = character.end;
        if ((continuingPrefix_ && character.begin > 0) || (endSuffix_ && at == text.size())) {
            decorated = character.begin > 0 && continuingPrefix_ ? *continuingPrefix_ : std::string();
            decorated += symbol;
            if (at == text.size() && endSuffix_) decorated += *endSuffix_;
            symbol = decorated;
        }
        if (const auto id = vocabulary_.idOf(symbol)) {
            if (unknownWaits) symbols.push_back(*unknown_);
            unknownWaits = false;
            symbols.push_back(*id);
        } else if (!appendBytes(symbol, symbols) && unknown_) {
            if (unknownWaits && !fuseUnknown_) symbols.push_back(*unknown_);
            unknownWaits = true;
        }
    }
    if (unknownWaits) symbols.push_back(*unknown_);
    return symbols;
}

void BpeModel::mergeAll(std::vector<std::int32_t>& tokens) const {
    const auto count = static_cast<std::int32_t>(tokens.size());
    std::vector<Symbol> symbols(tokens.size());
    std::vector<Candidate> found;
    const auto at = [&](std::int32_t position) -> Symbol& { return symbols[static_cast<std::size_t>(position)]; };
    for (std::int32_t i = 0; i < count; ++i) {
        at(i) = {tokens[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : kNone, false};
        if (i == 0) continue;
        if (const auto* merge = mergeOf(at(i - 1).token, at(i).token))
            found.push_back({merge->rank, i - 1, merge->merged});
    }
    std::priority_queue<Candidate> queue({}, std::move(found));
    const auto consider = [&](std::int32_t left, std::int32_t right) {
        if (left == kNone || right == kNone) return;
        if (const auto* merge = mergeOf(at(left).token, at(right).token))
            queue.push({merge->rank, left, merge->merged});
    };
    while (!queue.empty()) {
        const auto best = queue.top();
        queue.pop();
        auto& left = at(best.position);
        if (left.removed || left.next == kNone) continue;
        auto& right = at(left.next);
        // Its neighbours may have changed since it was found.
        const auto* merge = mergeOf(left.token, right.token);
        if (merge == nullptr || merge->merged != best.merged) continue;
        left.token = best.merged;
        right.removed = true;
        left.next = right.next;
        if (left.next != kNone) at(left.next).previous = best.position;
        consider(left.previous, best.position);
        consider(best.position, left.next);
    }
    tokens.clear();
    for (std::int32_t i = count == 0 ? kNone : 0; i != kNone; i = at(i).next) tokens.push_back(at(i).token);
}

void BpeModel::tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const {
    if (ignoreMerges_) {
        if (const auto id = vocabulary_.idOf(piece.text)) return ids.push_back(*id);
    }
    auto symbols = symbolsOf(piece.text);
    if (symbols.size() > 1) mergeAll(symbols);
    ids.insert(ids.end(), symbols.begin(), symbols.end());
}

}  // namespace mergarium::text
