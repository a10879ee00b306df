#pragma once

#include <QColor>
#include <QImage>
#include <QPaintDevice>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>
#include <QTextItem>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mergarium::test {

/// Relative luminance as the Web Content Accessibility Guidelines define it.
inline double luminance(const QColor& color) {
    const auto linear = [](double value) {
        return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

/// From 1, the same, to 21, black on white.
inline double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// What lies over something opaque.
inline QColor over(const QColor& ground, const QColor& above, double opacity = 1.0) {
    const double alpha = above.alphaF() * opacity;
    const auto blend = [&](int below, int on) { return static_cast<int>(std::lround(below + (on - below) * alpha)); };
    return {blend(ground.red(), above.red()), blend(ground.green(), above.green()), blend(ground.blue(), above.blue())};
}

/// A piece of text as it was written: in which colour, on which.
struct Written {
    QString text;
    QColor ink;
    QColor ground;
};

/// Paints into an image, and looks below every piece of text before it is written.
class TextEngine final : public QPaintEngine {
public:
    explicit TextEngine(QImage& image) : QPaintEngine(AllFeatures), image_(image) {}

    const std::vector<Written>& written() const { return written_; }

    bool begin(QPaintDevice*) override { return painter_.begin(&image_); }
    bool end() override { return painter_.end(); }
    Type type() const override { return User; }

    void updateState(const QPaintEngineState& now) override {
        painter_.resetTransform();
        // Also what the widget may not paint on; the painter's own clip lacks the place of the widget.
        auto room = systemClip().isEmpty() ? QRegion(image_.rect()) : systemClip();
        if (painter()->hasClipping()) {
            const auto shift = now.transform() * painter()->combinedTransform().inverted();
            room &= QRegion(
                shift.map(painter()->combinedTransform().map(painter()->clipPath())).toFillPolygon().toPolygon());
        }
        painter_.setClipRegion(room);
        room_ = room;
        painter_.setPen(now.pen());
        painter_.setBrush(now.brush());
        painter_.setBrushOrigin(now.brushOrigin());
        painter_.setFont(now.font());
        painter_.setOpacity(now.opacity());
        painter_.setRenderHints(now.renderHints());
        painter_.setCompositionMode(now.compositionMode());
        painter_.setTransform(now.transform());
    }

    void drawPath(const QPainterPath& path) override { painter_.drawPath(path); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        if (mode == PolylineMode)
            painter_.drawPolyline(points, count);
        else
            painter_.drawPolygon(points, count, mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
    }
    void drawImage(const QRectF& place, const QImage& image, const QRectF& part,
                   Qt::ImageConversionFlags flags) override {
        painter_.drawImage(place, image, part, flags);
    }
    void drawPixmap(const QRectF& place, const QPixmap& pixmap, const QRectF& part) override {
        painter_.drawPixmap(place, pixmap, part);
    }
    void drawTiledPixmap(const QRectF& place, const QPixmap& pixmap, const QPointF& begin) override {
        painter_.drawTiledPixmap(place, pixmap, begin);
    }

    void drawTextItem(const QPointF& at, const QTextItem& item) override {
        const QRectF letters(at.x(), at.y() - item.ascent() * 0.8, item.width(), item.ascent() * 0.8);
        look(item.text(), painter_.transform().mapRect(letters).toAlignedRect());
        painter_.drawText(at, item.text());
    }

private:
    /// Every colour that fills a good part of what is below the letters; lines that cross them don't.
    void look(const QString& text, const QRect& below) {
        std::vector<QRgb> pixels;
        if (!text.trimmed().isEmpty())
            for (const auto& part : room_& below& image_.rect())
                for (int y = part.top(); y <= part.bottom(); ++y)
                    for (int x = part.left(); x <= part.right(); ++x) pixels.push_back(image_.pixel(x, y));
        std::sort(pixels.begin(), pixels.end());
        for (auto same = pixels.begin(); same != pixels.end();) {
            const auto next = std::upper_bound(same, pixels.end(), *same);
            if ((next - same) * 5 >= static_cast<std::ptrdiff_t>(pixels.size()))
                written_.push_back({text, over(*same, painter_.pen().color(), painter_.opacity()), QColor(*same)});
            same = next;
        }
    }

    QImage& image_;
    QPainter painter_;
    QRegion room_;
    std::vector<Written> written_;
};

/// Something to render a widget or a plot on, that keeps what was written.
class TextDevice final : public QPaintDevice {
public:
    explicit TextDevice(QSize size) : image_(size, QImage::Format_RGB32), engine_(image_) { image_.fill(Qt::white); }

    QPaintEngine* paintEngine() const override { return &engine_; }
    const std::vector<Written>& written() const { return engine_.written(); }
    const QImage& image() const { return image_; }

protected:
    int metric(PaintDeviceMetric metric) const override {
        switch (metric) {
            case PdmWidth: return image_.width();
            case PdmHeight: return image_.height();
            case PdmWidthMM: return image_.widthMM();
            case PdmHeightMM: return image_.heightMM();
            case PdmNumColors: return 1 << 24;
            case PdmDepth: return 32;
            case PdmDevicePixelRatio: return 1;
            case PdmDevicePixelRatioScaled: return static_cast<int>(devicePixelRatioFScale());
            default: return 96;
        }
    }

private:
    QImage image_;
    mutable TextEngine engine_;
};

}  // namespace mergarium::test
