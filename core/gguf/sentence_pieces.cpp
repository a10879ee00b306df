#include "core/gguf/vocabulary.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace mergarium {
namespace {

/// A serialized message of protocol buffers, field by field.
class PieceMessage {
public:
    PieceMessage(std::string_view serialized, std::string_view file) : left_(serialized), file_(file) {}

    std::uint64_t field = 0, number = 0;
    std::string_view bytes;

    /// False at the end. `number` or `bytes` is what the field has.
    bool next() {
        if (left_.empty()) return false;
        const auto tag = varint();
        field = tag >> 3;
        number = 0;
        bytes = {};
        switch (tag & 7) {
            case 0: number = varint(); break;
            case 1: take(8); break;
            case 2: bytes = take(varint()); break;
            case 5: {
                std::uint32_t bits = 0;
                std::memcpy(&bits, take(4).data(), sizeof bits);
                number = bits;
                break;
            }
            default: refuse("is no SentencePiece model");
        }
        return true;
    }

    [[noreturn]] void refuse(std::string_view what) const {
        throw std::runtime_error(fmt::format("{}: this file {}.", file_, what));
    }

private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(take(1).front());
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) return value;
        }
        refuse("is no SentencePiece model");
    }

    std::string_view take(std::uint64_t size) {
        if (size > left_.size()) refuse("is no SentencePiece model, or truncated");
        const auto taken = left_.substr(0, static_cast<std::size_t>(size));
        left_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view left_, file_;
};

// Numbers of fields in sentencepiece_model.proto.
constexpr std::uint64_t kPieces = 1, kTrainer = 2, kNormalizer = 3;
constexpr std::uint64_t kPairs = 2;

GgufToken pieceOf(std::string_view serialized, std::string_view file) {
    GgufToken token{.text = {}, .score = 0.0F, .kind = GgufTokenKind::Normal};
    PieceMessage message(serialized, file);
    while (message.next()) {
        if (message.field == 1) token.text = message.bytes;
        if (message.field == 2) token.score = std::bit_cast<float>(static_cast<std::uint32_t>(message.number));
        if (message.field == 3) {
            if (message.number < 1 || message.number > 6) message.refuse("has a piece of an unknown kind");
            token.kind = static_cast<GgufTokenKind>(message.number);
        }
    }
    if (!std::isfinite(token.score)) message.refuse("has a piece whose score is no number");
    return token;
}

}  // namespace

GgufVocabulary parseSentencePieces(std::string_view serialized, std::string_view name) {
    GgufVocabulary result{
        .model = "llama", .pre = "default", .tokens = {}, .merges = {}, .spaceBefore = true, .notes = {}};
    std::uint64_t kind = 1;
    PieceMessage message(serialized, name);
    while (message.next()) {
        if (message.field == kPieces) result.tokens.push_back(pieceOf(message.bytes, name));
        if (message.field == kTrainer) {
            PieceMessage trainer(message.bytes, name);
            while (trainer.next())
                if (trainer.field == 3) kind = trainer.number;
        }
        if (message.field == kNormalizer) {
            PieceMessage normalizer(message.bytes, name);
            while (normalizer.next()) {
                if (normalizer.field == 3) result.spaceBefore = normalizer.number != 0;
                if (normalizer.field == 2 && !normalizer.bytes.empty())
                    result.notes.push_back(
                        "llama.cpp doesn't normalise texts as this tokenizer.model does before it cuts them.");
            }
        }
    }
    if (result.tokens.empty()) message.refuse("is no SentencePiece model: it has no pieces");
    if (kind != kPairs)
        message.refuse("is a SentencePiece model of another kind than BPE, which llama.cpp reads of language models");
    return result;
}

}  // namespace mergarium
