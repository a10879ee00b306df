#pragma once

#include "ui/figures/figure.h"
#include "ui/pictures/board_content.h"
#include "ui/pictures/board_geometry.h"
#include "ui/pictures/founder_shares.h"
#include "ui/pictures/thumbnails.h"

#include <QAbstractScrollArea>
#include <QCache>

#include <cstddef>
#include <optional>
#include <utility>

namespace mergarium {

/// What members painted, beside the references: a table of samples by members, or a wall. Only what is seen is decoded.
/// A click chooses a member, or a sample by its caption or reference; the arrow keys go from picture to picture, and
/// choose the sample of the row that they come to.
class PictureBoard : public QAbstractScrollArea, public FigureSource {
    Q_OBJECT

public:
    explicit PictureBoard(QWidget* parent = nullptr);

    /// Keeps the keyboard's place and what is scrolled to where that still is.
    void setContent(BoardContent content);
    const BoardContent& content() const { return content_; }
    /// Frames what is selected.
    void select(std::optional<MemberId> member, std::optional<std::size_t> sample);
    /// Scrolls to a sample's row.
    void see(std::size_t sample);
    const BoardGeometry& geometryOfBoard() const { return geometry_; }
    /// Where an item is seen, in the viewport's coordinates.
    QRectF placeOf(std::size_t index) const;
    std::optional<std::size_t> cursor() const { return cursor_; }

    /// Everything, on one page.
    FigurePainter figure(const FigurePage& page) const override;
    double figureShape() const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);
    void sampleSelected(std::size_t sample);
    /// What there is to read under the mouse or the keyboard's place; empty when nothing.
    void readoutChanged(const QString& text);

protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    /// A picture, a row by its caption, or a column by its name.
    struct Target {
        std::optional<std::size_t> item, row, column;
    };

    bool isEmpty() const { return content_.items.empty(); }
    void arrange();
    QPointF scrolled() const;
    Target targetAt(QPointF point) const;
    QString textOf(const Target& target);
    void choose(const Target& target);
    void moveCursor(std::ptrdiff_t by);
    void bringIntoView(std::size_t index);
    void announce();
    Thumbnails::Found imageOfItem(const BoardItem& item);

    BoardContent content_;
    BoardGeometry geometry_;
    Thumbnails* thumbnails_ = nullptr;
    FounderShares shares_;
    /// Pictures as large as they were last seen, by what they are and their side.
    QCache<std::pair<qint64, int>, QImage> fitted_;
    std::optional<MemberId> member_;
    std::optional<std::size_t> sample_;
    std::optional<std::size_t> cursor_;
    std::optional<QPointF> mouse_;
};

}  // namespace mergarium
