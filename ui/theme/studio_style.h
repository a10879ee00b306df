#pragma once

#include <QProxyStyle>

namespace mergarium {

/// Fusion, with the outlines of boxes and buttons that are ticked drawn so that they can be seen on every background:
/// its own are a shade of the window's colour, which vanishes in a dark one. What empties a line of text is a symbol of
/// ours, in the text's colour, and buttons of dialogs have none. Menus and the lists of combo boxes, which nobody makes
/// by hand, are named for screen readers after what they belong to.
class StudioStyle : public QProxyStyle {
    Q_OBJECT

public:
    StudioStyle();
    using QProxyStyle::polish;
    void polish(QWidget* widget) override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget = nullptr) const override;
    int styleHint(StyleHint hint, const QStyleOption* option = nullptr, const QWidget* widget = nullptr,
                  QStyleHintReturn* returned = nullptr) const override;
    QIcon standardIcon(StandardPixmap icon, const QStyleOption* option = nullptr,
                       const QWidget* widget = nullptr) const override;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace mergarium
