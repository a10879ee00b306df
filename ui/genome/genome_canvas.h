#pragma once

#include "ui/canvas/row_canvas.h"
#include "ui/figures/figure.h"
#include "ui/genome/genome_frame.h"
#include "ui/genome/genome_geometry.h"

namespace mergarium {

/// Paints a frame of the genomes: members in rows, the parameter vector from left to right.
class GenomeCanvas : public RowCanvas, public FigureSource {
    Q_OBJECT

public:
    explicit GenomeCanvas(QWidget* parent = nullptr);

    /// Null empties the canvas.
    void setFrame(const GenomeFramePtr& frame);
    const GenomeFramePtr& frame() const { return frame_; }
    /// Another run: nothing is shown, nothing is chosen, the whole vector comes into view.
    void reset();
    GenomeGeometry places() const;

    /// Shows the tensor at a position alone; what shows it alone already shows its layer, then everything.
    void seeTensor(std::uint64_t position);
    /// All members, and as many columns as the paper has room for.
    FigurePainter figure(const FigurePage& page) const override;

protected:
    std::size_t positionCount() const override { return frame_ ? frame_->layout().length() : 0; }
    std::size_t rowCount() const override { return frame_ ? frame_->rows.size() : 0; }
    /// 0: a child that is no member yet.
    MemberId memberAt(std::size_t row) const override {
        return row == frame_->child ? MemberId{} : frame_->rows[row].member->id;
    }
    RowMap rowMap() const override { return places(); }
    bool isInColumn(QPointF point) const override;
    PositionRange columnAt(std::size_t position) const override;
    QString readout(const Target& target) const override;
    void choose(const Target& target) override;
    void enter(CanvasCell cell, Qt::KeyboardModifiers modifiers) override;
    /// Where things stand on the paper.
    GenomeGeometry placesOn(const FigurePage& page) const;
    void paintEvent(QPaintEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    GenomeExtent extent(const QFontMetricsF& metrics) const;

    GenomeFramePtr frame_;
};

}  // namespace mergarium
