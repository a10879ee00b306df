#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;

namespace mergarium {

enum class ThemeKind { System, Light, Dark };

/// Gives the program its style and its light or dark palette. System: whichever the desktop's own palette is.
/// Widgets hear of it through QEvent::PaletteChange.
void applyTheme(QApplication& application, ThemeKind kind);

/// The palette that either theme gives the window.
QPalette paletteOf(bool dark);

/// What colours mean; the same roles in light and dark. Series colours are Okabe and Ito's, darkened or lightened until
/// they stand out from the background.
struct Colors {
    bool dark = false;
    QColor background;
    QColor text;
    QColor mutedText;
    QColor grid;
    QColor accent;
    QColor first;
    QColor second;
    QColor third;
    QColor fourth;
    QColor warning;
    /// Nothing there, not evaluated: never a colour of the magnitude scale.
    QColor absent;
    QColor newborn;
    QColor parents;
};

Colors colorsOf(const QPalette& palette);
bool isDark(const QPalette& palette);

/// `color` with `alpha` in [0, 1].
QColor faded(QColor color, double alpha);
/// The alpha of marks that stand back behind others and can still be seen: 3 to 1 against the background.
constexpr double kStandsBack = 0.85;

/// Scales of even steps in lightness, from dark to bright. Cividis is read the same with every kind of colour vision.
enum class Magnitudes { Cividis, Viridis, Inferno };
/// From now on, on every thread; what is painted already stays as it is.
void useMagnitudes(Magnitudes magnitudes);
Magnitudes magnitudesInUse();
/// The colour of a share on the scale in use. Outside [0, 1] it is clamped.
QRgb magnitude(double share);

/// From -1, blue, over 0, grey, to 1, vermilion; readable with every kind of colour vision. Outside it is clamped.
QRgb diverging(double value);

/// The program's font if its digits are equally wide, else one whose digits are.
QFont tabularFont();

}  // namespace mergarium
