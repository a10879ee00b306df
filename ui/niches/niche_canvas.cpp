#include "ui/niches/niche_canvas.h"

#include "ui/niches/niche_painter.h"
#include "ui/niches/niche_readout.h"

#include <QPainter>

#include <algorithm>

namespace mergarium {

NicheCanvas::NicheCanvas(QWidget* parent) : RowCanvas(parent) { setAccessibleName(tr("Niches, members by samples")); }

void NicheCanvas::setFrame(const NicheFramePtr& frame) {
    const auto before = std::exchange(frame_, frame);
    if (cursor() && before && !before->rows.empty() && !isEmpty()) followCursor(*before);
    adapt();
}

void NicheCanvas::reset() {
    frame_.reset();
    forget();
}

NicheGeometry NicheCanvas::places() const {
    const QFontMetricsF metrics(font(), this);
    NicheExtent extent;
    extent.barWidth = barWidthOf(metrics);
    extent.window = window();
    extent.firstRow = firstRow();
    if (frame_) {
        extent.rows = frame_->rows.size();
        extent.labelWidth = labelWidthOf(frame_->rows, metrics);
    } else {
        extent.labelWidth = metrics.horizontalAdvance(QStringLiteral("#000"));
    }
    const double margin = metrics.height() * 0.3;
    return layOut(QSizeF(size()) - QSizeF(margin, 0.0), metrics, extent);
}

bool NicheCanvas::isInColumn(QPointF point) const {
    const auto g = places();
    return g.strip.contains(point) || g.unsolved.contains(point);
}

PositionRange NicheCanvas::columnAt(std::size_t position) const { return mergarium::columnAt(*frame_, position); }

QString NicheCanvas::readout(const Target& target) const {
    return target.position ? readoutText(*frame_, columnAt(*target.position), target.row) : QString();
}

void NicheCanvas::choose(const Target& target) {
    if (target.position)
        Q_EMIT sampleSelected(sampleOf(*frame_, columnAt(*target.position), target.row));
    else if (target.row)
        Q_EMIT memberSelected(memberAt(*target.row));
}

void NicheCanvas::enter(CanvasCell cell, Qt::KeyboardModifiers modifiers) {
    if (modifiers & Qt::ControlModifier)
        Q_EMIT memberSelected(memberAt(cell.row));
    else
        Q_EMIT sampleSelected(sampleOf(*frame_, columnAt(cell.position), cell.row));
}

void NicheCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (frame_ && frame_->samples && frame_->samples->empty()) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, nothingText(*frame_));
    }
    if (isEmpty() || frame_->raster.bins.empty()) return;
    paintNiches(painter, {*frame_, places(), colors, cursor(), hasFocus()});
}

/// The cell belongs to a sample and a member, wherever these have moved to; a member that has gone leaves its place.
void NicheCanvas::followCursor(const NicheFrame& before) {
    auto cell = *cursor();
    if (before.samples != frame_->samples && cell.position < before.sampleCount()) {
        const auto sample = (*before.samples)[cell.position];
        const auto found = std::find(frame_->samples->begin(), frame_->samples->end(), sample);
        if (found != frame_->samples->end()) cell.position = static_cast<std::size_t>(found - frame_->samples->begin());
    }
    if (cell.row < before.rows.size())
        cell.row = rankOf(frame_->rows, before.rows[cell.row].member->id).value_or(cell.row);
    setCursor(cell);
}

}  // namespace mergarium
