#pragma once

#include "core/tokenization/component.h"
#include "core/tokenization/string_map.h"
#include "core/tokenization/token_model.h"

#include <array>
#include <string>
#include <vector>

namespace mergarium::text {

/// The unigram language model of SentencePiece (Kudo 2018, arXiv 1804.10959): every token has a log-probability, and a
/// piece becomes the tokens whose sum is largest (Viterbi). Characters that no token begins with are unknown, or their
/// bytes; unknown ones in a row are one. O(n k log V) for tokens of at most k bytes.
class UnigramModel : public TokenModel {
public:
    explicit UnigramModel(const Component& component);

    void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const override;
    std::optional<std::int32_t> idOf(std::string_view token) const override;
    std::optional<std::string> tokenOf(std::int32_t id) const override;
    std::size_t size() const override { return tokens_.size(); }
    std::size_t largestIdPlusOne() const override { return tokens_.size(); }

private:
    struct Token {
        std::string text;
        double score = 0.0;
    };

    void readVocabulary(const Component& component);
    void sortTokens();
    /// The tokens that the text begins with, the shortest first.
    template <typename Visit>
    void forPrefixes(std::string_view text, const Visit& visit) const;
    void append(std::string_view text, std::vector<std::int32_t>& ids) const;

    /// By id.
    std::vector<Token> tokens_;
    StringMap<std::int32_t> ids_;
    /// Ids of those that have text, sorted by it, and where those end that begin with a smaller byte, by byte.
    std::vector<std::int32_t> sorted_;
    std::array<std::size_t, 257> firsts_{};
    std::optional<std::int32_t> unknown_;
    double unknownScore_ = 0.0;
    bool byteFallback_ = false;
};

}  // namespace mergarium::text
