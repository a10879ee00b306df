#pragma once

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

/// SQLite has signed integers alone.
inline std::int64_t stored(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Copies the bytes.
inline void bindBlob(SQLite::Statement& statement, int index, std::span<const std::byte> blob) {
    statement.bind(index, blob.data(), static_cast<int>(blob.size()));
}

}  // namespace mergarium
