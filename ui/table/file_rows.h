#pragma once

#include <QByteArray>
#include <QStringList>
#include <QVariantList>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

class QAbstractItemModel;
class QTableView;

namespace mergarium {

/// What a cell stands for outside of the window: a number as it is, in the unit that the head of its column says in
/// this role; words in full; an empty text where nothing is known. What a model doesn't answer is as it is displayed.
constexpr int kValueRole = Qt::UserRole + 100;

/// A table as a file has it.
struct FileRows {
    QStringList heads;
    /// How many there are, as far as is known.
    std::uint64_t count = 0;
    /// The next of them, a value for each head; none: those were all. For another thread; throws with one sentence, or
    /// Cancelled.
    std::function<std::vector<QVariantList>(const std::stop_token& stop)> next;
};

/// A model whose file has more than the model shows: rows that are read page by page, or folded away; numbers that
/// share a cell.
class FileTable {
public:
    virtual ~FileTable() = default;
    virtual FileRows fileRows() const = 0;
};

/// Rows that are there already.
FileRows fileRowsOf(QStringList heads, std::vector<QVariantList> rows);
/// What the model says of itself, if it is a FileTable; else its rows as they are now, in the columns that are seen.
FileRows fileRowsOf(const QTableView& table);

/// One line of RFC 4180 with its end, in UTF-8; numbers in C's locale, in as many digits as tell them apart.
QByteArray csvLine(const QVariantList& cells);
/// The selected rows, from top to bottom, in the columns that are seen: cells with a tab between, rows with a line's
/// end.
QString selectedText(const QTableView& table);

}  // namespace mergarium
