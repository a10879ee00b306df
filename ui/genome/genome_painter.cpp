#include "ui/genome/genome_painter.h"

#include "ui/canvas/legend_entries.h"
#include "ui/genome/chromosome_painter.h"
#include "ui/genome/genome_readout.h"
#include "ui/members/member_mark.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/theme/cells.h"
#include "ui/theme/color_bar.h"
#include "ui/theme/theme.h"
#include "ui/theme/translation.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace mergarium {
namespace {

/// Stretches narrower than this have no boundary drawn: they would become a wall of lines.
constexpr double kNarrow = 5.0;

/// A layer or a tensor, as far as it is in view.
struct Stretch {
    double left = 0.0;
    double right = 0.0;
    /// Where it really begins, in view or not.
    double begin = 0.0;
    std::size_t index = 0;

    double width() const { return right - left; }
};

template <class Items, class EndOf>
std::vector<Stretch> stretchesOf(const RowMap& g, const Items& items, EndOf endOf) {
    std::vector<Stretch> stretches;
    for (std::size_t index = 0; index < items.size(); ++index) {
        const double begin = g.xOf(static_cast<double>(items[index].begin));
        const double end = g.xOf(static_cast<double>(endOf(items[index])));
        if (end <= g.map.left() || begin >= g.map.right()) continue;
        stretches.push_back({std::max(begin, g.map.left()), std::min(end, g.map.right()), begin, index});
    }
    return stretches;
}

std::vector<Stretch> layersInView(const GenomePicture& picture) {
    return stretchesOf(picture.geometry, *picture.frame.layers, [](const Layer& layer) { return layer.end; });
}

std::vector<Stretch> tensorsInView(const GenomePicture& picture) {
    return stretchesOf(picture.geometry, picture.frame.layout().tensors,
                       [](const auto& tensor) { return tensor.begin + tensor.count; });
}

/// The longest of the names that fits.
QString fitting(const QFontMetricsF& metrics, double width, std::initializer_list<QString> names) {
    for (const auto& name : names)
        if (metrics.horizontalAdvance(name) + metrics.height() * 0.5 <= width) return name;
    return {};
}

QString lastPart(const QString& name) { return name.section('.', -1); }

/// What tells it from its neighbours: "self_attn.q_proj.weight" is the weight of q_proj, and most tensors are weights.
QString shortName(const QString& tensor) {
    const auto name = tensor.section('.', -2);
    return name.endsWith(".weight") ? name.chopped(7) : name;
}

/// A tensor's name without its layer's.
QString withinLayer(const QString& tensor, const QString& layer) {
    return tensor.startsWith(layer + '.') ? tensor.mid(layer.size() + 1) : tensor;
}

void paintBand(QPainter& painter, const GenomePicture& picture, const QRectF& band,
               const std::vector<Stretch>& stretches, const std::function<QString(const Stretch&)>& labelOf) {
    const auto& colors = picture.colors;
    painter.fillRect(band, faded(colors.grid, 0.45));
    for (const auto& stretch : stretches) {
        const QRectF place(stretch.left, band.top(), stretch.width(), band.height());
        if (stretch.width() >= kNarrow && stretch.index % 2 == 0) painter.fillRect(place, faded(colors.grid, 0.9));
        const auto label = labelOf(stretch);
        if (label.isEmpty()) continue;
        painter.setPen(colors.text);
        painter.drawText(place, Qt::AlignCenter, label);
    }
}

void paintBands(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const QFontMetricsF metrics(painter.font());
    paintBand(painter, picture, g.layers, layersInView(picture), [&, &frame = frame](const Stretch& stretch) {
        const auto name = QString::fromStdString((*frame.layers)[stretch.index].name);
        return fitting(metrics, stretch.width(), {name, lastPart(name)});
    });
    paintBand(painter, picture, g.tensors, tensorsInView(picture), [&, &frame = frame](const Stretch& stretch) {
        const auto& tensor = frame.layout().tensors[stretch.index];
        const auto name = QString::fromStdString(tensor.name);
        const auto inner = withinLayer(name, QString::fromStdString(layerAt(frame, tensor.begin).name));
        return fitting(metrics, stretch.width(), {inner, shortName(inner)});
    });
    painter.setPen(colors.mutedText);
    const double room = g.map.left() - metrics.height() * 0.3;
    painter.drawText(QRectF(0, g.layers.top(), room, g.layers.height()), Qt::AlignRight | Qt::AlignVCenter,
                     tr("Layer"));
    painter.drawText(QRectF(0, g.tensors.top(), room, g.tensors.height()), Qt::AlignRight | Qt::AlignVCenter,
                     picture.frame.showsGenes() ? tr("Genes") : tr("Tensor"));
    painter.drawText(QRectF(g.fitness.left(), g.tensors.top(), g.fitness.width(), g.tensors.height()),
                     Qt::AlignRight | Qt::AlignVCenter, tr("Fitness"));
}

void paintBoundaries(QPainter& painter, const GenomePicture& picture, const std::vector<Stretch>& stretches, double top,
                     const QPen& pen) {
    const auto& g = picture.geometry;
    painter.setPen(pen);
    double previous = -kNarrow;
    for (const auto& stretch : stretches) {
        // Short ones (biases, norms) keep their line as long as the lines don't crowd.
        if (stretch.begin <= g.map.left() || stretch.begin - previous < kNarrow) continue;
        previous = stretch.begin;
        const double x = std::round(stretch.begin);
        painter.drawLine(QPointF(x, top), QPointF(x, g.map.bottom()));
    }
}

void paintRibbons(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    if (frame.bins.empty()) return;
    painter.save();
    painter.setClipRect(g.map);
    painter.fillRect(g.map, colors.absent);
    const auto range = frame.range();
    const double left = g.xOf(static_cast<double>(range.begin));
    const double right = g.xOf(static_cast<double>(range.end));
    paintCells(painter,
               QRectF(left, g.rowRect(0).top(), right - left, static_cast<double>(frame.rows.size()) * g.rowHeight),
               frame.image);
    // Ribbons stand apart where they are high enough.
    const double gap = g.rowHeight >= 6.0 ? std::clamp(std::round(g.rowHeight * 0.16), 1.0, 5.0) : 0.0;
    for (std::size_t row = g.firstRow; gap > 0.0 && row < g.endRow() + 1; ++row)
        painter.fillRect(QRectF(g.map.left(), std::round(g.rowRect(row).top() - gap / 2), g.map.width(), gap),
                         colors.background);
    painter.restore();
    paintBoundaries(painter, picture, tensorsInView(picture), g.tensors.top(),
                    QPen(faded(colors.background, 0.55), 1.0));
    paintBoundaries(painter, picture, layersInView(picture), g.layers.top(), QPen(colors.background, 2.0));
}

void paintRowLabels(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const double line = QFontMetricsF(painter.font()).height();
    for (std::size_t row = g.firstRow; row < g.endRow(); ++row) {
        const double center = g.rowRect(row).center().y();
        const double side = std::clamp(g.rowHeight, 5.0, line * 0.75);
        const double x = g.map.left() - line * 0.95;
        const QRectF mark(x, center - side / 2, line * 0.75, side);
        if (frame.family.newborn == row) paintMark(painter, mark, colors.newborn, MemberMark::Newborn);
        if (frame.family.isParent(row)) paintMark(painter, mark, colors.parents, MemberMark::Parent);
        const auto& member = *frame.rows[row].member;
        if (!recipeOf(member) && g.rowHeight >= line) {
            painter.setPen(colors.text);
            painter.drawText(g.rowRect(row), Qt::AlignCenter, tr("recipe not known"));
        }
    }
    painter.setPen(colors.text);
    for (const auto row : g.labelledRows(line, selected.row)) {
        const double center = g.rowRect(row).center().y();
        painter.drawText(QRectF(0, center - line / 2, g.map.left() - line * 1.15, line),
                         Qt::AlignRight | Qt::AlignVCenter,
                         row == frame.child ? tr("Child") : memberText(frame.rows[row].member->id));
        painter.drawText(QRectF(g.fitness.left(), center - line / 2, g.fitness.width(), line),
                         Qt::AlignRight | Qt::AlignVCenter, fitnessText(frame.rows[row].fitness));
    }
}

/// 1, 2 or 5 times a power of ten.
double niceStep(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1.0))));
    for (const double factor : {1.0, 2.0, 5.0, 10.0})
        if (factor * power >= least) return factor * power;
    return 10.0 * power;
}

QString tickText(double position, double step) {
    if (position > 0.0 && step >= 1e8) return tr("%1 B").arg(position / 1e9);
    if (position > 0.0 && step >= 1e5) return tr("%1 M").arg(position / 1e6);
    return countText(static_cast<std::uint64_t>(position));
}

void paintPositions(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const QFontMetricsF metrics(painter.font());
    const double room = metrics.horizontalAdvance(QStringLiteral("00,000,000")) * 1.4;
    const double step = niceStep(g.window.span / std::max(1.0, g.map.width() / room));
    for (double position = std::ceil(g.window.begin / step) * step; position <= g.window.end(); position += step) {
        const double x = std::round(g.xOf(position));
        painter.setPen(QPen(colors.mutedText, 0));
        painter.drawLine(QPointF(x, g.positions.top()), QPointF(x, g.positions.top() + metrics.height() * 0.2));
        const auto text = tickText(position, step);
        const double width = metrics.horizontalAdvance(text);
        const double left = std::clamp(x - width / 2, g.map.left(), g.map.right() - width);
        painter.drawText(QPointF(left, g.positions.top() + metrics.height() * 0.25 + metrics.ascent()), text);
    }
    painter.setPen(colors.mutedText);
    painter.drawText(g.caption, Qt::AlignCenter,
                     metrics.elidedText(axisText(frame), Qt::ElideRight, g.caption.width()));
}

void paintLegend(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height();
    double x = g.legend.left();
    double y = g.legend.top();
    const auto word = [&, &colors = colors](const QString& text, double gap) {
        painter.setPen(colors.text);
        const double width = metrics.horizontalAdvance(text) + 2.0;
        painter.drawText(QRectF(x, y, width, line), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += width + gap;
    };
    if (frame.reference) {
        const ColorBar bar{.label = tr("Differs from %1's mixture").arg(memberText(*frame.reference)),
                           .ticks = {{0.0, tr("0")}, {1.0, tr("1")}}};
        paintColorBar(painter, {x, y}, line * 10.0, colors.text, bar);
        return;
    }
    const double nameRoom = line * 14.0;
    const auto founder = [&, &frame = frame](std::size_t index) {
        return metrics.elidedText(frame.founders[index], Qt::ElideMiddle, nameRoom);
    };
    if (frame.founders.size() == 2) {
        word(founder(0), line * 0.4);
        constexpr int kShades = 256;
        QImage scale(kShades, 1, QImage::Format_RGB32);
        for (int i = 0; i < kShades; ++i) {
            const float second = static_cast<float>(i) / (kShades - 1);
            scale.setPixel(i, 0, frame.colors->mixture(std::array{1.0f - second, second}));
        }
        paintCells(painter, QRectF(x, y + line * 0.15, line * 10.0, line * 0.7), scale);
        x += line * 10.4;
        word(founder(1), 0);
    } else {
        for (std::size_t index = 0; index < frame.founders.size(); ++index) {
            const auto name = founder(index);
            if (x + line * 1.2 + metrics.horizontalAdvance(name) > g.legend.right()) {
                word(tr("and %1 more").arg(frame.founders.size() - index), 0);
                break;
            }
            painter.fillRect(QRectF(x, y + line * 0.15, line * 0.7, line * 0.7), frame.colors->of(index));
            x += line;
            word(name, line * 1.2);
        }
    }
    std::vector<LegendEntry> entries{splitsEntry(painter, picture)};
    if (frame.family.newborn)
        entries.push_back({frame.child ? tr("the child") : tr("newest member"), [&](const QRectF& place) {
                               paintMark(painter, place, picture.colors.newborn, MemberMark::Newborn);
                           }});
    if (!frame.family.parents.empty())
        entries.push_back({tr("its parents"), [&](const QRectF& place) {
                               paintMark(painter, place, picture.colors.parents, MemberMark::Parent);
                           }});
    // Where there is little room, the labels' too, and fewer words.
    const double left = entriesWidth(metrics, entries) <= g.legend.width() ? g.legend.left() : 0.0;
    if (entriesWidth(metrics, entries) > g.legend.right() - left) entries.front().text = tr("cut");
    paintEntries(painter, {left, y + line * 1.15, g.legend.right() - left, line}, colors.text, entries);
}

void paintCursor(QPainter& painter, const GenomePicture& picture) {
    const auto& [frame, g, colors, cursor, focused, selected] = picture;
    if (!cursor || cursor->row < g.firstRow || cursor->row >= g.endRow()) return;
    const auto column = columnAt(frame, cursor->position);
    const double left = std::max(g.map.left(), g.xOf(static_cast<double>(column.begin)));
    const double right = std::min(g.map.right(), g.xOf(static_cast<double>(column.end)));
    if (right <= left) return;
    // At least wide enough to be seen; two rings are seen on any colour.
    const double narrow = std::max(0.0, 7.0 - (right - left)) / 2;
    const auto row = g.rowRect(cursor->row);
    const QRectF cell(left - narrow, row.top(), right - left + 2 * narrow, row.height());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 3));
    painter.drawRect(cell);
    painter.setPen(QPen(focused ? QColor(Qt::white) : colors.mutedText, 1.4));
    painter.drawRect(cell);
}

}  // namespace

void paintGenomes(QPainter& painter, const GenomePicture& picture) {
    paintBands(painter, picture);
    paintChromosomes(painter, picture);
    paintRibbons(painter, picture);
    paintSplits(painter, picture);
    paintRowLabels(painter, picture);
    paintPositions(painter, picture);
    paintLegend(painter, picture);
    paintSelectedRow(painter, picture.geometry, picture.selected, picture.geometry.labels.left(), picture.colors);
    paintCursor(painter, picture);
}

}  // namespace mergarium
