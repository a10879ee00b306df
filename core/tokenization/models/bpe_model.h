#pragma once

#include "core/tokenization/component.h"
#include "core/tokenization/token_model.h"
#include "core/tokenization/vocabulary.h"

#include <unordered_map>

namespace mergarium::text {

/// Byte-pair encoding: a piece begins as its characters, and the neighbours that the list of merges names first become
/// one token, again and again. O(n log n) in the piece's length.
class BpeModel : public TokenModel {
public:
    explicit BpeModel(const Component& component);

    void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const override;
    std::optional<std::int32_t> idOf(std::string_view token) const override { return vocabulary_.idOf(token); }
    std::optional<std::string> tokenOf(std::int32_t id) const override { return vocabulary_.tokenOf(id); }
    std::size_t size() const override { return vocabulary_.size(); }
    std::size_t largestIdPlusOne() const override { return vocabulary_.largestIdPlusOne(); }

private:
    /// Rank in the list of merges, and the token that results.
    struct Merge {
        std::uint32_t rank = 0;
        std::int32_t merged = 0;
    };
    struct PairHash {
        std::size_t operator()(std::uint64_t pair) const;
    };
    static std::uint64_t pairOf(std::int32_t left, std::int32_t right);
    const Merge* mergeOf(std::int32_t left, std::int32_t right) const;

    void readMerges(const Component& component);
    void addMerge(const Component& component, std::uint32_t rank, std::string_view left, std::string_view right);
    std::vector<std::int32_t> symbolsOf(std::string_view text) const;
    bool appendBytes(std::string_view symbol, std::vector<std::int32_t>& symbols) const;
    void mergeAll(std::vector<std::int32_t>& symbols) const;

    Vocabulary vocabulary_;
    std::unordered_map<std::uint64_t, Merge, PairHash> merges_;
    /// The tokens <0x00> to <0xFF>, where bytes stand in for unknown characters.
    std::vector<std::optional<std::int32_t>> bytes_;
    std::optional<std::int32_t> unknown_;
    std::optional<std::string> continuingPrefix_;
    std::optional<std::string> endSuffix_;
    bool fuseUnknown_ = false;
    bool ignoreMerges_ = false;
};

}  // namespace mergarium::text
