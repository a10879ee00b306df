#include "core/tokenization/tokenizer.h"

#include "core/text/unicode.h"
#include "core/tokenization/tokenizer_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

using text::Piece;

namespace {

constexpr std::size_t kLongestText = 16 << 20;
/// Few are longer.
constexpr std::size_t kBytesPerToken = 64;

/// Cache of the words that occurred before in the same text, and their tokens.
class WordCache {
public:
    explicit WordCache(const text::TokenModel& model) : model_(model) {}

    void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) {
        if (piece.text.size() > kLongest || piece.atStart) return model_.tokenize(piece, ids);
        auto found = words_.find(piece.text);
        if (found == words_.end()) {
            std::vector<std::int32_t> tokens;
            model_.tokenize(piece, tokens);
            found = words_.emplace(piece.text, std::move(tokens)).first;
        }
        ids.insert(ids.end(), found->second.begin(), found->second.end());
    }

private:
    static constexpr std::size_t kLongest = 256;
    const text::TokenModel& model_;
    text::StringMap<std::vector<std::int32_t>> words_;
};

/// Cuts a piece at the tokens that `find` finds in it; those become ids, the text between goes to `onText`.
template <typename Find, typename OnText>
void cutAtTokens(const Piece& piece, const Find& find, std::vector<std::int32_t>& ids, const OnText& onText) {
    for (const auto& [span, token] : find(piece.text)) {
        if (token)
            ids.push_back(*token);
        else
            onText(Piece{piece.text.substr(span.begin, span.end - span.begin), piece.atStart && span.begin == 0});
    }
}

}  // namespace

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& folder) {
    const auto json = folder / "tokenizer.json";
    if (std::filesystem::exists(json)) return std::make_shared<const Tokenizer>(text::readTokenizerJson(json));
    const auto model = folder / "tokenizer.model";
    if (std::filesystem::exists(model)) return std::make_shared<const Tokenizer>(text::readTokenizerModel(model));
    const auto vocabulary = folder / "vocab.json";
    if (std::filesystem::exists(vocabulary) && std::filesystem::exists(folder / "merges.txt"))
        return std::make_shared<const Tokenizer>(text::readClipFiles(vocabulary));
    throw std::runtime_error(
        fmt::format("{}: there is neither a tokenizer.json nor a tokenizer.model.", folder.string()));
}

Tokenizer::Tokenizer(text::TokenizerParts parts)
    : parts_(std::make_unique<const text::TokenizerParts>(std::move(parts))) {}
Tokenizer::~Tokenizer() = default;

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens specialTokens) const {
    if (text.size() > kLongestText)
        throw std::runtime_error(
            fmt::format("A text of more than {} bytes can't be tokenized in one piece: cut it.", kLongestText));
    text::TextBudget budget(text.size());
    const bool add = specialTokens == SpecialTokens::Add;
    std::vector<std::int32_t> ids;
    if (add) ids = parts_->postProcessor.before;
    WordCache words(*parts_->model);
    const auto& added = parts_->addedTokens;
    const Piece whole{text::isValid(text) ? std::string(text) : text::repaired(text), true};
    cutAtTokens(
        whole, [&](std::string_view raw) { return added.findRaw(raw, budget); }, ids,
        [&](Piece between) {
            text::normalize(parts_->normalizer, between, budget);
            cutAtTokens(
                between, [&](std::string_view normalized) { return added.findNormalized(normalized, budget); }, ids,
                [&](Piece rest) {
                    for (const auto& piece : text::preTokenize(parts_->preTokenizer, std::move(rest), budget))
                        words.tokenize(piece, ids);
                });
        });
    if (add) ids.insert(ids.end(), parts_->postProcessor.after.begin(), parts_->postProcessor.after.end());
    return ids;
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids, bool skipSpecial) const {
    text::TextBudget budget(ids.size() * kBytesPerToken);
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const auto id : ids) {
        if (skipSpecial && isSpecial(id)) continue;
        auto spelling = parts_->addedTokens.spellingOf(id);
        if (!spelling) spelling = parts_->model->tokenOf(id);
        if (!spelling) continue;
        budget.spend(spelling->size());
        tokens.push_back(std::move(*spelling));
    }
    return text::decode(parts_->decoder, std::move(tokens), budget);
}

std::size_t Tokenizer::vocabularySize() const {
    return std::max(parts_->model->largestIdPlusOne(), parts_->addedTokens.largestIdPlusOne());
}

std::optional<std::int32_t> Tokenizer::idOf(std::string_view token) const {
    const auto added = parts_->addedTokens.idOf(token);
    return added ? added : parts_->model->idOf(token);
}

std::string Tokenizer::tokenOf(std::int32_t id) const {
    if (const auto* added = parts_->addedTokens.tokenOf(id)) return added->content;
    return parts_->model->tokenOf(id).value_or(std::string());
}

bool Tokenizer::isSpecial(std::int32_t id) const { return parts_->addedTokens.isSpecial(tokenOf(id)); }

}  // namespace mergarium
