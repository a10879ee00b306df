#include "ui/icons/symbols.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>

namespace mergarium {
namespace {

constexpr double kSide = 16.0;
constexpr double kLine = 1.4;

/// In a square of 16 by 16.
struct Drawing {
    QPainterPath filled, lines;

    void box(double left, double top, double width, double height) { filled.addRect(left, top, width, height); }
    void frame(double left, double top, double width, double height) { lines.addRect(left, top, width, height); }
    void line(std::initializer_list<QPointF> points) { lines.addPolygon(QPolygonF(QList<QPointF>(points))); }
    /// Its tip at x, from `from`.
    void triangle(double from, double x) { filled.addPolygon(QPolygonF({{from, 3}, {x, 8}, {from, 13}, {from, 3}})); }
    /// Up or down, above a tray.
    void tray(bool up) {
        line({{3, 10}, {3, 13}, {13, 13}, {13, 10}});
        line({{8, 2.5}, {8, 10}});
        if (up)
            line({{5, 5.5}, {8, 2.5}, {11, 5.5}});
        else
            line({{5, 7}, {8, 10}, {11, 7}});
    }
};

Drawing drawingOf(Symbol symbol) {
    Drawing one;
    switch (symbol) {
        case Symbol::New:
        case Symbol::Plus:
            one.box(7, 3, 2, 10);
            one.box(3, 7, 4, 2);
            one.box(9, 7, 4, 2);
            break;
        case Symbol::Minus: one.box(3, 7, 10, 2); break;
        case Symbol::Resume: one.triangle(4, 13); break;
        case Symbol::Pause:
            one.box(4, 3, 3, 10);
            one.box(9, 3, 3, 10);
            break;
        case Symbol::Step:
            one.triangle(2, 11);
            one.box(11.5, 3, 2.5, 10);
            break;
        case Symbol::Stop: one.box(4, 4, 8, 8); break;
        case Symbol::Extend:
            one.line({{2.5, 8}, {10.5, 8}});
            one.line({{7, 4.5}, {10.5, 8}, {7, 11.5}});
            one.line({{13.5, 3}, {13.5, 13}});
            break;
        case Symbol::First:
            one.triangle(12.5, 5);
            one.box(3, 3.5, 2, 9);
            break;
        case Symbol::Previous: one.triangle(12, 4.5); break;
        case Symbol::Next: one.triangle(4, 11.5); break;
        case Symbol::Last:
            one.triangle(3.5, 11);
            one.box(11, 3.5, 2, 9);
            break;
        case Symbol::Open:
            one.line({{2.5, 13}, {2.5, 3.5}, {6.5, 3.5}, {8, 5.5}, {13, 5.5}, {13, 7.5}});
            one.line({{2.5, 13}, {5, 7.5}, {14.5, 7.5}, {12, 13}, {2.5, 13}});
            break;
        case Symbol::Import: one.tray(false); break;
        case Symbol::Export: one.tray(true); break;
        case Symbol::Sweep:
            for (const double left : {2.5, 6.5, 10.5})
                for (const double top : {2.5, 6.5, 10.5}) one.box(left, top, 3, 3);
            break;
        case Symbol::Compare:
            one.line({{2.5, 2.5}, {2.5, 13.5}, {14, 13.5}});
            one.line({{4.5, 11}, {7, 6.5}, {13.5, 4}});
            one.line({{4.5, 12}, {9, 9.5}, {13.5, 8.5}});
            break;
        case Symbol::Duplicate:
            one.frame(2.5, 5.5, 8, 8);
            one.line({{5.5, 3.5}, {5.5, 2.5}, {13.5, 2.5}, {13.5, 10.5}, {12.5, 10.5}});
            break;
        case Symbol::Rename:
            one.line({{8, 3}, {8, 13}});
            one.line({{6, 2.5}, {10, 2.5}});
            one.line({{6, 13.5}, {10, 13.5}});
            break;
        case Symbol::Notes:
            one.frame(3, 2.5, 10, 11);
            for (const double y : {5.5, 8.0, 10.5}) one.line({{5.5, y}, {10.5, y}});
            break;
        case Symbol::Delete:
            one.line({{3, 4.5}, {13, 4.5}});
            one.line({{6.5, 4.5}, {6.5, 2.5}, {9.5, 2.5}, {9.5, 4.5}});
            one.line({{4.5, 4.5}, {5, 13.5}, {11, 13.5}, {11.5, 4.5}});
            break;
        case Symbol::Runs:
            for (const double y : {4.0, 8.0, 12.0}) {
                one.box(2.5, y - 1, 2, 2);
                one.line({{6.5, y}, {13.5, y}});
            }
            break;
        case Symbol::Inspect:
            one.lines.addEllipse(QPointF(7, 7), 4.2, 4.2);
            one.line({{10, 10}, {13.5, 13.5}});
            break;
        case Symbol::Close:
            one.line({{4, 4}, {12, 12}});
            one.line({{12, 4}, {4, 12}});
            break;
        case Symbol::Help:
            one.lines.moveTo(5, 5.5);
            one.lines.cubicTo({5, 1.5}, {11, 1.5}, {11, 5.5});
            one.lines.cubicTo({11, 8}, {8, 7.5}, {8, 10.5});
            one.box(7.2, 12, 1.6, 1.6);
            break;
    }
    return one;
}

class SymbolEngine : public QIconEngine {
public:
    explicit SymbolEngine(Symbol symbol) : symbol_(symbol) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        const auto role = mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText;
        const auto color = QGuiApplication::palette().color(group, role);
        const auto drawing = drawingOf(symbol_);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.topLeft());
        painter->scale(rect.width() / kSide, rect.height() / kSide);
        painter->fillPath(drawing.filled, color);
        painter->strokePath(drawing.lines, QPen(color, kLine, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, {{}, size}, mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new SymbolEngine(symbol_); }

private:
    Symbol symbol_;
};

}  // namespace

QIcon iconOf(Symbol symbol) { return QIcon(new SymbolEngine(symbol)); }

}  // namespace mergarium
