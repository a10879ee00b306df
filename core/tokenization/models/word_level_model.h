#pragma once

#include "core/tokenization/component.h"
#include "core/tokenization/token_model.h"
#include "core/tokenization/vocabulary.h"

namespace mergarium::text {

/// A piece is a token, or unknown.
class WordLevelModel : public TokenModel {
public:
    explicit WordLevelModel(const Component& component);

    void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const override;
    std::optional<std::int32_t> idOf(std::string_view token) const override { return vocabulary_.idOf(token); }
    std::optional<std::string> tokenOf(std::int32_t id) const override { return vocabulary_.tokenOf(id); }
    std::size_t size() const override { return vocabulary_.size(); }
    std::size_t largestIdPlusOne() const override { return vocabulary_.largestIdPlusOne(); }

private:
    Vocabulary vocabulary_;
    std::optional<std::int32_t> unknown_;
};

}  // namespace mergarium::text
