#pragma once

#include "ui/niches/niche_frame.h"
#include "ui/niches/niche_geometry.h"
#include "ui/niches/niche_painter.h"

#include <QWidget>

#include <optional>

namespace mergarium {

/// Paints a frame of the niches and turns mouse, wheel and keys into zooming, panning, reading and choosing.
class NicheCanvas : public QWidget {
    Q_OBJECT

public:
    explicit NicheCanvas(QWidget* parent = nullptr);

    /// Null empties the canvas.
    void setFrame(const NicheFramePtr& frame);
    const NicheFramePtr& frame() const { return frame_; }
    /// Another run: nothing is shown, nothing is chosen, all samples come into view.
    void reset();

    /// The samples to be rasterized, and into how many bins at most.
    PositionRange range() const;
    std::size_t binsWanted() const;

    void zoomIn();
    void zoomOut();
    void seeAll();
    NicheGeometry places() const;

    QSize sizeHint() const override;

Q_SIGNALS:
    /// What is to be rasterized has changed.
    void rangeChanged();
    void sampleSelected(std::size_t sample);
    void memberSelected(mergarium::MemberId member);
    /// What there is to read under the mouse or the cursor; empty when nothing.
    void readoutChanged(const QString& text);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    struct Target {
        std::optional<std::size_t> position;
        std::optional<std::size_t> row;
    };

    bool isEmpty() const { return !frame_ || frame_->rows.empty(); }
    void setWindow(PositionWindow window);
    void setFirstRow(double row);
    void zoom(double factor, double anchor);
    double anchor() const;
    Target targetAt(QPointF point) const;
    QString readout(const Target& target) const;
    void announceReadout();
    void click(QPointF point);
    void moveCursor(int columns, int rows);
    void followCursor(const NicheFrame& before);
    void bringCursorIntoView();

    NicheFramePtr frame_;
    PositionWindow window_;
    std::size_t firstRow_ = 0;
    std::optional<NicheCell> cursor_;
    std::optional<QPointF> mouse_;
    std::optional<QPointF> pressed_;
    PositionWindow windowAtPress_;
    std::size_t firstRowAtPress_ = 0;
    bool dragging_ = false;
};

}  // namespace mergarium
