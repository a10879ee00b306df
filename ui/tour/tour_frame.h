#pragma once

#include <QRect>
#include <QWidget>

namespace mergarium {

/// Where a card of `size` goes in `window`: beside `target` where there is room for it, else in its lower right corner;
/// in the middle for an empty target. `gap` pixels lie between them.
QRect cardPlace(const QRect& window, const QRect& target, QSize size, int gap);

/// Lies over a window, lets mouse and keys through, and frames a part of it, with a beak from the card to it.
class TourFrame : public QWidget {
    Q_OBJECT

public:
    explicit TourFrame(QWidget* window);

    /// In the window's coordinates; an empty target is not framed.
    void show(const QRect& target, const QRect& card);
    const QRect& target() const { return target_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QRect target_, card_;
};

}  // namespace mergarium
