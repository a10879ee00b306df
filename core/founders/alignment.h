#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"
#include "core/founders/founder_configuration.h"
#include "core/founders/founder_settings.h"
#include "core/founders/naming.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What alignment needs to know about a founder.
struct FounderOutline {
    std::string name;
    /// In any order, each name once.
    std::vector<TensorDescription> tensors;
    /// Whether the head is the embedding (config.json's tie_word_embeddings).
    bool tiedEmbeddings = false;
    /// The tokenizer's tokens by id; empty where unknown.
    std::vector<std::string> tokens;
    /// Of its config.json; empty where there is none.
    ComputedSettings settings = {};
    /// The network that config.json describes, where its family is known.
    std::optional<DecoderConfig> network = {};
    /// Where the family is known and config.json all the same describes no network that is: why.
    std::string refusal = {};
};

/// Something that the founders don't agree on, so that they can't be merged as they are.
struct Difference {
    enum class Kind { Missing, Shape, Type, Vocabulary, Tokenizer, Configuration };
    Kind kind = Kind::Missing;
    /// The tensor's name, "tokenizer", or a key of config.json.
    std::string tensor;
    /// What each founder has.
    std::vector<std::string> founders;
};

/// Rows [begin, end) of the vocabulary's tensors.
struct RowRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool operator==(const RowRange&) const = default;
};

/// How founders fit together.
struct Alignment {
    /// Complete only when nothing differs.
    Layout layout;
    std::vector<Difference> differences;
    /// Ascending: the rows of embeddings and head that are merged. All other rows are taken over from founder 0, by
    /// giving its rows to every founder; so they come out as founder 0's wherever the founders' shares add up to one.
    /// Absent: every row is merged.
    std::optional<std::vector<RowRange>> commonRows;
    /// Where some founders tie their heads and others don't: the merged tensors that tied founders have under the name
    /// of their embedding.
    struct TiedHead {
        std::string head, embedding;
        /// By founder.
        std::vector<bool> tied;
    };
    std::vector<TiedHead> tiedHeads = {};
    /// By founder: how its tensors are called in the layout. Renamed founders (renamedFounder) have these names.
    std::vector<Naming> namings = {};

    /// Under which name a founder, renamed as `namings` say, has a tensor of the layout.
    const std::string& nameIn(std::size_t founder, const std::string& tensor) const;
};

/// Lays out the union of the founders' tensors in depth order. Merged: floating tensors that all have in one shape,
/// stored as founder 0 stores them. Frozen: what a rule says, and tensors of other numbers, from the first founder that
/// has them. Tied: a head that every founder ties to its embedding; where only some do, the embedding stands for their
/// head, and the merged models' heads are untied. Excluded tensors are in no part of the result.
/// Tensors are called as founder 0's, where others name the same ones with another prefix (namingAs).
/// Founders whose configurations compute differently can't share one network, and are reported; where all families are
/// known, the networks decide that and not how the configurations spell them.
/// Where vocabularies differ in size, or the tokenizers give an id to different tokens, rules.commonVocabulary decides:
/// report it, or merge the common rows alone; merged tensors then have founder 0's shape.
///
/// Throws std::runtime_error for rules that must be a mistake: a pattern that matches nothing, a founder that doesn't
/// exist, nothing left to merge, a shape that doesn't go with founder 0's configuration.
Alignment align(std::span<const FounderOutline> founders, const TensorRules& rules);

/// Whether `tensor` is an embedding of tokens or the head: its rows are the vocabulary.
bool isVocabulary(std::string_view tensor);
bool isHead(std::string_view tensor);
bool isEmbedding(std::string_view tensor);

/// `*` stands for any characters, `?` for any one.
bool matches(std::string_view pattern, std::string_view name);

/// The differences as a table in plain text, at most `rows` of them, then what to do about it.
std::string tableOf(std::span<const Difference> differences, std::span<const FounderOutline> founders,
                    std::size_t rows = 20);

}  // namespace mergarium
