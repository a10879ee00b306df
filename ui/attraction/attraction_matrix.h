#pragma once

#include "ui/attraction/attraction_frame.h"
#include "ui/attraction/attraction_painter.h"
#include "ui/figures/figure.h"

#include <QWidget>

#include <optional>
#include <utility>

namespace mergarium {

/// The attraction among members as a square heatmap: rows are parent 1, columns parent 2.
class AttractionMatrix : public QWidget, public FigureSource {
    Q_OBJECT

public:
    explicit AttractionMatrix(QWidget* parent = nullptr);

    /// Null empties it.
    void setFrame(const AttractionFramePtr& frame);
    const AttractionFramePtr& frame() const { return frame_; }
    /// Rings the cell of a pairing if both parents are shown.
    void markPair(std::optional<std::pair<MemberId, MemberId>> pair);
    /// Frames a member's row and column.
    void select(std::optional<MemberId> member);
    /// The ringed cell: row and column.
    std::optional<std::pair<std::size_t, std::size_t>> markedCell() const;
    /// Where a cell is painted.
    QRectF cellRect(std::size_t a, std::size_t b) const;
    QRectF map() const;
    FigurePainter figure(const FigurePage& page) const override;

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);
    /// Parent 1 and parent 2 of the cell that the mouse or the keyboard chose.
    void pairSelected(mergarium::MemberId first, mergarium::MemberId second);
    void readoutChanged(const QString& text);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    using Cell = AttractionCell;
    using Pair = std::pair<MemberId, MemberId>;

    bool isEmpty() const { return !frame_ || frame_->members.empty(); }
    std::optional<std::size_t> columnAt(double x) const;
    std::optional<std::size_t> rowAt(double y) const;
    std::optional<Cell> cellAt(QPointF point) const;
    std::optional<Cell> cellOf(const std::optional<Pair>& pair) const;
    std::optional<std::size_t> indexOf(MemberId member) const;
    void moveCursor(int rows, int columns);
    void announce();
    /// What a tooltip says there.
    QString tipAt(QPointF point) const;

    AttractionFramePtr frame_;
    std::optional<Pair> pair_;
    std::optional<MemberId> selected_;
    /// The keyboard's cell, by member, so that it follows them.
    std::optional<Pair> cursor_;
    std::optional<QPointF> mouse_;
};

}  // namespace mergarium
