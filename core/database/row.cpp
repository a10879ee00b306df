#include "core/database/row.h"

#include <SQLiteCpp/Column.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <stdexcept>

namespace mergarium {

bool Row::isNull(int column) const { return statement_.getColumn(column).isNull(); }

SQLite::Column Row::column(int index, int type, std::string_view kind) const {
    auto column = statement_.getColumn(index);
    // Where a column may hold fractions, SQLite keeps whole ones as integers.
    const int found = column.getType();
    if (found != type && !(type == SQLITE_FLOAT && found == SQLITE_INTEGER))
        refuse(index, fmt::format("is not {}", kind));
    return column;
}

std::uint64_t Row::count(int index, std::uint64_t least, std::uint64_t most) const {
    const auto value = column(index, SQLITE_INTEGER, "a whole number").getInt64();
    if (value < 0 || static_cast<std::uint64_t>(value) < least || static_cast<std::uint64_t>(value) > most)
        refuse(index, fmt::format("is {}, and must lie between {} and {}", value, least, most));
    return static_cast<std::uint64_t>(value);
}

std::uint64_t Row::bits(int index) const {
    return static_cast<std::uint64_t>(column(index, SQLITE_INTEGER, "a whole number").getInt64());
}

double Row::number(int index, double least, double most) const {
    const double value = column(index, SQLITE_FLOAT, "a number").getDouble();
    if (!std::isfinite(value) || value < least || value > most) {
        if (most == std::numeric_limits<double>::max())
            refuse(index, fmt::format("is {}, and must be at least {}", value, least));
        refuse(index, fmt::format("is {}, and must lie between {} and {}", value, least, most));
    }
    return value;
}

std::string Row::text(int index) const { return column(index, SQLITE_TEXT, "a text").getString(); }

std::string Row::text(int index, std::size_t most) const {
    const auto value = column(index, SQLITE_TEXT, "a text");
    if (static_cast<std::size_t>(value.getBytes()) > most)
        refuse(index, fmt::format("has {} bytes, and may have {} at most", value.getBytes(), most));
    return value.getString();
}

std::span<const std::byte> Row::blob(int index) const {
    const auto value = column(index, SQLITE_BLOB, "a list of bytes");
    return {static_cast<const std::byte*>(value.getBlob()), static_cast<std::size_t>(value.getBytes())};
}

std::string Row::place(int index) const {
    auto place = std::string(table_);
    if (key_ >= 0)
        place += fmt::format(", {} {}", statement_.getColumnName(key_), statement_.getColumn(key_).getString());
    return fmt::format("{}: {}", place, statement_.getColumnName(index));
}

void Row::refuse(int index, std::string_view problem) const {
    // The second kind of problem is a sentence of its own.
    const bool whole = !problem.empty() && problem.back() == '.';
    throw std::runtime_error(whole ? fmt::format("the database is damaged ({}): {}", place(index), problem)
                                   : fmt::format("the database is damaged: {} {}.", place(index), problem));
}

}  // namespace mergarium
