#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QStyle>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

struct PaletteColors {
    QColor window, base, alternate, button, text, disabled, highlight, link, edge;
};

const PaletteColors kLight{.window = 0xf2f3f5,
                           .base = 0xffffff,
                           .alternate = 0xf7f8f9,
                           .button = 0xe9ebee,
                           .text = 0x1d2126,
                           .disabled = 0x8b929a,
                           .highlight = 0x0067a5,
                           .link = 0x0067a5,
                           .edge = 0xc9cdd2};
const PaletteColors kDark{.window = 0x22252a,
                          .base = 0x191b1f,
                          .alternate = 0x1f2226,
                          .button = 0x2d3137,
                          .text = 0xe3e5e8,
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
    palette.setColor(QPalette::PlaceholderText, colors.disabled);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colors.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, colors.edge);
    return palette;
}

QColor mix(const QColor& a, const QColor& b, double weightOfB) {
    const auto blend = [&](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * weightOfB)); };
    return {blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue())};
}

// Samples of the cividis map (Nunez, Anderton and Renslow 2018), equally spaced.
constexpr std::array<QRgb, 10> kCividis{0xff00204d, 0xff00336f, 0xff39486b, 0xff575c6d, 0xff707173,
                                        0xff8a8779, 0xffa69d75, 0xffc4b56c, 0xffe4cf5b, 0xffffea46};

}  // namespace

void applyTheme(QApplication& application, ThemeKind kind) {
    if (!application.style() || application.style()->name().compare("fusion", Qt::CaseInsensitive) != 0)
        QApplication::setStyle("Fusion");
    if (kind == ThemeKind::System) {
        // An unset palette is the desktop's own again.
        QApplication::setPalette(QPalette());
        kind = isDark(QApplication::palette()) ? ThemeKind::Dark : ThemeKind::Light;
    }
    const auto palette = paletteOf(kind == ThemeKind::Dark ? kDark : kLight);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

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
            .accent = palette.color(QPalette::Highlight),
            .first = either(0x0072b2, 0x56b4e9),
            .second = either(0xd55e00, 0xf09a3e),
            .third = either(0x00835f, 0x2cc295),
            .fourth = either(0xa4537f, 0xdd94bd),
            .warning = either(0xd55e00, 0xff8a4c),
            .absent = mix(background, text, 0.22),
            .newborn = either(0x00835f, 0x2cc295),
            .parents = either(0xa4537f, 0xdd94bd)};
}

QRgb magnitude(double share) {
    // A NaN compares false and becomes 0 here; callers paint it as absent.
    const double position = (share > 0.0 ? std::min(share, 1.0) : 0.0) * (kCividis.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(position), kCividis.size() - 2);
    return mix(QColor(kCividis[below]), QColor(kCividis[below + 1]), position - static_cast<double>(below)).rgb();
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
