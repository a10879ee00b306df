#include "core/text/code_points.h"

#include "core/text/unicode.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace mergarium::text {
namespace {

std::uint32_t digitOf(char letter) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    return static_cast<std::uint32_t>(kDigits.find(letter));
}

bool isAmong(std::string_view names, std::string_view name) {
    while (true) {
        const auto end = names.find('|');
        if (names.substr(0, end) == name) return true;
        if (end == std::string_view::npos) return false;
        names.remove_prefix(end + 1);
    }
}

}  // namespace

CodePoints::CodePoints(std::vector<CodeRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const auto& one, const auto& two) { return one.first < two.first; });
    for (const auto& range : ranges)
        if (!ranges_.empty() && range.first <= ranges_.back().last + 1)
            ranges_.back().last = std::max(ranges_.back().last, range.last);
        else
            ranges_.push_back(range);
}

bool CodePoints::contains(char32_t code) const {
    const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), code,
                                         [](char32_t value, const CodeRange& range) { return value < range.first; });
    return behind != ranges_.begin() && code <= std::prev(behind)->last;
}

CodePoints CodePoints::operator|(const CodePoints& other) const {
    auto both = ranges_;
    both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
    return CodePoints(std::move(both));
}

CodePoints CodePoints::complement() const {
    CodePoints others;
    char32_t begin = 0;
    for (const auto& range : ranges_) {
        if (range.first > begin) others.ranges_.push_back({begin, range.first - 1});
        begin = range.last + 1;
    }
    if (begin <= kLastCodePoint) others.ranges_.push_back({begin, kLastCodePoint});
    return others;
}

CodePoints CodePoints::operator-(const CodePoints& other) const { return (complement() | other).complement(); }

CodePoints CodePoints::operator&(const CodePoints& other) const { return *this - other.complement(); }

CodePointTable::CodePointTable(const CodePoints& points) : pages_(1) {
    for (const auto& range : points.ranges())
        for (char32_t code = range.first; code <= range.last; ++code) {
            auto& page = pageOf_[code / kPage];
            if (page == 0) {
                page = static_cast<std::uint16_t>(pages_.size());
                pages_.emplace_back();
            }
            pages_[page].set(code % kPage);
            std::string spelled;
            append(spelled, code);
            leads_[static_cast<unsigned char>(spelled.front())] = true;
            hasAscii_ = hasAscii_ || code < 0x80;
        }
}

bool CodePointTable::isAnyIn(std::string_view text) const {
    constexpr std::uint64_t kNotAscii = 0x8080808080808080u;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    const auto* const end = bytes + text.size();
    while (bytes != end) {
        std::uint64_t next = kNotAscii;
        if (!hasAscii_ && static_cast<std::size_t>(end - bytes) >= sizeof next) std::memcpy(&next, bytes, sizeof next);
        if ((next & kNotAscii) == 0) {
            bytes += sizeof next;
            continue;
        }
        const auto* const stop = end - bytes < std::ptrdiff_t{sizeof next} ? end : bytes + sizeof next;
        for (; bytes != stop; ++bytes)
            if (leads_[*bytes]) {
                const auto at = static_cast<std::size_t>(bytes - reinterpret_cast<const unsigned char*>(text.data()));
                if (contains(characterAt(text, at).code)) return true;
            }
    }
    return false;
}

std::uint32_t readNumber(std::string_view& digits) {
    constexpr std::uint32_t kBase = 32;
    std::uint32_t number = 0;
    for (std::uint32_t place = 1;; place *= kBase) {
        const auto digit = digitOf(digits.front());
        digits.remove_prefix(1);
        number += digit % kBase * place;
        if (digit >= kBase) return number;
    }
}

CodePoints readSet(std::string_view table, std::string_view name) {
    while (!table.empty()) {
        const auto colon = table.find(':');
        const auto end = table.find(';', colon);
        if (!isAmong(table.substr(0, colon), name)) {
            table.remove_prefix(end + 1);
            continue;
        }
        std::vector<CodeRange> ranges;
        char32_t begin = 0;
        for (auto digits = table.substr(colon + 1, end - colon - 1); !digits.empty();) {
            const auto first = begin + readNumber(digits);
            ranges.push_back({first, first + readNumber(digits)});
            begin = ranges.back().last + 1;
        }
        return CodePoints(std::move(ranges));
    }
    return {};
}

}  // namespace mergarium::text
