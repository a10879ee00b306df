#include "core/tokenization/sentence_piece_check.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace mergarium::text {
namespace {

// Numbers of fields in sentencepiece_model.proto.
constexpr std::uint64_t kNormalizer = 3;
constexpr std::uint64_t kDenormalizer = 5;
constexpr std::uint64_t kTable = 2;

/// In the library's own tables none has 100.
constexpr std::size_t kLongestReplacement = 1000;

[[noreturn]] void refuseModel(const char* what) { throw std::runtime_error(what); }

/// Walks over the fields of a message of protocol buffers.
class Message {
public:
    explicit Message(std::string_view bytes) : left_(bytes) {}

    /// The next field; false at the end. `bytes` is empty unless the field has any.
    bool next(std::uint64_t& field, std::string_view& bytes) {
        if (left_.empty()) return false;
        const auto tag = number();
        field = tag >> 3;
        bytes = {};
        switch (tag & 7) {
            case 0: number(); return true;
            case 1: take(8); return true;
            case 2: bytes = take(number()); return true;
            case 5: take(4); return true;
            default: refuseModel("it is no message of protocol buffers");
        }
    }

private:
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(take(1).front());
            value |= std::uint64_t{byte & 0x7Fu} << shift;
            if (byte < 0x80) return value;
        }
        refuseModel("it is no message of protocol buffers");
    }

    std::string_view take(std::uint64_t size) {
        if (size > left_.size()) refuseModel("it is truncated");
        const auto taken = left_.substr(0, static_cast<std::size_t>(size));
        left_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view left_;
};

/// A unit of the trie, as Darts-clone packs it.
struct Unit {
    std::uint32_t bits = 0;
    /// It is the value at the end of a key, not a place on the way.
    bool isValue() const { return (bits >> 31) == 1; }
    std::uint32_t value() const { return bits & 0x7FFFFFFFu; }
    bool endsAKey() const { return ((bits >> 8) & 1) == 1; }
    std::uint32_t offset() const { return (bits >> 10) << ((bits & (1u << 9)) >> 6); }
};

void checkNormalizer(std::string_view normalizer) {
    Message message(normalizer);
    std::uint64_t field = 0;
    std::string_view bytes;
    while (message.next(field, bytes))
        if (field == kTable) checkCharacterTable(bytes);
}

}  // namespace

void checkCharacterTable(std::string_view table) {
    if (table.empty()) return;
    std::uint32_t size = 0;
    if (table.size() <= sizeof size) refuseModel("its table of characters is truncated");
    std::memcpy(&size, table.data(), sizeof size);
    table.remove_prefix(sizeof size);
    // A byte of a key may lead to any place of a block of 256.
    if (size >= table.size() || size == 0 || size % (256 * sizeof(Unit)) != 0)
        refuseModel("its table of characters has an impossible size");
    std::vector<Unit> units(size / sizeof(Unit));
    std::memcpy(units.data(), table.data(), size);

    const auto texts = table.substr(size);
    if (texts.back() != '\0') refuseModel("its table of characters has a text without an end");
    for (std::size_t begin = 0; begin < texts.size(); begin = texts.find('\0', begin) + 1)
        if (texts.find('\0', begin) - begin > kLongestReplacement)
            refuseModel("its table of characters has a text that is too long for one");

    for (std::uint32_t place = 0; place < units.size(); ++place) {
        const auto unit = units[place];
        if (unit.isValue()) continue;
        const auto next = place ^ unit.offset();
        if (next >= units.size()) refuseModel("its table of characters leads outside of itself");
        if (unit.endsAKey() && units[next].value() >= texts.size())
            refuseModel("its table of characters leads outside of its texts");
    }
}

void checkSentencePieceModel(std::string_view serialized) {
    Message message(serialized);
    std::uint64_t field = 0;
    std::string_view bytes;
    while (message.next(field, bytes))
        if (field == kNormalizer || field == kDenormalizer) checkNormalizer(bytes);
}

}  // namespace mergarium::text
