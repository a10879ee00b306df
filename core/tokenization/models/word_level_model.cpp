#include "core/tokenization/models/word_level_model.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium::text {

WordLevelModel::WordLevelModel(const Component& component)
    : vocabulary_(component.at("vocab")), unknown_(vocabulary_.idOf(component.text("unk_token"))) {
    component.allow({"vocab", "unk_token"});
}

void WordLevelModel::tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const {
    const auto id = vocabulary_.idOf(piece.text);
    if (!id && !unknown_)
        throw std::runtime_error(
            fmt::format("The tokenizer has no token for '{}' and none for the unknown.", excerptOf(piece.text)));
    ids.push_back(id ? *id : *unknown_);
}

}  // namespace mergarium::text
