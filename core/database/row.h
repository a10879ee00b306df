#pragma once

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace mergarium {

/// A row as it lies in a database that anybody may have written: nothing is taken out of it unchecked. Columns are
/// counted from 0 and named as the query names them. Throws std::runtime_error with one sentence that names table,
/// column and value; SQLite::Exception only where SQLite itself fails.
class Row {
public:
    static constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();

    /// Of a statement that stands on a row, and outlives this. Column `key`, if any, is what tells the row from others
    /// of its table.
    explicit Row(const SQLite::Statement& statement, std::string_view table, int key = -1)
        : statement_(statement), table_(table), key_(key) {}

    bool isNull(int column) const;
    /// A whole number in [least, most].
    std::uint64_t count(int column, std::uint64_t least = 0, std::uint64_t most = kMost) const;
    /// Any 64 bits.
    std::uint64_t bits(int column) const;
    /// Finite, in [least, most].
    double number(int column, double least = 0.0, double most = std::numeric_limits<double>::max()) const;
    /// In [0, 1].
    double fraction(int column) const { return number(column, 0.0, 1.0); }
    std::string text(int column) const;
    /// At most so many bytes.
    std::string text(int column, std::size_t most) const;
    /// Valid as long as the statement stands on the row.
    std::span<const std::byte> blob(int column) const;

    /// What `read` makes of the value; where it throws std::runtime_error, the sentence says of what.
    template <typename Read>
    auto as(int column, Read&& read) const {
        try {
            return read();
        } catch (const std::runtime_error& error) {
            refuse(column, error.what());
        }
    }
    /// `problem` is a whole sentence, or what follows the name of the column in one.
    [[noreturn]] void refuse(int column, std::string_view problem) const;

private:
    SQLite::Column column(int index, int type, std::string_view kind) const;
    std::string place(int column) const;

    const SQLite::Statement& statement_;
    std::string_view table_;
    int key_;
};

}  // namespace mergarium
