#include "ui/table/fitted_columns.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace mergarium {

FittedColumns::FittedColumns(QTableView& table) : QObject(&table), table_(table) {
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

bool FittedColumns::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::FontChange) soon_.start();
    return QObject::eventFilter(watched, event);
}

void FittedColumns::fit() {
    auto* header = table_.horizontalHeader();
    const bool empty = table_.model()->rowCount() == 0;
    const bool anew = std::exchange(wasEmpty_, empty);
    if (anew) held_.clear();
    fitting_ = true;
    const int last = header->logicalIndex(header->count() - 1);
    for (int column = 0; column < header->count(); ++column) {
        const int content = static_cast<QAbstractItemView&>(table_).sizeHintForColumn(column);
        const int wanted = std::max(content, header->sectionSizeHint(column));
        if (column == last)
            last_ = anew ? wanted : std::max(last_, wanted);
        else if (!held_.contains(column) && (anew || wanted > header->sectionSize(column)))
            header->resizeSection(column, wanted);
    }
    fitLast();
    fitting_ = false;
}

void FittedColumns::fitLast() {
    auto* header = table_.horizontalHeader();
    const int last = header->logicalIndex(header->count() - 1);
    if (last < 0 || held_.contains(last)) return;
    const int others = header->length() - header->sectionSize(last);
    header->resizeSection(last, std::max(last_, table_.viewport()->width() - others));
}

}  // namespace mergarium
