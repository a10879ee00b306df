#pragma once

#include "ui/theme/theme.h"

#include <QFont>
#include <QPalette>
#include <QSizeF>

#include <functional>

class QPainter;

namespace mergarium {

/// The paper that a figure is made for. Lengths are in units of 1/96 inch.
struct FigurePage {
    static constexpr double kUnitsPerInch = 96.0;

    QSizeF size;
    /// Its size is in pixels, which are units, so that nothing depends on a screen.
    QFont font;
    QPalette palette;
    /// How many dots a unit has at least: cells need not be finer.
    double density = 300.0 / kUnitsPerInch;

    Colors colors() const { return colorsOf(palette); }
};

/// Paints a figure from (0, 0) to its page's size, on a background that is there already, with a painter that has the
/// page's font. Immutable; for any thread, once.
using FigurePainter = std::function<void(QPainter& painter)>;

/// What a widget is that shows a picture which can be saved. It paints the same picture with the same code, for another
/// size, as it stands: zoomed, with what is selected, without what follows the mouse or the keyboard.
class FigureSource {
public:
    virtual ~FigureSource() = default;
    /// Null while there is nothing to be seen. Wants the window's thread.
    virtual FigurePainter figure(const FigurePage& page) const = 0;
    /// How high it is best for its width; 0: as it is on the screen.
    virtual double figureShape() const { return 0.0; }
    /// Whose picture it is, where that isn't the shown run.
    virtual QString figureSubject() const { return {}; }
};

}  // namespace mergarium
