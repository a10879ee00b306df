#pragma once

#include "ui/genome/genome_canvas.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace mergarium {

/// The ribbons of two parents and their child, with split points to be set, moved and taken away: by double-click,
/// dragging and right click, or with S at the cursor and Ctrl with the arrows.
class SplitCanvas final : public GenomeCanvas {
    Q_OBJECT

public:
    explicit SplitCanvas(QWidget* parent = nullptr);

    const std::vector<std::uint64_t>& splits() const { return splits_; }
    /// Ascending.
    void setSplits(std::vector<std::uint64_t> splits);
    FigurePainter figure(const FigurePage& page) const override;

Q_SIGNALS:
    /// By the person.
    void splitsChanged();

protected:
    /// By a row's label alone: ribbons are where split points are set.
    void choose(const Target& target) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    /// The split point that a place on the canvas means, as its index.
    std::optional<std::size_t> splitAt(QPointF point) const;
    std::optional<std::uint64_t> positionAt(QPointF point) const;
    void add(std::uint64_t position);
    void remove(std::size_t index);
    /// Where it may go: not beyond its neighbours.
    void move(std::size_t index, std::uint64_t position);
    void become(std::vector<std::uint64_t> splits);

    std::vector<std::uint64_t> splits_;
    std::optional<std::size_t> dragged_;
};

}  // namespace mergarium
