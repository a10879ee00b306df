#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace mergarium {

/// A run is to begin while another one goes on.
struct StartQuestion {
    QString going, fresh;
    /// Null where it can't wait: it is one that is gone on with.
    std::function<void()> queue = nullptr;
    /// In place of what goes on, which is stopped.
    std::function<void()> start;
};

/// Asks what is to become of it; the window goes on meanwhile.
void askHowToStart(const StartQuestion& question, QWidget* window);

}  // namespace mergarium
