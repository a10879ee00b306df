#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mergarium::text {

constexpr char32_t kLastCodePoint = 0x10FFFF;

/// Code points from `first` to `last`, both among them.
struct CodeRange {
    char32_t first = 0;
    char32_t last = 0;

    bool operator==(const CodeRange&) const = default;
};

/// A set of code points. A value; any thread.
class CodePoints {
public:
    CodePoints() = default;
    /// In any order; they may overlap.
    explicit CodePoints(std::vector<CodeRange> ranges);

    /// Sorted, with gaps between them.
    const std::vector<CodeRange>& ranges() const { return ranges_; }
    bool empty() const { return ranges_.empty(); }
    bool contains(char32_t code) const;

    CodePoints operator|(const CodePoints& other) const;
    CodePoints operator-(const CodePoints& other) const;
    CodePoints operator&(const CodePoints& other) const;
    CodePoints complement() const;
    bool operator==(const CodePoints&) const = default;

private:
    std::vector<CodeRange> ranges_;
};

/// A set that answers at once.
class CodePointTable {
public:
    explicit CodePointTable(const CodePoints& points);

    bool contains(char32_t code) const { return code <= kLastCodePoint && pages_[pageOf_[code / kPage]][code % kPage]; }
    /// Whether any is in a text, which is valid UTF-8. Quick where none is near.
    bool isAnyIn(std::string_view text) const;

private:
    /// The first bytes of how those in the set are spelled.
    std::array<bool, 256> leads_{};
    bool hasAscii_ = false;
    static constexpr std::size_t kPage = 256;
    std::array<std::uint16_t, (kLastCodePoint + 1) / kPage> pageOf_{};
    /// The first is empty.
    std::vector<std::bitset<kPage>> pages_;
};

/// One of the sets of a table (unicode_tables.h), by any of its names; empty where there is none.
CodePoints readSet(std::string_view table, std::string_view name);
/// The next number of such a table, which is then behind it.
std::uint32_t readNumber(std::string_view& digits);

}  // namespace mergarium::text
