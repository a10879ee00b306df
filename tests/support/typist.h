#pragma once

#include <QAbstractButton>
#include <QApplication>
#include <QSet>
#include <QTest>

namespace mergarium::test {

/// Somebody without a mouse: keys go where the system sends them, and Tab is the way to all that has no key of its own.
class Typist {
public:
    static void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(target(), key, modifiers); }
    static void type(const QString& text) { QTest::keyClicks(target(), text); }
    /// In place of what is there.
    static void retype(const QString& text) {
        press(Qt::Key_A, Qt::ControlModifier);
        type(text);
    }

    /// Tab, until what is called so has the focus: an object, or a button by its text. False where everything had it in
    /// vain; the log says what.
    static bool tabTo(const QString& name) {
        QStringList had;
        QSet<const QWidget*> seen;
        const QWidget* last = nullptr;
        for (const auto* at = QApplication::focusWidget(); at; at = QApplication::focusWidget()) {
            // A text goes from link to link.
            if ((seen.contains(at) && at != last) || had.size() > 500) break;
            last = at;
            const auto* button = qobject_cast<const QAbstractButton*>(at);
            // An editor of several parts has its name as a whole.
            const QStringList called{at->objectName(), at->accessibleName(), button ? button->text().remove('&') : "",
                                     at->parentWidget() ? at->parentWidget()->objectName() : ""};
            if (called.contains(name)) return true;
            had << called.join('/');
            seen.insert(at);
            press(Qt::Key_Tab);
        }
        qWarning().noquote() << name << "was not among" << had.join(", ");
        return false;
    }

private:
    static QWidget* target() {
        if (auto* popup = QApplication::activePopupWidget()) return popup;
        auto* const dialog = QApplication::activeModalWidget();
        auto* const focus = QApplication::focusWidget();
        if (dialog && !(focus && dialog->isAncestorOf(focus))) return dialog;
        if (focus) return focus;
        // What a desktop does by itself once a dialog has gone.
        for (auto* window : QApplication::topLevelWidgets())
            if (window->isVisible() && !QApplication::activeWindow()) QApplication::setActiveWindow(window);
        return QApplication::focusWidget() ? QApplication::focusWidget() : QApplication::activeWindow();
    }
};

}  // namespace mergarium::test
