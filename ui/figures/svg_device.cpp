#include "ui/figures/svg_device.h"

#include <QBuffer>
#include <QFontInfo>
#include <QImage>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>

#include <array>
#include <cmath>

namespace mergarium {
namespace {

constexpr int kDotsPerInch = 96;

/// In hundredths of a unit, as short as possible.
QByteArray shortNumber(double value) {
    auto text = QByteArray::number(value, 'f', 2);
    while (text.endsWith('0')) text.chop(1);
    if (text.endsWith('.')) text.chop(1);
    return text == "-0" ? QByteArray("0") : text;
}

/// As XML may hold it: without characters that it has no room for.
QByteArray escapedText(const QString& text) {
    QString allowed;
    for (const auto letter : text) {
        const auto code = letter.unicode();
        const bool known = code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xfffe);
        allowed += known ? letter : QChar(QChar::ReplacementCharacter);
    }
    return allowed.toHtmlEscaped().toUtf8();
}

QByteArray colorAttributes(const char* what, const QColor& color, double opacity) {
    auto text = QByteArray(" ") + what + "=\"" + color.name().toLatin1() + '"';
    const double alpha = color.alphaF() * opacity;
    if (alpha < 0.999) text += QByteArray(" ") + what + "-opacity=\"" + QByteArray::number(alpha, 'g', 3) + '"';
    return text;
}

QByteArray pathData(const QPainterPath& path) {
    QByteArray data;
    QPointF begin;
    const auto point = [&](const QPainterPath::Element& at) { return shortNumber(at.x) + ' ' + shortNumber(at.y); };
    for (int i = 0; i < path.elementCount(); ++i) {
        const auto at = path.elementAt(i);
        if (at.isMoveTo()) {
            data += 'M' + point(at);
            begin = at;
        } else if (at.isCurveTo()) {
            data += 'C' + point(at) + ' ' + point(path.elementAt(i + 1)) + ' ' + point(path.elementAt(i + 2));
            i += 2;
        } else {
            const bool last = i + 1 == path.elementCount() || path.elementAt(i + 1).isMoveTo();
            data += last && QPointF(at) == begin ? QByteArray("Z") : 'L' + point(at);
        }
    }
    return data;
}

QByteArray matrixAttribute(const QTransform& matrix) {
    const std::array<double, 6> numbers{matrix.m11(), matrix.m12(), matrix.m21(),
                                        matrix.m22(), matrix.dx(),  matrix.dy()};
    QByteArray text = " transform=\"matrix(";
    for (const double number : numbers) text += QByteArray::number(number, 'g', 7) + ' ';
    text.chop(1);
    return text + ")\"";
}

}  // namespace

class SvgEngine final : public QPaintEngine {
public:
    SvgEngine() : QPaintEngine(AllFeatures) {}

    const QByteArray& clips() const { return clips_; }
    const QByteArray& body() const { return body_; }

    bool begin(QPaintDevice*) override { return true; }
    bool end() override {
        clipTo({});
        return true;
    }
    Type type() const override { return SVG; }

    void updateState(const QPaintEngineState& now) override {
        // All of it: when a state is restored, the flags say less than what has changed.
        pen_ = now.pen();
        brush_ = now.brush();
        matrix_ = now.transform();
        opacity_ = now.opacity();
        clipped_ = painter()->hasClipping();
        clip_ = clipped_ ? pathData(painter()->combinedTransform().map(painter()->clipPath())) : QByteArray();
    }

    void drawPath(const QPainterPath& path) override { addPath(path, brush_); }

    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        QPainterPath path(points[0]);
        for (int i = 1; i < count; ++i) path.lineTo(points[i]);
        if (mode != PolylineMode) path.closeSubpath();
        path.setFillRule(mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
        addPath(path, mode == PolylineMode ? QBrush(Qt::NoBrush) : brush_);
    }

    void drawImage(const QRectF& place, const QImage& image, const QRectF& part, Qt::ImageConversionFlags) override {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QBuffer::WriteOnly);
        const bool whole = part == QRectF(image.rect());
        (whole ? image : image.copy(part.toAlignedRect())).save(&buffer, "PNG");
        if (!enterClip()) return;
        body_ += "<image x=\"" + shortNumber(place.x()) + "\" y=\"" + shortNumber(place.y()) + "\" width=\"" +
                 shortNumber(place.width()) + "\" height=\"" + shortNumber(place.height()) +
                 "\" preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\"";
        if (!matrix_.isIdentity()) body_ += matrixAttribute(matrix_);
        if (opacity_ < 1.0) body_ += " opacity=\"" + QByteArray::number(opacity_, 'g', 3) + '"';
        body_ += " xlink:href=\"data:image/png;base64," + bytes.toBase64() + "\"/>\n";
    }

    void drawPixmap(const QRectF& place, const QPixmap& pixmap, const QRectF& part) override {
        drawImage(place, pixmap.toImage(), part, Qt::AutoColor);
    }

    void drawTextItem(const QPointF& point, const QTextItem& item) override {
        const auto font = item.font();
        const double size = font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * kDotsPerInch / 72.0;
        if (!enterClip()) return;
        body_ += "<text";
        if (matrix_.type() <= QTransform::TxTranslate) {
            const auto place = matrix_.map(point);
            body_ += " x=\"" + shortNumber(place.x()) + "\" y=\"" + shortNumber(place.y()) + '"';
        } else {
            body_ +=
                " x=\"" + shortNumber(point.x()) + "\" y=\"" + shortNumber(point.y()) + '"' + matrixAttribute(matrix_);
        }
        body_ += " font-family=\"" + escapedText('\'' + QFontInfo(font).family().remove('\'') + "', sans-serif") +
                 "\" font-size=\"" + shortNumber(size) + '"';
        if (font.weight() != QFont::Normal) body_ += " font-weight=\"" + QByteArray::number(font.weight()) + '"';
        if (font.italic()) body_ += " font-style=\"italic\"";
        body_ += colorAttributes("fill", pen_.color(), opacity_) + " xml:space=\"preserve\">" +
                 escapedText(item.text()) + "</text>\n";
    }

private:
    void addPath(const QPainterPath& path, const QBrush& fill) {
        const bool stroked = pen_.style() != Qt::NoPen;
        const bool filled = fill.style() != Qt::NoBrush;
        if (path.isEmpty() || (!stroked && !filled) || !enterClip()) return;
        body_ += "<path d=\"" + pathData(matrix_.map(path)) + '"';
        body_ += filled ? colorAttributes("fill", fill.color(), opacity_) : QByteArray(" fill=\"none\"");
        // Of one rectangle both rules say the same.
        if (filled && path.elementCount() > 5 && path.fillRule() == Qt::OddEvenFill) body_ += " fill-rule=\"evenodd\"";
        if (stroked) body_ += strokeAttributes();
        body_ += "/>\n";
    }

    QByteArray strokeAttributes() const {
        const double scale = pen_.isCosmetic() ? 1.0 : std::sqrt(std::abs(matrix_.determinant()));
        const double width = pen_.widthF() > 0.0 ? pen_.widthF() * scale : 1.0;
        auto text = colorAttributes("stroke", pen_.color(), opacity_);
        if (std::abs(width - 1.0) > 0.005) text += " stroke-width=\"" + shortNumber(width) + '"';
        if (pen_.style() != Qt::SolidLine) {
            QByteArrayList lengths;
            for (const double length : pen_.dashPattern()) lengths << shortNumber(length * width);
            text += " stroke-dasharray=\"" + lengths.join(' ') + '"';
        }
        if (pen_.capStyle() != Qt::FlatCap)
            text += pen_.capStyle() == Qt::RoundCap ? " stroke-linecap=\"round\"" : " stroke-linecap=\"square\"";
        if (pen_.joinStyle() != Qt::MiterJoin)
            text += pen_.joinStyle() == Qt::RoundJoin ? " stroke-linejoin=\"round\"" : " stroke-linejoin=\"bevel\"";
        return text;
    }

    /// False where everything is clipped away.
    bool enterClip() {
        if (clipped_ && clip_.isEmpty()) return false;
        clipTo(clip_);
        return true;
    }

    /// What is clipped alike stands in one group; empty: no clip.
    void clipTo(const QByteArray& data) {
        if (data == open_) return;
        if (!open_.isEmpty()) body_ += "</g>\n";
        open_ = data;
        if (data.isEmpty()) return;
        const auto name = "clip" + QByteArray::number(++clipCount_);
        clips_ += "<clipPath id=\"" + name + "\"><path d=\"" + data + "\"/></clipPath>\n";
        body_ += "<g clip-path=\"url(#" + name + ")\">\n";
    }

    QPen pen_;
    QBrush brush_;
    QTransform matrix_;
    double opacity_ = 1.0;
    bool clipped_ = false;
    /// Paths: the painter's clip, and that of the group that is open.
    QByteArray clip_, open_;
    int clipCount_ = 0;
    QByteArray clips_, body_;
};

SvgDevice::SvgDevice(QSizeF size, const QString& title)
    : size_(size), title_(title), engine_(std::make_unique<SvgEngine>()) {}

SvgDevice::~SvgDevice() = default;

QPaintEngine* SvgDevice::paintEngine() const { return engine_.get(); }

QByteArray SvgDevice::document() const {
    const auto millimetres = [](double units) { return shortNumber(units * 25.4 / kDotsPerInch) + "mm"; };
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" "
           "width=\"" +
           millimetres(size_.width()) + "\" height=\"" + millimetres(size_.height()) + "\" viewBox=\"0 0 " +
           shortNumber(size_.width()) + ' ' + shortNumber(size_.height()) + "\">\n<title>" + escapedText(title_) +
           "</title>\n<defs>\n" + engine_->clips() + "</defs>\n" + engine_->body() + "</svg>\n";
}

int SvgDevice::metric(PaintDeviceMetric metric) const {
    switch (metric) {
        case PdmWidth: return static_cast<int>(std::ceil(size_.width()));
        case PdmHeight: return static_cast<int>(std::ceil(size_.height()));
        case PdmWidthMM: return static_cast<int>(std::ceil(size_.width() * 25.4 / kDotsPerInch));
        case PdmHeightMM: return static_cast<int>(std::ceil(size_.height() * 25.4 / kDotsPerInch));
        case PdmDpiX:
        case PdmDpiY:
        case PdmPhysicalDpiX:
        case PdmPhysicalDpiY: return kDotsPerInch;
        case PdmNumColors: return 1 << 24;
        case PdmDepth: return 24;
        case PdmDevicePixelRatio: return 1;
        case PdmDevicePixelRatioScaled: return static_cast<int>(devicePixelRatioFScale());
        default: return 0;
    }
}

}  // namespace mergarium
