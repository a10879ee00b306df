#include "ui/figures/plot_picture.h"

#include "ui/theme/custom_plot.h"

#include <QFontMetricsF>
#include <QPicture>

#include <algorithm>

namespace mergarium {

namespace {

/// In lines of text.
constexpr double kNarrow = 34.0;

QPicture record(QCustomPlot& plot, const QSize& size) {
    QPicture picture;
    QCPPainter painter(&picture);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNonCosmetic);
    plot.toPainter(&painter, size.width(), size.height());
    return picture;
}

}  // namespace

bool isNarrow(const FigurePage& page) { return page.size.width() < kNarrow * QFontMetricsF(page.font).height(); }

FigurePainter pictureOfPlot(QCustomPlot& plot, const QSizeF& size) {
    const QSize whole = size.toSize();
    // Stays the viewport, so that axes are found where they have been painted.
    plot.setViewport({{}, whole});
    // How much room there is between the axes is known once it has been painted.
    record(plot, whole);
    const double number = QFontMetricsF(plot.xAxis->tickLabelFont()).horizontalAdvance(QStringLiteral("1,000,000"));
    plot.xAxis->ticker()->setTickCount(std::clamp(static_cast<int>(plot.axisRect()->width() / number), 2, 5));
    return [picture = record(plot, whole)](QPainter& paper) mutable {
        paper.save();
        // A picture is scaled by what the dots of its device and of the paper are told to be; here both have units.
        const auto& device = *paper.device();
        paper.scale(static_cast<double>(picture.logicalDpiX()) / device.logicalDpiX(),
                    static_cast<double>(picture.logicalDpiY()) / device.logicalDpiY());
        picture.play(&paper);
        paper.restore();
    };
}

}  // namespace mergarium
