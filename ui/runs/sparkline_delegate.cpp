#include "ui/runs/sparkline_delegate.h"

#include "ui/runs/runs_model.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace mergarium {

void SparklineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto values = index.data(RunsModel::CurveRole).value<QList<float>>();
    if (values.size() < 2) return;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double span = std::max(*most - *least, 1e-6f);
    const double margin = option.rect.height() / 5.0;
    const QRectF area = QRectF(option.rect).adjusted(margin, margin, -margin, -margin);
    QPolygonF line;
    for (qsizetype i = 0; i < values.size(); ++i)
        line << QPointF(area.left() + area.width() * static_cast<double>(i) / static_cast<double>(values.size() - 1),
                        area.bottom() - area.height() * (values[i] - *least) / span);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    painter->setPen(QPen(selected ? option.palette.color(QPalette::HighlightedText) : colorsOf(option.palette).first,
                         margin / 3.0));
    painter->drawPolyline(line);
    painter->restore();
}

}  // namespace mergarium
