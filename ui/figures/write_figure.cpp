#include "ui/figures/write_figure.h"

#include "ui/figures/svg_device.h"
#include "ui/theme/translation.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr double kUnits = FigurePage::kUnitsPerInch;
constexpr double kMillimetres = 25.4;
constexpr double kPointsPerInch = 72.0;
/// 600 MB.
constexpr qsizetype kMostPixels = 150'000'000;

QSizeF unitsOf(const FigureForm& form) { return QSizeF(form.width, form.height) * (kUnits / kMillimetres); }

/// A font of so many units is the same on every device, and its letters stand where they were measured.
QFont fontOfUnits(QFont font, double units) {
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(units))));
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

double marginOf(const FigureForm& form) { return 0.5 * form.textPoints * kUnits / kPointsPerInch; }

/// `painter` has units.
void paintPage(QPainter& painter, const FigurePainter& paint, const FigurePage& page, const FigureForm& form) {
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.setRenderHint(QPainter::LosslessImageRendering);
    painter.fillRect(QRectF(QPointF(), unitsOf(form)), page.colors().background);
    painter.translate(marginOf(form), marginOf(form));
    painter.setFont(page.font);
    paint(painter);
}

QByteArray svgOf(const FigurePainter& paint, const FigurePage& page, const FigureForm& form, const QString& title) {
    SvgDevice device(unitsOf(form), title);
    QPainter painter(&device);
    paintPage(painter, paint, page, form);
    painter.end();
    return device.document();
}

QByteArray pdfOf(const FigurePainter& paint, const FigurePage& page, const FigureForm& form, const QString& title) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QBuffer::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Mergarium"));
    writer.setPageMargins({});
    writer.setPageSize(
        QPageSize(QSizeF(form.width, form.height), QPageSize::Millimeter, QString(), QPageSize::ExactMatch));
    writer.setResolution(static_cast<int>(kUnits));
    QPainter painter(&writer);
    paintPage(painter, paint, page, form);
    painter.end();
    return bytes;
}

QByteArray pngOf(const FigurePainter& paint, const FigurePage& page, const FigureForm& form, const QString& title) {
    const auto pixels = pixelsOf(form);
    QImage image;
    if (qsizetype{pixels.width()} * pixels.height() <= kMostPixels) image = QImage(pixels, QImage::Format_RGB32);
    if (image.isNull())
        throw std::runtime_error(
            tr("A picture of %1 x %2 dots is too large: take fewer dots per inch, or a smaller size.")
                .arg(pixels.width())
                .arg(pixels.height())
                .toStdString());
    image.fill(page.colors().background);
    QPainter painter(&image);
    const auto units = unitsOf(form);
    painter.scale(pixels.width() / units.width(), pixels.height() / units.height());
    paintPage(painter, paint, page, form);
    painter.end();
    // Not before: text and pictures are measured by it.
    const auto perMetre = static_cast<int>(std::lround(form.dotsPerInch * 1000.0 / kMillimetres));
    image.setDotsPerMeterX(perMetre);
    image.setDotsPerMeterY(perMetre);
    image.setText(QStringLiteral("Title"), title);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QBuffer::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

}  // namespace

QSize pixelsOf(const FigureForm& form) {
    const auto pixels = [&](double length) {
        return std::max(1, static_cast<int>(std::lround(length / kMillimetres * form.dotsPerInch)));
    };
    return {pixels(form.width), pixels(form.height)};
}

FigurePage pageOf(const FigureForm& form, const QPalette& shown, const QFont& font) {
    const double margin = 2.0 * marginOf(form);
    return {.size = unitsOf(form) - QSizeF(margin, margin),
            .font = fontOfUnits(font, form.textPoints * kUnits / kPointsPerInch),
            .palette = form.asShown ? shown : paletteOf(false),
            .density = std::max(300, form.dotsPerInch) / kUnits};
}

QByteArray figureBytes(const FigurePainter& paint, const FigurePage& page, const FigureForm& form,
                       const QString& format, const QString& title) {
    if (format == "svg") return svgOf(paint, page, form, title);
    return format == "pdf" ? pdfOf(paint, page, form, title) : pngOf(paint, page, form, title);
}

QString figureFormatOf(const std::filesystem::path& path) {
    const auto ending = QString::fromStdString(path.extension().string()).toLower();
    if (ending != ".svg" && ending != ".pdf" && ending != ".png")
        throw std::runtime_error(tr("%1: name a file that ends with .svg, .pdf or .png.")
                                     .arg(QString::fromStdString(path.string()))
                                     .toStdString());
    return ending.mid(1);
}

}  // namespace mergarium
