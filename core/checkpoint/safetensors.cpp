#include "core/checkpoint/safetensors.h"

#include "core/files/mapped_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr std::size_t kMostEntries = 1'000'000;        // a header of 100 MB could hold enough to fill the memory
constexpr std::size_t kMostDimensions = 64;            // libtorch's own limit
constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

[[noreturn]] void refuseHeader(std::string_view file, std::string_view what) {
    throw std::runtime_error(fmt::format("{}: not a usable safetensors file: {}.", file, what));
}

/// A text for a one-line message: cut before a whole character where it is too long.
std::string shown(std::string_view name) {
    std::size_t length = std::min<std::size_t>(name.size(), 200);
    while (length < name.size() && length > 0 && (static_cast<unsigned char>(name[length]) & 0xc0) == 0x80) --length;
    std::string text(name.substr(0, length));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return fmt::format("'{}{}'", text, length < name.size() ? "..." : "");
}

/// Takes the header's JSON event by event: no tree is built, nesting costs nothing, and a name that occurs twice is
/// seen. The library guarantees that strings are UTF-8.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit HeaderReader(std::uint64_t dataSize) : dataSize_(dataSize) {}

    SafetensorsHeader header;
    /// The first problem found; empty if none.
    std::string problem;

    bool null() override { return unexpected("null"); }
    bool boolean(bool) override { return unexpected("a truth value"); }
    bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
    bool number_float(number_float_t, const string_t&) override {
        return unexpected("a number that is not whole or too large");
    }
    bool binary(binary_t&) override { return unexpected("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (place_ != Place::Shape && place_ != Place::Offsets) return unexpected("a number");
        if (value > kLargest)
            return fail(fmt::format("tensor {} has a size or an offset of {}, which is absurd", shown(tensor_), value));
        if (place_ == Place::Offsets) {
            offsets_.push_back(value);
            return offsets_.size() <= 2 ||
                   fail(fmt::format("tensor {} has more than two data_offsets", shown(tensor_)));
        }
        entry_.shape.push_back(static_cast<std::int64_t>(value));
        return entry_.shape.size() <= kMostDimensions ||
               fail(fmt::format("tensor {} has more than {} dimensions", shown(tensor_), kMostDimensions));
    }

    bool string(string_t& value) override {
        if (place_ == Place::Metadata) {
            header.metadata[key_] = std::move(value);
            return true;
        }
        if (place_ != Place::Tensor || key_ != "dtype") return unexpected("a text");
        const auto dtype = dtypeOf(value);
        if (!dtype)
            return fail(
                fmt::format("tensor {} has the dtype {}, which Mergarium doesn't know", shown(tensor_), shown(value)));
        entry_.dtype = *dtype;
        return true;
    }

    bool start_object(std::size_t) override {
        if (place_ == Place::Outside) return enter(Place::Top);
        if (place_ == Place::Top) return enter(key_ == "__metadata__" ? Place::Metadata : Place::Tensor);
        return unexpected("an object");
    }

    bool key(string_t& value) override {
        if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
            return fail("a name in its header contains control characters");
        if (place_ == Place::Top) return startEntry(std::move(value));
        if (place_ == Place::Metadata) {
            key_ = std::move(value);
            if (header.metadata.contains(key_)) return fail(fmt::format("its metadata names {} twice", shown(key_)));
            return header.metadata.size() < kMostEntries || fail("it has more metadata than is sane");
        }
        key_ = std::move(value);
        if (key_ != "dtype" && key_ != "shape" && key_ != "data_offsets")
            return fail(fmt::format("tensor {} has the unknown property {}", shown(tensor_), shown(key_)));
        return seen_.insert(key_).second || fail(fmt::format("tensor {} has its {} twice", shown(tensor_), key_));
    }

    bool end_object() override {
        if (place_ == Place::Tensor && !finishEntry()) return false;
        place_ = place_ == Place::Top ? Place::Outside : Place::Top;
        return true;
    }

    bool start_array(std::size_t) override {
        if (place_ == Place::Tensor && key_ == "shape") return enter(Place::Shape);
        if (place_ == Place::Tensor && key_ == "data_offsets") return enter(Place::Offsets);
        return unexpected("a list");
    }

    bool end_array() override { return enter(Place::Tensor); }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
        const std::string_view what = error.what();
        const bool utf8 = what.find("UTF-8") != what.npos;
        return fail(fmt::format("its header is not valid JSON from byte {} on{}",
                                sizeof(std::uint64_t) + std::max<std::size_t>(position, 1) - 1,
                                utf8 ? ", where the text isn't UTF-8" : ""));
    }

private:
    enum class Place { Outside, Top, Metadata, Tensor, Shape, Offsets };

    bool enter(Place place) {
        place_ = place;
        return true;
    }

    bool fail(std::string what) {
        problem = std::move(what);
        return false;
    }

    bool unexpected(std::string_view what) {
        if (place_ == Place::Outside) return fail("its header is not a JSON object");
        if (place_ == Place::Top || place_ == Place::Metadata)
            return fail(fmt::format("its header has {} for {}", what, shown(key_)));
        return fail(fmt::format("tensor {} has {} in its {}", shown(tensor_), what, key_));
    }

    bool startEntry(std::string name) {
        key_ = std::move(name);
        if (key_ == "__metadata__") return !std::exchange(sawMetadata_, true) || fail("it has __metadata__ twice");
        if (header.tensors.contains(key_)) return fail(fmt::format("tensor {} occurs twice", shown(key_)));
        if (header.tensors.size() == kMostEntries)
            return fail(fmt::format("it has more than {} tensors", kMostEntries));
        tensor_ = key_;
        entry_ = {};
        offsets_.clear();
        seen_.clear();
        return true;
    }

    bool finishEntry() {
        if (seen_.size() != 3 || offsets_.size() != 2)
            return fail(fmt::format("tensor {} lacks a dtype, a shape or two data_offsets", shown(tensor_)));
        std::uint64_t bytes = sizeOf(entry_.dtype);
        bool empty = false;
        for (const auto extent : entry_.shape) {
            const auto size = static_cast<std::uint64_t>(extent);
            empty = empty || size == 0;
            if (size != 0 && bytes > kLargest / size)
                return fail(fmt::format("the shape of tensor {} is absurdly large", shown(tensor_)));
            bytes *= std::max<std::uint64_t>(size, 1);
        }
        if (empty) bytes = 0;
        entry_.begin = offsets_[0];
        entry_.end = offsets_[1];
        if (entry_.begin > entry_.end) return fail(fmt::format("tensor {} ends before it begins", shown(tensor_)));
        if (entry_.end > dataSize_)
            return fail(fmt::format("tensor {} lies outside the file, which may be truncated ({} bytes are missing)",
                                    shown(tensor_), entry_.end - dataSize_));
        if (entry_.end - entry_.begin != bytes)
            return fail(fmt::format("tensor {} has {} bytes where its shape needs {}", shown(tensor_),
                                    entry_.end - entry_.begin, bytes));
        header.tensors.emplace(tensor_, std::move(entry_));
        return true;
    }

    std::uint64_t dataSize_;
    Place place_ = Place::Outside;
    bool sawMetadata_ = false;
    std::string key_, tensor_;
    TensorEntry entry_;
    std::vector<std::uint64_t> offsets_;
    std::set<std::string> seen_;
};

void refuseOverlaps(const SafetensorsHeader& header, std::string_view file) {
    using Item = std::pair<const std::string, TensorEntry>;
    std::vector<const Item*> items;
    for (const auto& item : header.tensors)
        if (item.second.begin != item.second.end) items.push_back(&item);
    std::sort(items.begin(), items.end(),
              [](const Item* a, const Item* b) { return a->second.begin < b->second.begin; });
    for (std::size_t i = 1; i < items.size(); ++i)
        if (items[i]->second.begin < items[i - 1]->second.end)
            refuseHeader(file,
                         fmt::format("tensors {} and {} overlap", shown(items[i - 1]->first), shown(items[i]->first)));
}

/// What a file really is that is named like safetensors; empty where that can't be told.
std::string_view disguiseOf(std::span<const std::byte> file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 64));
    if (text.starts_with("version https://git-lfs"))
        return "it is a Git LFS pointer, not the weights themselves; run `git lfs pull` in its folder";
    if (text.starts_with("PK\x03\x04"))
        return "it is a zip archive, probably a pickle file of PyTorch; convert it to safetensors first";
    if (text.starts_with("GGUF")) return "it is a GGUF file; name the safetensors files that it was made from";
    if (text.starts_with("<!DOCTYPE") || text.starts_with("<html")) return "it is a web page; download the file itself";
    return {};
}

}  // namespace

SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> file, std::uint64_t fileSize,
                                         std::string_view name) {
    std::uint64_t length = 0;
    if (const auto disguise = disguiseOf(file); !disguise.empty()) refuseHeader(name, disguise);
    if (file.size() < sizeof length || fileSize < sizeof length) refuseHeader(name, "it is shorter than its header");
    std::memcpy(&length, file.data(), sizeof length);
    if (length > kLongestHeader)
        refuseHeader(name, fmt::format("it claims a header of {} bytes, more than the {} that the format allows",
                                       length, kLongestHeader));
    if (length > file.size() - sizeof length || length > fileSize - sizeof length)
        refuseHeader(name, fmt::format("it is shorter than its header of {} bytes; it may be truncated", length));

    HeaderReader reader(fileSize - sizeof length - length);
    const auto* text = reinterpret_cast<const char*>(file.data()) + sizeof length;
    if (length == 0 || *text != '{') refuseHeader(name, "its header is not a JSON object");
    const bool read = nlohmann::json::sax_parse(text, text + length, &reader);
    if (!read || !reader.problem.empty())
        refuseHeader(name, reader.problem.empty() ? "its header is not valid JSON" : reader.problem);
    refuseOverlaps(reader.header, name);
    reader.header.dataBegin = sizeof length + length;
    return std::move(reader.header);
}

SafetensorsHeader readSafetensorsHeader(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    return file->reading([&](auto bytes) { return parseSafetensorsHeader(bytes, bytes.size(), path.string()); });
}

std::vector<float> readFloatTensor(const std::filesystem::path& path, const std::string& tensor) {
    const auto file = MappedFile::open(path);
    const auto header =
        file->reading([&](auto bytes) { return parseSafetensorsHeader(bytes, bytes.size(), path.string()); });
    const auto found = header.tensors.find(tensor);
    if (found == header.tensors.end()) refuseHeader(path.string(), fmt::format("it has no tensor {}", shown(tensor)));
    const auto& entry = found->second;
    if (entry.dtype != DType::F32)
        refuseHeader(path.string(),
                     fmt::format("tensor {} is {} where F32 is needed", shown(tensor), nameOf(entry.dtype)));

    std::vector<float> values((entry.end - entry.begin) / sizeof(float));
    toFloats(DType::F32, file->bytes().data() + header.dataBegin + entry.begin, values);
    file->check();
    return values;
}

}  // namespace mergarium
