#include "core/tokenization/sentence_piece_model.h"

#include <sentencepiece_processor.h>

#include <stdexcept>

// A module of its own; sentence_piece_model.cpp says why.
namespace mergarium::text {
namespace {

/// Appended to a serialized model, "normalizer_spec { add_dummy_prefix: false }": the last value of a field wins.
constexpr std::string_view kNoPrefix("\x1A\x02\x18\x00", 4);

class Model : public SentencePieceModel {
public:
    Model(std::string serialized, bool prefixEveryPiece) : prefixEveryPiece_(prefixEveryPiece) {
        load(atStart_, serialized);
        load(within_, serialized.append(kNoPrefix));
    }

    void tokenize(const Piece& piece, std::vector<std::int32_t>& ids) const override {
        const auto& processor = piece.atStart || prefixEveryPiece_ ? atStart_ : within_;
        std::vector<int> found;
        const auto status = processor.Encode(piece.text, &found);
        if (!status.ok())
            throw std::runtime_error("SentencePiece can't tokenize this text: " + status.ToString() + ".");
        ids.insert(ids.end(), found.begin(), found.end());
    }

    std::optional<std::int32_t> idOf(std::string_view token) const override {
        const int id = atStart_.PieceToId(token);
        // The library answers with the unknown token's id for what it doesn't know.
        return atStart_.IdToPiece(id) == token ? std::optional<std::int32_t>(id) : std::nullopt;
    }

    std::optional<std::string> tokenOf(std::int32_t id) const override {
        if (id < 0 || id >= atStart_.GetPieceSize()) return std::nullopt;
        return atStart_.IdToPiece(id);
    }

    std::size_t size() const override { return static_cast<std::size_t>(atStart_.GetPieceSize()); }
    std::size_t largestIdPlusOne() const override { return size(); }

    std::vector<std::string> controlTokens() const override {
        std::vector<std::string> tokens;
        for (int id = 0; id < atStart_.GetPieceSize(); ++id)
            if (atStart_.IsControl(id)) tokens.push_back(atStart_.IdToPiece(id));
        return tokens;
    }
    std::string unknownToken() const override { return atStart_.IdToPiece(atStart_.unk_id()); }
    std::string unknownText() const override { return decoded({atStart_.unk_id()}); }
    /// The library doesn't tell its rule, which is seen in what it decodes.
    LeadingSpaces leadingSpaces() const override {
        constexpr std::string_view kSpace = "\u2581";
        if (const auto space = idOf(kSpace)) {
            const auto two = decoded({*space, *space});
            return two.empty() ? LeadingSpaces::AllGo : two.size() == 1 ? LeadingSpaces::OneGoes : LeadingSpaces::Stay;
        }
        for (int id = 0; id < atStart_.GetPieceSize(); ++id)
            if (atStart_.IdToPiece(id).starts_with(kSpace))
                return decoded({id}).starts_with(' ') ? LeadingSpaces::Stay : LeadingSpaces::OneGoes;
        return LeadingSpaces::Stay;
    }
    std::optional<std::string> beginToken() const override { return tokenOf(atStart_.bos_id()); }
    std::optional<std::string> endToken() const override { return tokenOf(atStart_.eos_id()); }

private:
    std::string decoded(const std::vector<int>& ids) const {
        std::string text;
        const auto status = atStart_.Decode(ids, &text);
        if (!status.ok()) throw std::runtime_error(status.ToString());
        return text;
    }

    static void load(sentencepiece::SentencePieceProcessor& processor, const std::string& serialized) {
        const auto status = processor.LoadFromSerializedProto(serialized);
        if (!status.ok()) throw std::runtime_error(status.ToString());
    }

    sentencepiece::SentencePieceProcessor atStart_;
    sentencepiece::SentencePieceProcessor within_;
    bool prefixEveryPiece_;
};

}  // namespace
}  // namespace mergarium::text

extern "C" __attribute__((visibility("default"))) const mergarium::text::SentencePieceModel* makeSentencePieceModel(
    const std::string& serialized, bool prefixEveryPiece) {
    return new mergarium::text::Model(serialized, prefixEveryPiece);
}
