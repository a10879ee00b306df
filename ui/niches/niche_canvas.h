#pragma once

#include "ui/canvas/row_canvas.h"
#include "ui/canvas/selection_marks.h"
#include "ui/figures/figure.h"
#include "ui/niches/niche_frame.h"
#include "ui/niches/niche_geometry.h"

namespace mergarium {

/// Paints a frame of the niches: members in rows, samples from left to right.
class NicheCanvas : public RowCanvas, public FigureSource {
    Q_OBJECT

public:
    explicit NicheCanvas(QWidget* parent = nullptr);

    /// Null empties the canvas.
    void setFrame(const NicheFramePtr& frame);
    const NicheFramePtr& frame() const { return frame_; }
    /// Another run: nothing is shown, nothing is chosen, all samples come into view.
    void reset();
    NicheGeometry places() const;
    /// Frames a sample's column, in whatever order samples stand.
    void selectSample(std::optional<std::size_t> sample);
    /// Brings a sample's column into view, if it is among those shown.
    void seeSample(std::size_t sample);
    /// All members, and as many columns as the paper has room for.
    FigurePainter figure(const FigurePage& page) const override;

Q_SIGNALS:
    void sampleSelected(std::size_t sample);

protected:
    std::size_t positionCount() const override { return frame_ ? frame_->sampleCount() : 0; }
    std::size_t rowCount() const override { return frame_ ? frame_->rows.size() : 0; }
    MemberId memberAt(std::size_t row) const override { return frame_->rows[row].member->id; }
    RowMap rowMap() const override { return places(); }
    bool isInColumn(QPointF point) const override;
    PositionRange columnAt(std::size_t position) const override;
    QString readout(const Target& target) const override;
    void choose(const Target& target) override;
    void enter(CanvasCell cell, Qt::KeyboardModifiers modifiers) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void followCursor(const NicheFrame& before);
    NicheExtent extent(const QFontMetricsF& metrics) const;
    CanvasSelection selected() const;
    std::optional<std::size_t> positionOf(std::size_t sample) const;

    NicheFramePtr frame_;
    std::optional<std::size_t> selectedSample_;
};

}  // namespace mergarium
