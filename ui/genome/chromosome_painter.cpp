#include "ui/genome/chromosome_painter.h"

#include "ui/theme/cells.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

/// Cuts that have less room than this on the average are not drawn.
constexpr double kRoomOfACut = 5.0;

/// A split point in view.
struct CutMark {
    double x = 0.0;
    QColor color;
    /// Whether its arrow stands at the lower edge.
    bool below = false;
};

QColor legible(QColor color, const Colors& colors) { return colors.dark ? color.lighter(135) : color; }

std::vector<CutMark> cutsInView(const Splice& splice, const RowMap& g) {
    std::vector<CutMark> marks;
    const auto add = [&](const std::vector<std::uint64_t>& splits, const QColor& color, bool below) {
        for (const auto split : splits)
            if (const double x = std::round(g.xOf(static_cast<double>(split))); x >= g.map.left() && x < g.map.right())
                marks.push_back({x, color, below});
    };
    add(splice.splits, Qt::black, false);
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        add(splice.cuts[index].splits, chromosomeColor(*splice.chromosomes, index), index % 2 == 1);
    std::ranges::stable_sort(marks, {}, &CutMark::x);
    return marks;
}

/// A line across the row that is seen on any colour.
void paintCutLine(QPainter& painter, const CutMark& mark, const QRectF& row) {
    const double width = mark.color == Qt::black ? 1.0 : 2.0;
    painter.fillRect(QRectF(mark.x - 1.0, row.top(), width + 2.0, row.height()), faded(Qt::white, 0.75));
    painter.fillRect(QRectF(mark.x, row.top(), width, row.height()), mark.color);
}

void paintArrow(QPainter& painter, const CutMark& mark, const QRectF& row, double size) {
    const double edge = mark.below ? row.bottom() : row.top(), tip = mark.below ? edge - size : edge + size;
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(faded(Qt::white, 0.9), 1.0));
    painter.setBrush(mark.color);
    painter.drawPolygon(
        QPolygonF{{mark.x + 0.5 - size * 0.6, edge}, {mark.x + 0.5 + size * 0.6, edge}, {mark.x + 0.5, tip}});
    painter.setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace

QColor chromosomeColor(const Chromosomes& chromosomes, std::size_t chromosome) {
    static const std::array kColors{QColor(0x7b3294u), QColor(0x00876cu), QColor(0xb8860bu), QColor(0xc2417cu),
                                    QColor(0x5a7d00u), QColor(0x8c510au), QColor(0x4b3f8fu)};
    if (chromosomes.names()[chromosome] == kRestChromosome) return QColor(0x5f6b76u);
    return kColors[chromosome % kColors.size()];
}

std::vector<float> chromosomeShares(const Chromosomes& chromosomes, std::span<const VectorRange> bins) {
    std::vector<float> shares;
    shares.reserve(bins.size() * chromosomes.size());
    for (const auto& bin : bins)
        for (std::size_t index = 0; index < chromosomes.size(); ++index)
            shares.push_back(static_cast<float>(chromosomes.elementsBefore(index, bin.end) -
                                                chromosomes.elementsBefore(index, bin.begin)) /
                             static_cast<float>(bin.size()));
    return shares;
}

void paintChromosomes(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    if (!frame.chromosomes || g.chromosomes.isEmpty() || frame.bins.empty()) return;
    const auto count = frame.chromosomes->size();
    const double lane = g.chromosomes.height() / static_cast<double>(count);
    const double gap = lane >= 6.0 ? 2.0 : lane >= 4.0 ? 1.0 : 0.0;
    const QFontMetricsF metrics(painter.font());
    const auto bins = frame.bins.size();
    const double left = g.xOf(static_cast<double>(frame.range().begin));
    const double right = g.xOf(static_cast<double>(frame.range().end));
    for (std::size_t index = 0; index < count; ++index) {
        const auto color = legible(chromosomeColor(*frame.chromosomes, index), colors);
        const QRectF place(g.map.left(), g.chromosomes.top() + static_cast<double>(index) * lane, g.map.width(),
                           lane - gap);
        painter.fillRect(place, faded(colors.grid, 0.35));
        QImage cells(static_cast<int>(bins), 1, QImage::Format_ARGB32);
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const auto share = static_cast<double>(frame.chromosomeShares[bin * count + index]);
            // The smallest part is seen.
            cells.setPixelColor(static_cast<int>(bin), 0, faded(color, share > 0.0 ? 0.3 + 0.7 * share : 0.0));
        }
        painter.save();
        painter.setClipRect(place);
        paintCells(painter, {left, place.top(), right - left, place.height()}, cells);
        painter.restore();
        // Where lanes are low, every so many have a name.
        const auto every = static_cast<std::size_t>(std::ceil(metrics.height() * 0.95 / lane));
        if (index % every != 0) continue;
        const double room = g.map.left() - metrics.height() * 0.3;
        painter.setPen(color);
        painter.drawText(
            QRectF(0, place.center().y() - metrics.height() / 2, room, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter,
            metrics.elidedText(QString::fromStdString(frame.chromosomes->names()[index]), Qt::ElideRight, room));
    }
}

void paintSplits(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const double size = std::min(g.rowHeight * 0.4, QFontMetricsF(painter.font()).height() * 0.4);
    painter.save();
    painter.setClipRect(g.map.adjusted(-size, -size, size, 0));
    for (std::size_t row = g.firstRow; row < g.endRow(); ++row) {
        const auto& parentage = frame.rows[row].member->parentage;
        if (!parentage) continue;
        const auto place = g.rowRect(row);
        // The more there are, the less of the colours they may hide.
        const auto marks = cutsInView(parentage->splice, g);
        const double room = g.map.width() / std::max(1.0, static_cast<double>(marks.size()));
        if (room < kRoomOfACut) continue;
        const bool crowded = room < 5.0 * kRoomOfACut;
        double previous = -1.0;
        for (const auto& mark : marks) {
            if (mark.x - previous < 1.0) continue;
            previous = mark.x;
            if (crowded) {
                const double width = mark.color == Qt::black ? 1.0 : 2.0;
                painter.fillRect(QRectF(mark.x, place.top(), width, place.height() * 0.35), faded(mark.color, 0.7));
                continue;
            }
            paintCutLine(painter, mark, place);
            if (size >= 3.0) paintArrow(painter, mark, place, size);
        }
    }
    painter.restore();
}

LegendEntry splitsEntry(QPainter& painter, const GenomePicture& picture) {
    const auto& chromosomes = picture.frame.chromosomes;
    if (!chromosomes)
        return {tr("where it was cut from its parents"), [&painter](const QRectF& place) {
                    paintCutLine(painter, {std::round(place.center().x()), Qt::black, false}, place);
                }};
    return {tr("where a chromosome of it was cut"), [&painter, chromosomes](const QRectF& place) {
                const auto shown = std::min<std::size_t>(chromosomes->size(), 3);
                const double room = place.width() / static_cast<double>(shown);
                for (std::size_t index = 0; index < shown; ++index)
                    paintCutLine(painter,
                                 {std::round(place.left() + (static_cast<double>(index) + 0.5) * room) - 1.0,
                                  chromosomeColor(*chromosomes, index), false},
                                 place);
            }};
}

}  // namespace mergarium
