#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// SentencePiece's table of characters and what each becomes ("precompiled_charsmap"): a trie, as Darts-clone packs it,
/// and its texts. Immutable; any thread.
class CharacterMap {
public:
    /// Throws std::runtime_error with words in lower case where it leads outside of itself, or is no table.
    explicit CharacterMap(std::string_view table);

    struct Replaced {
        std::string text;
        /// What the text began with has become nothing.
        bool startIsGone = false;
    };
    /// Every character of a text as the format's own library replaces it: a grapheme cluster of less than six bytes as
    /// a whole where the table has its beginning, else character by character.
    Replaced replaced(std::string_view text) const;

private:
    /// What the shortest part that the text begins with becomes, where the table has one.
    std::optional<std::string_view> find(std::string_view text) const;

    std::vector<std::uint32_t> units_;
    std::string texts_;
};

/// The bytes that a text in base64 stands for; absent where it is none.
std::optional<std::string> fromBase64(std::string_view text);

}  // namespace mergarium::text
