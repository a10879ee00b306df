#include "core/gguf/gguf_header.h"

#include "core/files/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <type_traits>

namespace mergarium {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kMostExtents = 4;
/// As ggml has it, its end included.
constexpr std::size_t kLongestName = 64;
/// The largest that a tensor's elements and bytes are counted to.
constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

void add(ByteWriter& out, const std::string& text) { out.text(text); }
void add(ByteWriter& out, bool value) { out.number(static_cast<std::uint8_t>(value)); }
template <typename Number>
void add(ByteWriter& out, Number value) {
    out.number(value);
}

void add(ByteWriter& out, const GgufList& list) {
    out.number(static_cast<std::uint32_t>(list.index()));
    std::visit(
        [&](const auto& values) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, std::monostate>) {
                out.number(std::uint64_t{values.size()});
                for (const auto& value : values)
                    add(out, static_cast<typename std::decay_t<decltype(values)>::value_type>(value));
            }
        },
        list);
}

class HeaderReader {
public:
    HeaderReader(std::span<const std::byte> file, std::uint64_t fileSize, std::string_view name)
        : size_(file.size()),
          fileSize_(fileSize),
          name_(name),
          problem_(fmt::format("{}: this GGUF file is truncated or damaged: its header leads beyond its end.", name)),
          in_(file, problem_) {}

    GgufHeader read() {
        if (in_.left() < sizeof kMagic || in_.number<std::uint32_t>() != kMagic) refuse("this is no GGUF file");
        if (const auto version = in_.number<std::uint32_t>(); version != kVersion)
            refuse(fmt::format("GGUF's version {} isn't read; version {} is", version, kVersion));
        const auto tensors = in_.number<std::uint64_t>(), keys = in_.number<std::uint64_t>();
        // Nothing has less than its length, its type and what it is called.
        if (keys > in_.left() / 13 || tensors > in_.left() / 32) in_.refuse();
        readKeys(keys);
        for (std::uint64_t i = 0; i < tensors; ++i) readTensor(i);
        readPlaces();
        return std::move(header_);
    }

private:
    [[noreturn]] void refuse(std::string_view what) const {
        throw std::runtime_error(fmt::format("{}: {}.", name_, what));
    }

    void readKeys(std::uint64_t count) {
        std::set<std::string> known;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto key = in_.text();
            if (!known.insert(key).second) refuse(fmt::format("key {} has the name of another", i));
            auto value = valueOf<GgufValue>(in_.number<std::uint32_t>());
            // Not `set`, which looks for the key once more.
            keys_.emplace_back(std::move(key), std::move(value));
        }
        for (auto& [key, value] : keys_) {
            if (key == "general.alignment") {
                const auto* given = std::get_if<std::uint32_t>(&value);
                if (!given || *given == 0 || *given % 8 != 0 || *given > (1U << 20))
                    refuse("general.alignment is no multiple of 8");
                alignment_ = *given;
            }
        }
        header_.metadata = GgufMetadata(std::move(keys_));
    }

    template <typename Variant, std::size_t Index = 0>
    Variant valueOf(std::uint32_t type) {
        if constexpr (Index < std::variant_size_v<Variant>) {
            if (type == Index)
                return Variant(std::in_place_index<Index>, one<std::variant_alternative_t<Index, Variant>>());
            return valueOf<Variant, Index + 1>(type);
        } else {
            refuse(fmt::format("a value has the type {}, which GGUF doesn't have", type));
        }
    }

    template <typename Value>
    Value one() {
        if constexpr (std::is_same_v<Value, std::monostate>) {
            refuse("a value is a list of lists, which aren't read");
        } else if constexpr (std::is_same_v<Value, bool>) {
            const auto byte = in_.number<std::uint8_t>();
            if (byte > 1) refuse("a truth value is neither 0 nor 1");
            return byte == 1;
        } else if constexpr (std::is_same_v<Value, std::string>) {
            return in_.text();
        } else if constexpr (std::is_same_v<Value, GgufList>) {
            return valueOf<GgufList>(in_.number<std::uint32_t>());
        } else if constexpr (std::is_arithmetic_v<Value>) {
            return in_.number<Value>();
        } else {
            return many<typename Value::value_type>();
        }
    }

    template <typename Value>
    std::vector<Value> many() {
        constexpr std::size_t kLeast = std::is_same_v<Value, std::string> ? sizeof(std::uint64_t)
                                       : std::is_same_v<Value, bool>      ? 1
                                                                          : sizeof(Value);
        const auto count = in_.number<std::uint64_t>();
        if (count > in_.left() / kLeast) in_.refuse();
        std::vector<Value> values;
        values.reserve(static_cast<std::size_t>(count));
        for (std::uint64_t i = 0; i < count; ++i) values.push_back(one<Value>());
        return values;
    }

    void readTensor(std::uint64_t index) {
        GgufEntry tensor;
        const auto isWrong = [&](std::string_view what) { refuse(fmt::format("tensor {} {}", index, what)); };
        tensor.name = in_.text();
        if (tensor.name.empty() || tensor.name.size() >= kLongestName) isWrong("has a name that is empty or too long");
        if (!names_.insert(tensor.name).second) isWrong("has the name of another");
        const auto extents = in_.number<std::uint32_t>();
        if (extents == 0 || extents > kMostExtents) isWrong("has no dimensions, or more than four");
        std::uint64_t count = 1;
        for (std::uint32_t i = 0; i < extents; ++i) {
            const auto extent = in_.number<std::uint64_t>();
            if (extent == 0 || extent > kMost / count) isWrong("has an impossible shape");
            count *= extent;
            tensor.extents.push_back(extent);
        }
        const auto type = in_.number<std::uint32_t>();
        const auto known = ggmlTypeNumbered(type);
        if (!known) isWrong(fmt::format("has the element type {}, which isn't read", type));
        tensor.type = *known;
        if (tensor.extents.front() % blockOf(tensor.type) != 0) isWrong("has rows that are no whole blocks");
        if (count > kMost / bytesPerBlock(tensor.type)) isWrong("has an impossible shape");
        tensor.begin = in_.number<std::uint64_t>();
        header_.tensors.push_back(std::move(tensor));
    }

    void readPlaces() {
        header_.dataBegin = alignedTo(alignment_, size_ - in_.left());
        if (header_.tensors.empty()) return;
        if (header_.dataBegin > fileSize_) in_.refuse();
        const auto room = fileSize_ - header_.dataBegin;
        std::vector<std::size_t> order(header_.tensors.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return header_.tensors[i].begin; });
        std::uint64_t end = 0;
        for (const auto i : order) {
            const auto& tensor = header_.tensors[i];
            if (tensor.begin % alignment_ != 0) refuse(fmt::format("tensor {} isn't aligned", i));
            if (tensor.begin > room || tensor.byteSize() > room - tensor.begin)
                refuse(fmt::format("tensor {} lies beyond the file's end; it is truncated or damaged", i));
            if (tensor.begin < end) refuse(fmt::format("tensor {} lies over another", i));
            end = tensor.begin + tensor.byteSize();
        }
    }

    std::size_t size_;
    std::uint64_t fileSize_;
    std::string_view name_;
    std::string problem_;
    ByteReader in_;
    GgufHeader header_;
    std::vector<std::pair<std::string, GgufValue>> keys_;
    std::set<std::string> names_;
    std::uint64_t alignment_ = kGgufAlignment;
};

}  // namespace

std::vector<std::byte> ggufHeaderBytes(const GgufMetadata& metadata, std::span<const GgufEntry> tensors) {
    ByteWriter out;
    out.number(kMagic);
    out.number(kVersion);
    out.number(std::uint64_t{tensors.size()});
    out.number(std::uint64_t{metadata.entries().size()});
    for (const auto& [key, value] : metadata.entries()) {
        out.text(key);
        out.number(static_cast<std::uint32_t>(value.index()));
        std::visit([&](const auto& one) { add(out, one); }, value);
    }
    for (const auto& tensor : tensors) {
        out.text(tensor.name);
        out.number(static_cast<std::uint32_t>(tensor.extents.size()));
        for (const auto extent : tensor.extents) out.number(extent);
        out.number(static_cast<std::uint32_t>(tensor.type));
        out.number(tensor.begin);
    }
    auto bytes = std::move(out).take();
    bytes.resize(alignedTo(kGgufAlignment, bytes.size()));
    return bytes;
}

GgufHeader parseGgufHeader(std::span<const std::byte> file, std::uint64_t fileSize, std::string_view name) {
    return HeaderReader(file, fileSize, name).read();
}

}  // namespace mergarium
