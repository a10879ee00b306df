#pragma once

#include "core/files/bytes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mergarium {

/// What each message of a cluster begins with: what it is, in eight letters, and a version, which all programs of one
/// version of Mergarium share.
inline constexpr std::uint32_t kMessageVersion = 1;

inline ByteWriter beginMessage(std::string_view kind) {
    ByteWriter out;
    out.numbers(kind);
    out.number(kMessageVersion);
    return out;
}

/// Refuses other messages, and those of other versions.
inline void readHead(ByteReader& in, std::string_view kind) {
    const auto found = in.take(kind.size());
    if (std::string_view(reinterpret_cast<const char*>(found.data()), found.size()) != kind) in.refuse();
    if (in.number<std::uint32_t>() != kMessageVersion) in.refuse();
}

/// A length of eight bytes, and so many bytes.
inline void writeBytes(ByteWriter& out, std::span<const std::byte> bytes) {
    out.number(std::uint64_t{bytes.size()});
    out.add(bytes);
}

inline std::vector<std::byte> readBytes(ByteReader& in) {
    const auto bytes = in.take(in.number<std::uint64_t>());
    return {bytes.begin(), bytes.end()};
}

/// A number of an enumeration that has `count` values.
template <typename Enum>
Enum readEnum(ByteReader& in, std::uint8_t count) {
    const auto number = in.number<std::uint8_t>();
    if (number >= count) in.refuse();
    return static_cast<Enum>(number);
}

}  // namespace mergarium
