#pragma once

#include "core/text/pattern.h"
#include "core/text/text_budget.h"
#include "core/tokenization/normalizer.h"
#include "core/tokenization/string_map.h"
#include "core/tokenization/token_model.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mergarium::text {

/// A token that is looked for in the text before the model sees it.
struct AddedToken {
    std::string content;
    /// Only where no word character is next to it.
    bool singleWord = false;
    /// Takes the white space before and after it.
    bool leftStrip = false;
    bool rightStrip = false;
    /// Its normalized form is looked for in the normalized text.
    bool normalized = false;
    bool special = false;
};

/// A part of a text: an added token, or what lies between two.
struct MarkedSpan {
    Span span;
    std::optional<std::int32_t> token;
};

/// The added tokens of a tokenizer. Immutable; any thread.
class AddedTokens {
public:
    /// A token that the model knows keeps the model's id; the others get the next free ones, as in the format's own
    /// library. Throws std::runtime_error where the normalizer multiplies them without end.
    AddedTokens(std::vector<AddedToken> tokens, const TokenModel& model, const Normalizer& normalizer);

    /// Cuts a text at the tokens that are looked for before it is normalized.
    std::vector<MarkedSpan> findRaw(std::string_view text, TextBudget& budget) const {
        return find(text, raw_, budget);
    }
    /// Cuts a text at those that are looked for after.
    std::vector<MarkedSpan> findNormalized(std::string_view text, TextBudget& budget) const {
        return find(text, normalized_, budget);
    }

    std::optional<std::int32_t> idOf(std::string_view token) const;
    /// Nothing when the id is not an added token's.
    const AddedToken* tokenOf(std::int32_t id) const;
    /// What the decoder gets for it: its form in the text, normalized or not.
    std::optional<std::string> spellingOf(std::int32_t id) const;
    /// Whether a token of this name, the model's own included, was declared special.
    bool isSpecial(std::string_view token) const { return specials_.contains(token); }
    std::size_t largestIdPlusOne() const { return largestIdPlusOne_; }

private:
    /// Spellings to look for, the longest first at every place.
    struct Dictionary {
        struct Entry {
            std::string spelling;
            std::int32_t id = 0;
        };
        /// Sorted by spelling once all are there, each once.
        std::vector<Entry> entries;
        /// Where those end that begin with a smaller byte, by byte.
        std::array<std::size_t, 257> firsts{};

        void sort();
        std::optional<MarkedSpan> next(std::string_view text, std::size_t from, TextBudget& budget) const;
        /// The longest that stands here.
        const Entry* at(std::string_view text, TextBudget& budget) const;
    };

    std::vector<MarkedSpan> find(std::string_view text, const Dictionary& dictionary, TextBudget& budget) const;

    StringMap<std::int32_t> ids_;
    std::unordered_map<std::int32_t, AddedToken> tokens_;
    std::unordered_map<std::int32_t, std::string> spellings_;
    std::set<std::string, std::less<>> specials_;
    Dictionary raw_;
    Dictionary normalized_;
    std::size_t largestIdPlusOne_ = 0;
};

}  // namespace mergarium::text
