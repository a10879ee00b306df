#include "ui/theme/theme.h"

#include "core/figures/magnitude.h"
#include "ui/theme/studio_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

namespace mergarium {
namespace {

struct PaletteColors {
    QColor window, base, alternate, button, text, hint, disabled, highlight, link, edge;
};

const PaletteColors kLight{.window = 0xf2f3f5,
                           .base = 0xffffff,
                           .alternate = 0xf7f8f9,
                           .button = 0xe9ebee,
                           .text = 0x1d2126,
                           .hint = 0x646b73,
                           .disabled = 0x8b929a,
                           .highlight = 0x0067a5,
                           .link = 0x0067a5,
                           .edge = 0xc9cdd2};
const PaletteColors kDark{.window = 0x22252a,
                          .base = 0x191b1f,
                          .alternate = 0x1f2226,
                          .button = 0x2d3137,
                          .text = 0xe3e5e8,
                          .hint = 0x9aa1a9,
                          .disabled = 0x7d848c,
                          .highlight = 0x2f6ea3,
                          .link = 0x6fbdf0,
                          .edge = 0x43484f};

QPalette paletteOf(const PaletteColors& colors) {
    QPalette palette(colors.text, colors.button, colors.button.lighter(120), colors.edge.darker(120), colors.edge,
                     colors.text, Qt::white, colors.base, colors.window);
    palette.setColor(QPalette::AlternateBase, colors.alternate);
    palette.setColor(QPalette::Highlight, colors.highlight);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, colors.link);
    palette.setColor(QPalette::LinkVisited, colors.link);
    palette.setColor(QPalette::ToolTipBase, colors.base);
    palette.setColor(QPalette::ToolTipText, colors.text);
    palette.setColor(QPalette::PlaceholderText, colors.hint);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colors.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, colors.edge);
    return palette;
}

QColor mix(const QColor& a, const QColor& b, double weightOfB) {
    const auto blend = [&](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * weightOfB)); };
    return {blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue())};
}

// Equally spaced samples of the maps viridis and inferno (Smith and van der Walt 2015); cividis is the core's.
constexpr std::array<QRgb, 11> kViridis{0xff440154, 0xff482475, 0xff414487, 0xff355f8d, 0xff2a788e, 0xff21918c,
                                        0xff22a884, 0xff44bf70, 0xff7ad151, 0xffbddf26, 0xfffde725};
constexpr std::array<QRgb, 11> kInferno{0xff000004, 0xff160b39, 0xff420a68, 0xff6a176e, 0xff932667, 0xffbc3754,
                                        0xffdd513a, 0xfff37819, 0xfffca50a, 0xfff6d746, 0xfffcffa4};

std::atomic<Magnitudes> magnitudes{Magnitudes::Cividis};

}  // namespace

void applyTheme(QApplication& application, ThemeKind kind) {
    if (!qobject_cast<StudioStyle*>(application.style())) QApplication::setStyle(new StudioStyle);
    if (kind == ThemeKind::System) {
        // An unset palette is the desktop's own again.
        QApplication::setPalette(QPalette());
        kind = isDark(QApplication::palette()) ? ThemeKind::Dark : ThemeKind::Light;
    }
    const auto palette = paletteOf(kind == ThemeKind::Dark);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

QPalette paletteOf(bool dark) { return paletteOf(dark ? kDark : kLight); }

bool isDark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

Colors colorsOf(const QPalette& palette) {
    const bool dark = isDark(palette);
    const auto background = palette.color(QPalette::Base);
    const auto text = palette.color(QPalette::Text);
    const auto either = [&](QRgb onLight, QRgb onDark) { return QColor(dark ? onDark : onLight); };
    return {.dark = dark,
            .background = background,
            .text = text,
            .mutedText = mix(text, background, 0.35),
            .grid = mix(background, text, dark ? 0.14 : 0.11),
            .accent = either(0x0067a5, 0x3f86c0),
            .first = either(0x0072b2, 0x56b4e9),
            .second = either(0xd55e00, 0xf09a3e),
            .third = either(0x00835f, 0x2cc295),
            .fourth = either(0xa4537f, 0xdd94bd),
            .warning = either(0xb04a00, 0xff8a4c),
            .absent = mix(background, text, 0.22),
            .newborn = either(0x00835f, 0x2cc295),
            .parents = either(0xa4537f, 0xdd94bd)};
}

QColor faded(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

void useMagnitudes(Magnitudes chosen) { magnitudes = chosen; }

Magnitudes magnitudesInUse() { return magnitudes; }

QRgb magnitude(double share) {
    const auto chosen = magnitudesInUse();
    if (chosen == Magnitudes::Cividis) return 0xff000000 | magnitudeColour(share);
    // A NaN compares false and becomes 0 here; callers paint it as absent.
    const auto& samples = chosen == Magnitudes::Viridis ? kViridis : kInferno;
    const double position = (share > 0.0 ? std::min(share, 1.0) : 0.0) * static_cast<double>(samples.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(position), samples.size() - 2);
    return mix(QColor(samples[below]), QColor(samples[below + 1]), position - static_cast<double>(below)).rgb();
}

QRgb diverging(double value) {
    const QColor grey(0xd8, 0xd8, 0xd8);
    const double part = std::clamp(std::isnan(value) ? 0.0 : value, -1.0, 1.0);
    return mix(grey, part < 0.0 ? QColor(0x00, 0x72, 0xb2) : QColor(0xd5, 0x5e, 0x00), std::abs(part)).rgb();
}

QFont tabularFont() {
    const QFont font = QApplication::font();
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance('0');
    for (char digit = '1'; digit <= '9'; ++digit)
        if (std::abs(metrics.horizontalAdvance(digit) - width) > 0.01) {
            QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
            fixed.setPointSizeF(font.pointSizeF());
            return fixed;
        }
    return font;
}

}  // namespace mergarium
