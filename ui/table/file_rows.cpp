#include "ui/table/file_rows.h"

#include <QHeaderView>
#include <QTableView>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace mergarium {
namespace {

/// From left to right.
std::vector<int> seenColumns(const QTableView& table) {
    std::vector<int> columns;
    const auto* header = table.horizontalHeader();
    for (int place = 0; place < header->count(); ++place)
        if (const int column = header->logicalIndex(place); !header->isSectionHidden(column)) columns.push_back(column);
    return columns;
}

QVariant valueAt(const QModelIndex& cell) {
    const auto value = cell.data(kValueRole);
    return value.isValid() ? value : cell.data();
}

QVariantList valuesOf(const QAbstractItemModel& model, int row, const std::vector<int>& columns) {
    QVariantList values;
    for (const int column : columns) values << valueAt(model.index(row, column));
    return values;
}

/// The shortest that reads back as the same number.
QString numberText(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return QString::fromLatin1(digits.data(), end - digits.data());
}

QString textOf(const QVariant& value) {
    return value.typeId() == QMetaType::Double ? numberText(value.toDouble()) : value.toString();
}

}  // namespace

FileRows fileRowsOf(QStringList heads, std::vector<QVariantList> rows) {
    const auto count = rows.size();
    return {.heads = std::move(heads), .count = count, .next = [rows = std::move(rows)](const auto&) mutable {
                return std::exchange(rows, {});
            }};
}

FileRows fileRowsOf(const QTableView& table) {
    const auto& model = *table.model();
    if (const auto* own = dynamic_cast<const FileTable*>(&model)) return own->fileRows();
    const auto columns = seenColumns(table);
    QStringList heads;
    for (const int column : columns) {
        const auto head = model.headerData(column, Qt::Horizontal, kValueRole);
        heads << (head.isValid() ? head : model.headerData(column, Qt::Horizontal)).toString();
    }
    std::vector<QVariantList> rows;
    for (int row = 0; row < model.rowCount(); ++row) rows.push_back(valuesOf(model, row, columns));
    return fileRowsOf(std::move(heads), std::move(rows));
}

QByteArray csvLine(const QVariantList& cells) {
    QByteArray line;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        auto text = textOf(cells[i]).toUtf8();
        const bool quoted = std::ranges::any_of(
            text, [](char letter) { return letter == ',' || letter == '"' || letter == '\r' || letter == '\n'; });
        if (quoted) text = '"' + text.replace('"', "\"\"") + '"';
        if (i > 0) line += ',';
        line += text;
    }
    return line + "\r\n";
}

QString selectedText(const QTableView& table) {
    const auto columns = seenColumns(table);
    auto rows = table.selectionModel()->selectedIndexes();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    QString text;
    int last = -1;
    for (const auto& index : rows) {
        if (std::exchange(last, index.row()) == index.row()) continue;
        QStringList cells;
        // Neither tab nor line's end belongs into a cell.
        for (const auto& value : valuesOf(*table.model(), index.row(), columns)) cells << textOf(value).simplified();
        text += cells.join('\t') + '\n';
    }
    return text;
}

}  // namespace mergarium
