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

void NicheCanvas::selectSample(std::optional<std::size_t> sample) {
    selectedSample_ = sample;
    update();
}

void NicheCanvas::seeSample(std::size_t sample) {
    const auto position = frame_ ? positionOf(sample) : std::nullopt;
    if (!position || (range().begin <= *position && *position < range().end)) return;
    const auto span = range().end - range().begin;
    if (span == 0) return;
    const auto begin =
        std::min(*position - std::min(*position, span / 2), positionCount() - std::min(span, positionCount()));
    see({begin, begin + span});
}

std::optional<std::size_t> NicheCanvas::positionOf(std::size_t sample) const {
    const auto found = std::find(frame_->samples->begin(), frame_->samples->end(), sample);
    if (found == frame_->samples->end()) return {};
    return static_cast<std::size_t>(found - frame_->samples->begin());
}

void NicheCanvas::reset() {
    frame_.reset();
    forget();
}

NicheExtent NicheCanvas::extent(const QFontMetricsF& metrics) const {
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
    return extent;
}

NicheGeometry NicheCanvas::places() const {
    const QFontMetricsF metrics(font(), this);
    const double margin = metrics.height() * 0.3;
    return layOut(QSizeF(size()) - QSizeF(margin, 0.0), metrics, extent(metrics));
}

CanvasSelection NicheCanvas::selected() const {
    return {.row = selectedRow(), .position = selectedSample_ ? positionOf(*selectedSample_) : std::nullopt};
}

FigurePainter NicheCanvas::figure(const FigurePage& page) const {
    if (isEmpty() || frame_->raster.bins.empty()) return nullptr;
    const QFontMetricsF metrics(page.font);
    auto whole = extent(metrics);
    whole.allRows = true;
    whole.firstRow = 0;
    const auto places = layOut(page.size, metrics, whole);
    const NicheRequest request{.snapshot = frame_->snapshot,
                               .order = frame_->order,
                               .binning = frame_->binning,
                               .measure = frame_->scale.measure,
                               .reference = frame_->reference,
                               .soleSolver = frame_->soleSolver,
                               .range = range(),
                               .width = static_cast<std::size_t>(places.map.width() * page.density)};
    return [request, places, colors = page.colors(), frame = frame_, selected = selected()](QPainter& painter) {
        const auto fine = makeNicheFrame(request, frame);
        paintNiches(painter, {*fine, places, colors, {}, false, selected});
    };
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
    paintNiches(painter, {*frame_, places(), colors, cursor(), hasFocus(), selected()});
}

/// The cell belongs to a sample and a member, wherever these have moved to; a member that has gone leaves its place.
void NicheCanvas::followCursor(const NicheFrame& before) {
    auto cell = *cursor();
    if (before.samples != frame_->samples && cell.position < before.sampleCount())
        cell.position = positionOf((*before.samples)[cell.position]).value_or(cell.position);
    if (cell.row < before.rows.size())
        cell.row = rankOf(frame_->rows, before.rows[cell.row].member->id).value_or(cell.row);
    setCursor(cell);
}

}  // namespace mergarium
