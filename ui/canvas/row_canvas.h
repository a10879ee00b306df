#pragma once

#include "core/archive/coverage.h"
#include "core/archive/member.h"
#include "ui/canvas/row_map.h"

#include <QWidget>

#include <optional>

namespace mergarium {

/// The keyboard's cell.
struct CanvasCell {
    std::size_t position = 0;
    std::size_t row = 0;
};

/// Members in rows, positions from left to right: turns mouse, wheel and keys into zooming, panning, reading and
/// choosing. What rows and positions are, and how they look, is said by whoever derives from it.
class RowCanvas : public QWidget {
    Q_OBJECT

public:
    explicit RowCanvas(QWidget* parent = nullptr);

    /// The positions in view, and in how many columns at most they can be shown.
    PositionRange range() const;
    std::size_t binsWanted() const;

    void zoomIn();
    void zoomOut();
    void seeAll();
    void see(PositionRange positions);
    /// Frames a member's row, wherever it moves to.
    void select(std::optional<MemberId> member);

    QSize sizeHint() const override;

Q_SIGNALS:
    /// Other positions are in view, or in another number of columns.
    void rangeChanged();
    void memberSelected(mergarium::MemberId member);
    /// What there is to read under the mouse or the cursor; empty when nothing.
    void readoutChanged(const QString& text);

protected:
    /// What a point is about: a whole column where there is no row, a whole row where there is no position.
    struct Target {
        std::optional<std::size_t> position;
        std::optional<std::size_t> row;
    };

    virtual std::size_t positionCount() const = 0;
    virtual std::size_t rowCount() const = 0;
    virtual MemberId memberAt(std::size_t row) const = 0;
    virtual RowMap rowMap() const = 0;
    /// Whether a point above or below the map is about its column.
    virtual bool isInColumn(QPointF point) const = 0;
    /// The positions that are one column of the picture at `position`.
    virtual PositionRange columnAt(std::size_t position) const = 0;
    virtual QString readout(const Target& target) const = 0;
    virtual void choose(const Target& target) = 0;
    /// Enter, on the cursor.
    virtual void enter(CanvasCell cell, Qt::KeyboardModifiers modifiers) = 0;

    bool isEmpty() const { return rowCount() == 0 || positionCount() == 0; }
    PositionWindow window() const { return window_; }
    std::size_t firstRow() const { return firstRow_; }
    const std::optional<CanvasCell>& cursor() const { return cursor_; }
    void setCursor(std::optional<CanvasCell> cell);
    std::optional<std::size_t> selectedRow() const;
    /// Something else is shown: positions and cursor are kept within what there is.
    void adapt();
    /// Another run: nothing is chosen, everything comes into view.
    void forget();
    Target targetAt(QPointF point) const;

    bool event(QEvent* event) override;
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
    void setWindow(PositionWindow window);
    void setFirstRow(double row);
    void zoom(double factor, double anchor);
    double anchor() const;
    void announceReadout();
    /// What a tooltip says there.
    QString tipAt(QPointF point) const;
    void moveCursor(int columns, int rows);
    void bringCursorIntoView();

    PositionWindow window_;
    /// How many positions there were when the window was last adapted.
    std::size_t adaptedTo_ = 0;
    std::size_t firstRow_ = 0;
    std::optional<CanvasCell> cursor_;
    std::optional<MemberId> selected_;
    std::optional<QPointF> mouse_;
    std::optional<QPointF> pressed_;
    PositionWindow windowAtPress_;
    std::size_t firstRowAtPress_ = 0;
    bool dragging_ = false;
};

}  // namespace mergarium
