#pragma once

#include <string>

namespace mergarium::text {

/// A part of the text on its way to the model, in UTF-8.
struct Piece {
    std::string text;
    /// Whether it begins where the original text begins.
    bool atStart = false;
};

}  // namespace mergarium::text
