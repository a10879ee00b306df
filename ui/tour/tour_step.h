#pragma once

#include "core/run/snapshot.h"

#include <QString>

#include <functional>

class QWidget;

namespace mergarium {

/// One card of a tour, and what it points at; told by whoever knows the widgets.
struct TourStep {
    QString title;
    /// Two or three sentences.
    QString text;
    /// Framed while it can be seen; null: the card stands by itself. Outlives the tour.
    QWidget* target = nullptr;
    /// Brings the target to the front; null: it is there.
    std::function<void()> open = nullptr;
    /// What the step waits for. Once it holds the tour goes on by itself; where it holds already the step is passed
    /// over.
    std::function<bool(const SessionSnapshot&)> until = nullptr;
    /// What Next says and does instead of going on; empty and null: it goes on.
    QString action = {};
    std::function<void()> carryOut = nullptr;
};

}  // namespace mergarium
