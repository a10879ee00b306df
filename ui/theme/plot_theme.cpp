#include "ui/theme/plot_theme.h"

#include "ui/theme/custom_plot.h"
#include "ui/theme/theme.h"

namespace mergarium {

void stylePlot(QCustomPlot& plot, const QPalette& palette, const QFont& font) {
    const auto colors = colorsOf(palette);
    plot.setBackground(QBrush(colors.background));
    for (auto* rect : plot.axisRects()) {
        for (auto* axis : rect->axes()) {
            const QPen line(colors.mutedText, 0);
            axis->setBasePen(line);
            axis->setTickPen(line);
            axis->setSubTickPen(line);
            axis->setSubTicks(false);
            axis->setTickLabelColor(colors.text);
            axis->setLabelColor(colors.text);
            axis->setTickLabelFont(font);
            axis->setLabelFont(font);
            axis->setSelectedLabelColor(colors.text);
            axis->grid()->setPen(QPen(colors.grid, 0));
            axis->grid()->setZeroLinePen(Qt::NoPen);
            axis->grid()->setSubGridVisible(false);
        }
    }
    if (!plot.legend) return;
    plot.legend->setBrush(Qt::NoBrush);
    plot.legend->setBorderPen(Qt::NoPen);
    plot.legend->setTextColor(colors.text);
    plot.legend->setFont(font);
}

}  // namespace mergarium
