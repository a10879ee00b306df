#pragma once

#include "core/tokenization/piece.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// Turns a piece of text into tokens. Immutable; any thread.
class TokenModel {
public:
    virtual ~TokenModel() = default;

    /// Appends the ids of the piece, which is not empty. Throws std::runtime_error where the model has no token for it
    /// and none for the unknown.
    virtual void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const = 0;

    virtual std::optional<std::int32_t> idOf(std::string_view token) const = 0;
    virtual std::optional<std::string> tokenOf(std::int32_t id) const = 0;
    /// The number of tokens, and a bound above every id.
    virtual std::size_t size() const = 0;
    virtual std::size_t largestIdPlusOne() const = 0;
};

}  // namespace mergarium::text
