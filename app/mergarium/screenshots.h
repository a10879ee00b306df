#pragma once

#include "ui/main_window.h"

#include <QSize>
#include <QString>

namespace mergarium {

/// Runs the digits for a while on a database of its own and writes a picture of the window with every pane, light and
/// dark, into `folder`. Returns the program's exit code.
int writeScreenshots(WindowOptions options, const QString& folder, QSize size);

}  // namespace mergarium
