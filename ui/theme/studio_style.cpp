#include "ui/theme/studio_style.h"

#include "ui/icons/symbols.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QStyleOption>

namespace mergarium {

StudioStyle::StudioStyle() : QProxyStyle(QStringLiteral("fusion")) {}

void StudioStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const {
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (element != PE_IndicatorCheckBox && element != PE_IndicatorRadioButton) return;
    const bool enabled = option->state & State_Enabled;
    painter->save();
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(enabled ? colorsOf(option->palette).mutedText : colorsOf(option->palette).absent, 1));
    if (element == PE_IndicatorCheckBox) {
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
    } else {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->drawEllipse(QRectF(option->rect).adjusted(1.0, 1.0, -1.0, -1.0));
    }
    painter->restore();
}

int StudioStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                           QStyleHintReturn* returned) const {
    return hint == SH_DialogButtonBox_ButtonsHaveIcons ? 0 : QProxyStyle::styleHint(hint, option, widget, returned);
}

QIcon StudioStyle::standardIcon(StandardPixmap icon, const QStyleOption* option, const QWidget* widget) const {
    return icon == SP_LineEditClearButton ? iconOf(Symbol::Close) : QProxyStyle::standardIcon(icon, option, widget);
}

}  // namespace mergarium
