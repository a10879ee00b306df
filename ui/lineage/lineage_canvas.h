#pragma once

#include "core/run/snapshot.h"
#include "ui/figures/figure.h"
#include "ui/lineage/lineage_layout.h"

#include <QWidget>

#include <cstddef>
#include <optional>
#include <vector>

namespace mergarium {

/// Paints a family: a box per member, ancestors above, a line to each child in the colour of the parent that it comes
/// from. Wheel and keys zoom, dragging pans, arrow keys go from member to member.
class LineageCanvas : public QWidget, public FigureSource {
    Q_OBJECT

public:
    explicit LineageCanvas(QWidget* parent = nullptr);

    /// Null empties the canvas. `snapshot` says who is still in the archive, and what the founders are called.
    void show(const LineageLayoutPtr& layout, const SnapshotPtr& snapshot);
    /// Whose family it is: comes into view when it is another one's.
    void setSubject(std::optional<MemberId> subject) { subject_ = subject; }
    void select(std::optional<MemberId> member);

    const LineageLayoutPtr& layout() const { return layout_; }
    /// Where a relative is painted, in the widget's coordinates.
    QRectF boxOf(std::size_t relative) const;
    /// What a box needs in this font.
    QSizeF boxSize() const;

    void zoomIn() { zoom(kZoomStep, QRectF(rect()).center()); }
    void zoomOut() { zoom(1.0 / kZoomStep, QRectF(rect()).center()); }
    void seeAll();
    /// The whole family, however large, as it fits.
    FigurePainter figure(const FigurePage& page) const override;
    double figureShape() const override;

    QSize sizeHint() const override;

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);
    /// Its parents are to be shown, or not any more.
    void toggled(mergarium::MemberId member);
    void readoutChanged(const QString& text);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    static constexpr double kZoomStep = 1.25;
    enum class Way { Up, Down, Left, Right };

    bool isEmpty() const { return !layout_ || layout_->family.relatives.empty(); }
    std::optional<std::size_t> indexOf(std::optional<MemberId> member) const;
    std::optional<std::size_t> boxAt(QPointF point) const;
    void zoom(double factor, QPointF anchor);
    void center(std::size_t relative);
    void bringIntoView(std::size_t relative);
    void moveCursor(Way way);
    void announce();

    LineageLayoutPtr layout_;
    SnapshotPtr snapshot_;
    /// Of each relative, as it was painted.
    std::vector<bool> living_;
    std::optional<MemberId> subject_, shownSubject_, selected_, cursor_;
    double scale_ = 1.0;
    /// Of the layout's origin, in the widget's coordinates.
    QPointF origin_;
    /// Everything is in view, and stays so.
    bool seesAll_ = true;
    std::optional<QPointF> mouse_, pressed_;
    QPointF originAtPress_;
    bool dragging_ = false;
};

}  // namespace mergarium
