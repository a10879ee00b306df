#include "ui/transport/transport_icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>

namespace mergarium {
namespace {

/// In a square of 16 by 16.
QPainterPath shapeOf(TransportIcon icon) {
    QPainterPath path;
    const auto triangle = [&](double left) {
        path.addPolygon(QPolygonF({{left, 3}, {left + 9, 8}, {left, 13}, {left, 3}}));
    };
    switch (icon) {
        case TransportIcon::New:
            path.addRect(7, 3, 2, 10);
            path.addRect(3, 7, 4, 2);
            path.addRect(9, 7, 4, 2);
            break;
        case TransportIcon::Resume: triangle(4); break;
        case TransportIcon::Pause:
            path.addRect(4, 3, 3, 10);
            path.addRect(9, 3, 3, 10);
            break;
        case TransportIcon::Step:
            triangle(2);
            path.addRect(11.5, 3, 2.5, 10);
            break;
        case TransportIcon::Stop: path.addRect(4, 4, 8, 8); break;
    }
    return path;
}

}  // namespace

QIcon transportIcon(TransportIcon icon, const QPalette& palette) {
    QIcon result;
    for (const auto& [mode, group] :
         {std::pair(QIcon::Normal, QPalette::Active), std::pair(QIcon::Disabled, QPalette::Disabled)})
        for (const int size : {16, 24, 32, 48, 64}) {
            QPixmap pixmap(size, size);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.scale(size / 16.0, size / 16.0);
            painter.fillPath(shapeOf(icon), palette.color(group, QPalette::ButtonText));
            result.addPixmap(pixmap, mode);
        }
    return result;
}

}  // namespace mergarium
