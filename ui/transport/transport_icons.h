#pragma once

#include <QIcon>

class QPalette;

namespace mergarium {

enum class TransportIcon { New, Resume, Pause, Step, Stop };

/// Drawn in the palette's text colours, sharp at every size.
QIcon transportIcon(TransportIcon icon, const QPalette& palette);

}  // namespace mergarium
