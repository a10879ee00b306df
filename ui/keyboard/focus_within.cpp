#include "ui/keyboard/focus_within.h"

#include <QWidget>

namespace mergarium {
namespace {

bool takesKeys(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() && (widget.focusPolicy() & Qt::TabFocus);
}

}  // namespace

void focusWithin(QWidget& view) {
    if (auto* proxy = view.focusProxy(); proxy && takesKeys(*proxy)) return proxy->setFocus(Qt::ShortcutFocusReason);
    for (auto* one = view.nextInFocusChain(); one && one != &view; one = one->nextInFocusChain())
        if (view.isAncestorOf(one) && takesKeys(*one)) return one->setFocus(Qt::ShortcutFocusReason);
    view.setFocus(Qt::ShortcutFocusReason);
}

}  // namespace mergarium
