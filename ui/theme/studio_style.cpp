#include "ui/theme/studio_style.h"

#include "ui/icons/symbols.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QComboBox>
#include <QEvent>
#include <QMenu>
#include <QPainter>
#include <QStyleOption>

namespace mergarium {

namespace {

/// Its own, or its label's.
QString accessibleNameOf(QWidget* widget) {
    if (!widget) return {};
    auto* told = QAccessible::queryAccessibleInterface(widget);
    if (!told || !widget->accessibleName().isEmpty()) return widget->accessibleName();
    const auto labels = told->relations(QAccessible::Label);
    return labels.isEmpty() ? QString() : labels.front().first->text(QAccessible::Name);
}

QString withoutMnemonic(QString text) { return text.remove('&'); }

}  // namespace

StudioStyle::StudioStyle() : QProxyStyle(QStringLiteral("fusion")) {}

void StudioStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (auto* menu = qobject_cast<QMenu*>(widget); menu && menu->accessibleName().isEmpty()) {
        const auto title = withoutMnemonic(menu->title());
        const auto owner = accessibleNameOf(menu->parentWidget());
        menu->setAccessibleName(!title.isEmpty() ? title : owner.isEmpty() ? tr("Menu") : tr("Menu of %1").arg(owner));
    }
    // What holds the list is private to Qt.
    if (widget->inherits("QComboBoxPrivateContainer")) widget->installEventFilter(this);
}

bool StudioStyle::eventFilter(QObject* watched, QEvent* event) {
    // Boxes may have got their labels since they were made.
    if (auto* box = qobject_cast<QComboBox*>(watched->parent()); box && event->type() == QEvent::Show)
        box->view()->setAccessibleName(accessibleNameOf(box));
    return QProxyStyle::eventFilter(watched, event);
}

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
