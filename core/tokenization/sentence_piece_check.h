#pragma once

#include <string_view>

namespace mergarium::text {

/// Checks what the SentencePiece library believes without looking when it reads a serialized model: the table that
/// normalizes characters (a double-array trie, Darts-clone's, and the texts that it points to). A broken one would lead
/// it outside of its memory, and a hostile one make megabytes of a character. Throws std::runtime_error with what is
/// wrong, in lower case and without a full stop.
void checkSentencePieceModel(std::string_view serialized);

/// The same for such a table by itself.
void checkCharacterTable(std::string_view table);

}  // namespace mergarium::text
