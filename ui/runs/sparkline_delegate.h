#pragma once

#include <QStyledItemDelegate>

namespace mergarium {

/// Draws a run's curve as wide as its cell, from the least to the largest value.
class SparklineDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace mergarium
