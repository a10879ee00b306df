#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mergarium {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they lie in memory");

/// Packs numbers and texts one after the other, without padding: 8 bytes for a std::uint64_t or double, 4 for a float.
class ByteWriter {
public:
    template <typename Number>
    requires std::is_arithmetic_v<Number>
    void number(Number value) { add(std::as_bytes(std::span(&value, 1))); }
    /// Any contiguous range of numbers, without its length.
    template <std::ranges::contiguous_range Numbers>
    void numbers(const Numbers& values) {
        add(std::as_bytes(std::span(std::ranges::data(values), std::ranges::size(values))));
    }
    /// A length of 8 bytes, and the text.
    void text(std::string_view text) {
        number(std::uint64_t{text.size()});
        numbers(text);
    }
    void add(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

    std::vector<std::byte> take() && { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

/// Reads what ByteWriter packed, never beyond the end: throws std::runtime_error with the sentence it was given when
/// there are fewer bytes than asked for, or more. Refers to the bytes.
class ByteReader {
public:
    ByteReader(std::span<const std::byte> bytes, std::string_view problem) : left_(bytes), problem_(problem) {}

    std::size_t left() const { return left_.size(); }

    template <typename Number>
    requires std::is_arithmetic_v<Number> Number number() {
        Number value;
        copy(take(sizeof value), &value);
        return value;
    }
    /// Fills `values`.
    template <typename Number>
    requires std::is_arithmetic_v<Number>
    void numbers(std::span<Number> values) { copy(take(values.size_bytes()), values.data()); }
    /// Nothing is allocated for a count that can't be true.
    template <typename Number>
    std::vector<Number> numbers(std::uint64_t count) {
        if (count > left_.size() / sizeof(Number)) refuse();
        std::vector<Number> values(count);
        numbers(std::span(values));
        return values;
    }
    std::string text() {
        const auto size = number<std::uint64_t>();
        const auto bytes = take(size);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    std::span<const std::byte> take(std::uint64_t size) {
        if (size > left_.size()) refuse();
        const auto bytes = left_.first(size);
        left_ = left_.subspan(size);
        return bytes;
    }
    /// To be called last.
    void close() const {
        if (!left_.empty()) refuse();
    }
    [[noreturn]] void refuse() const { throw std::runtime_error(std::string(problem_)); }

private:
    /// An empty list may have nowhere to copy to.
    static void copy(std::span<const std::byte> from, void* to) {
        if (!from.empty()) std::memcpy(to, from.data(), from.size());
    }

    std::span<const std::byte> left_;
    std::string_view problem_;
};

}  // namespace mergarium
