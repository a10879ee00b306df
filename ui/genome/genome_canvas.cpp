#include "ui/genome/genome_canvas.h"

#include "ui/genome/genome_painter.h"
#include "ui/genome/genome_readout.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace mergarium {

GenomeCanvas::GenomeCanvas(QWidget* parent) : RowCanvas(parent) {
    setAccessibleName(tr("Genomes, members by position in the parameter vector"));
}

void GenomeCanvas::setFrame(const GenomeFramePtr& frame) {
    const auto before = std::exchange(frame_, frame);
    // The cursor stays with its member, wherever that has moved to.
    if (cursor() && before && cursor()->row < before->rows.size() && !isEmpty())
        setCursor(CanvasCell{cursor()->position,
                             rankOf(frame_->rows, before->rows[cursor()->row].member->id).value_or(cursor()->row)});
    adapt();
}

void GenomeCanvas::reset() {
    frame_.reset();
    forget();
}

GenomeExtent GenomeCanvas::extent(const QFontMetricsF& metrics) const {
    GenomeExtent extent{.rows = rowCount(), .firstRow = firstRow(), .window = window()};
    extent.labelWidth = std::max(labelWidthOf(frame_ ? frame_->rows : std::vector<RankedMember>(), metrics),
                                 metrics.horizontalAdvance(tr("Tensor")) - metrics.height());
    if (!frame_ || !frame_->chromosomes) return extent;
    // Longer names are cut short.
    const double most = metrics.averageCharWidth() * 16.0;
    extent.chromosomes = frame_->chromosomes->size();
    for (const auto& name : frame_->chromosomes->names())
        extent.labelWidth =
            std::max(extent.labelWidth,
                     std::min(most, metrics.horizontalAdvance(QString::fromStdString(name)) + 2.0) - metrics.height());
    return extent;
}

GenomeGeometry GenomeCanvas::places() const {
    const QFontMetricsF metrics(font(), this);
    const double margin = metrics.height() * 0.3;
    return layOut(QSizeF(size()) - QSizeF(margin, 0.0), metrics, extent(metrics));
}

GenomeGeometry GenomeCanvas::placesOn(const FigurePage& page) const {
    const QFontMetricsF metrics(page.font);
    auto whole = extent(metrics);
    whole.allRows = true;
    whole.firstRow = 0;
    return layOut(page.size, metrics, whole);
}

FigurePainter GenomeCanvas::figure(const FigurePage& page) const {
    if (isEmpty()) return nullptr;
    const auto places = placesOn(page);
    // Of a large archive the frame finds the fittest anew, and says how many there are.
    const bool all = frame_->present == frame_->rows.size();
    const GenomeRequest request{.snapshot = frame_->snapshot,
                                .range = {range().begin, range().end},
                                .width = static_cast<std::size_t>(places.map.width() * page.density),
                                .reference = frame_->reference,
                                .rows = all ? frame_->rows : std::vector<RankedMember>(),
                                .child = frame_->child};
    return [request, places, colors = page.colors(), frame = frame_, row = selectedRow()](QPainter& painter) {
        const auto fine = makeGenomeFrame(request, frame);
        paintGenomes(painter, {*fine, places, colors, {}, false, {row, {}}});
    };
}

bool GenomeCanvas::isInColumn(QPointF point) const {
    const auto g = places();
    return g.layers.contains(point) || g.tensors.contains(point) || g.chromosomes.contains(point);
}

PositionRange GenomeCanvas::columnAt(std::size_t position) const {
    const auto column = mergarium::columnAt(*frame_, position);
    return {column.begin, column.end};
}

QString GenomeCanvas::readout(const Target& target) const {
    return target.position ? readoutText(*frame_, mergarium::columnAt(*frame_, *target.position), target.row)
                           : QString();
}

void GenomeCanvas::choose(const Target& target) {
    if (target.row && memberAt(*target.row).value > 0) Q_EMIT memberSelected(memberAt(*target.row));
}

void GenomeCanvas::enter(CanvasCell cell, Qt::KeyboardModifiers) { choose({{}, cell.row}); }

void GenomeCanvas::seeTensor(std::uint64_t position) {
    if (isEmpty()) return;
    const auto& tensor = tensorAt(*frame_, position);
    const auto& layer = layerAt(*frame_, position);
    const auto seen = range();
    const auto showsJust = [&](std::uint64_t begin, std::uint64_t end) {
        return seen.begin == begin && seen.end == end;
    };
    if (showsJust(tensor.begin, tensor.begin + tensor.count) && !showsJust(layer.begin, layer.end))
        see({layer.begin, layer.end});
    else if (showsJust(layer.begin, layer.end))
        seeAll();
    else
        see({tensor.begin, tensor.begin + tensor.count});
}

void GenomeCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (isEmpty()) return;
    paintGenomes(painter, {*frame_, places(), colors, cursor(), hasFocus(), {selectedRow(), {}}});
}

void GenomeCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto target = targetAt(event->position());
    if (event->button() == Qt::LeftButton && target.position) seeTensor(*target.position);
}

void GenomeCanvas::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_T && cursor() && !isEmpty())
        seeTensor(cursor()->position);
    else
        RowCanvas::keyPressEvent(event);
}

}  // namespace mergarium
