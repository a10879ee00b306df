#include "ui/table/fitted_columns.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableView>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace mergarium {

FittedColumns::FittedColumns(QTableView& table, GivesWay who) : QObject(&table), table_(table), who_(who) {
    auto* header = table.horizontalHeader();
    // Of what is seen: measuring hundreds of rows takes longer than drawing them.
    header->setResizeContentsPrecision(0);
    header->setStretchLastSection(false);
    soon_.setSingleShot(true);
    soon_.setInterval(0);
    connect(&soon_, &QTimer::timeout, this, &FittedColumns::fit);
    const auto* model = table.model();
    const auto later = [this] { soon_.start(); };
    connect(model, &QAbstractItemModel::dataChanged, this, later);
    connect(model, &QAbstractItemModel::rowsInserted, this, later);
    connect(model, &QAbstractItemModel::layoutChanged, this, later);
    connect(model, &QAbstractItemModel::modelReset, this, later);
    connect(model, &QAbstractItemModel::headerDataChanged, this, later);
    connect(header, &QHeaderView::sectionResized, this, [this](int section) {
        if (!fitting_) held_.insert(section);
    });
    connect(header, &QHeaderView::sectionHandleDoubleClicked, this, [this](int section) {
        held_.erase(section);
        soon_.start();
    });
    table.viewport()->installEventFilter(this);
    soon_.start();
}

void FittedColumns::setKey(int column) {
    key_ = column;
    soon_.start();
}

void FittedColumns::setWide(int column) {
    wide_ = column;
    soon_.start();
}

bool FittedColumns::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::FontChange) soon_.start();
    return QObject::eventFilter(watched, event);
}

void FittedColumns::fit() {
    fitting_ = true;
    measure();
    share();
    fitting_ = false;
}

void FittedColumns::measure() {
    const auto* header = table_.horizontalHeader();
    const bool empty = table_.model()->rowCount() == 0;
    const bool anew = std::exchange(wasEmpty_, empty) || std::ssize(columns_) != header->count();
    if (anew) {
        held_.clear();
        columns_.assign(static_cast<std::size_t>(header->count()), {});
    }
    for (int column = 0; column < header->count(); ++column) {
        auto& [content, head] = columns_[static_cast<std::size_t>(column)];
        content = std::max(content, static_cast<QAbstractItemView&>(table_).sizeHintForColumn(column));
        head = std::max(head, header->sectionSizeHint(column));
    }
}

bool FittedColumns::isFixed(int column) const {
    return held_.contains(column) || table_.horizontalHeader()->isSectionHidden(column);
}

/// Which stand at the right of their cells: in a wide one, away from all the others.
bool FittedColumns::isOfNumbers(int column) const {
    const auto alignment = table_.model()->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
    return (alignment.toInt() & Qt::AlignRight) != 0;
}

std::optional<int> FittedColumns::widest() const {
    if (wide_) return isFixed(*wide_) ? std::nullopt : wide_;
    const auto* header = table_.horizontalHeader();
    const int last = header->logicalIndex(header->count() - 1);
    return isFixed(last) || isOfNumbers(last) ? std::nullopt : std::optional(last);
}

void FittedColumns::share() {
    auto* header = table_.horizontalHeader();
    const int last = header->logicalIndex(header->count() - 1);
    if (last < 0) return;
    std::vector<int> widths;
    int room = table_.viewport()->width();
    for (int column = 0; column < header->count(); ++column) {
        const bool fixed = isFixed(column);
        widths.push_back(fixed ? header->sectionSize(column) : columns_[static_cast<std::size_t>(column)].wanted());
        room -= widths.back();
    }
    // Each in proportion to what it can spare; the rounding falls to the later ones.
    const auto giveWay = [&](auto floor, bool keys) {
        std::vector<int> spare;
        int all = 0;
        for (int column = 0; column < header->count(); ++column) {
            const auto at = static_cast<std::size_t>(column);
            const bool gives =
                !isFixed(column) && (column == key_) == keys && (keys || who_ == GivesWay::All || column == last);
            // A number without its end is none.
            const int least = isOfNumbers(column) ? columns_[at].content : floor(columns_[at]);
            spare.push_back(gives ? std::max(0, widths[at] - least) : 0);
            all += spare.back();
        }
        for (std::size_t at = 0; at < widths.size() && room < 0 && all > 0; ++at) {
            const int given =
                static_cast<int>(std::min<qint64>(spare[at], (static_cast<qint64>(-room) * spare[at] + all - 1) / all));
            widths[at] -= given;
            room += given;
            all -= spare[at];
        }
    };
    for (const bool keys : {false, true}) {
        giveWay([](const Column& column) { return column.content; }, keys);
        giveWay([](const Column& column) { return column.least(); }, keys);
    }
    if (const auto wide = widest(); wide && room > 0) widths[static_cast<std::size_t>(*wide)] += room;
    for (int column = 0; column < header->count(); ++column)
        if (!isFixed(column)) header->resizeSection(column, widths[static_cast<std::size_t>(column)]);
}

}  // namespace mergarium
