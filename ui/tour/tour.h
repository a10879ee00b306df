#pragma once

#include "ui/tour/tour_step.h"

#include <QObject>
#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace mergarium {

class TourCard;
class TourFrame;

/// Leads through a window, a step at a time: a card beside what the step is about, which is framed. It ends after its
/// last step, and can be left at any; the window can be used all the while. Wants the window's thread.
class Tour : public QObject {
    Q_OBJECT

public:
    /// Drawn over `window`, which owns it.
    explicit Tour(QWidget& window);

    void begin(std::vector<TourStep> steps);
    /// What steps wait for is looked for in the latest; null: there is no run.
    void setSnapshot(const SnapshotPtr& snapshot);
    bool isGoing() const { return card_ != nullptr; }
    /// Gives the keyboard to the card.
    void focus();
    void next();
    void back();
    void leave();

Q_SIGNALS:
    /// Left, or gone through.
    void ended();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool isPassed(std::size_t step) const;
    std::optional<std::size_t> stepAfter() const;
    std::optional<std::size_t> stepBefore() const;
    void go(std::size_t step);
    void place();

    QWidget& window_;
    std::vector<TourStep> steps_;
    std::size_t at_ = 0;
    SnapshotPtr snapshot_;
    TourCard* card_ = nullptr;
    TourFrame* frame_ = nullptr;
};

}  // namespace mergarium
