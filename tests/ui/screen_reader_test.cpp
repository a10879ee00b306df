#include "tests/support/suite.h"
#include "tests/support/whole_window.h"

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <map>
#include <set>

using namespace mergarium;
using namespace mergarium::test;

namespace {

QString nameOf(QWidget& widget) {
    auto* told = QAccessible::queryAccessibleInterface(&widget);
    if (!told) return {};
    if (!qobject_cast<QComboBox*>(&widget)) return told->text(QAccessible::Name);
    // Qt gives what is chosen there for the name; readers take the widget's own, or its label's.
    const auto labels = told->relations(QAccessible::Label);
    if (!widget.accessibleName().isEmpty() || labels.isEmpty()) return widget.accessibleName();
    return labels.front().first->text(QAccessible::Name);
}

/// Opens the context menu and closes it; "none" where there is none. Some of them wait until they are closed.
QString nameOfMenuOf(QWidget& widget) {
    QString name = "none";
    QTimer look;
    const auto close = [&] {
        auto* menu = QApplication::activePopupWidget();
        if (!menu) return;
        name = QAccessible::queryAccessibleInterface(menu)->text(QAccessible::Name);
        menu->close();
    };
    QObject::connect(&look, &QTimer::timeout, &look, close);
    look.start(0);
    const auto middle = widget.rect().center();
    QContextMenuEvent event(QContextMenuEvent::Keyboard, middle, widget.mapToGlobal(middle));
    QApplication::sendEvent(&widget, &event);
    close();
    return name;
}

}  // namespace

/// What a screen reader says of everything that takes the keyboard.
class ScreenReaderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whateverTakesTheKeyboardHasAName() {
        std::map<QString, QString> nameless;
        std::set<QString> places;
        int named = 0;
        // A sign alone, such as "+", is no name.
        const QRegularExpression letter("\\pL");
        WholeWindow(ThemeKind::Light).visit([&](const QString& where, QWidget& top) {
            places.insert(where);
            for (auto* one : top.findChildren<QWidget*>()) {
                // What is part of another widget hands the keyboard on to it.
                if (!one->isVisible() || one->window() != &top || one->focusPolicy() == Qt::NoFocus ||
                    one->focusProxy())
                    continue;
                if (nameOf(*one).contains(letter))
                    ++named;
                else
                    nameless.emplace(
                        QString("%1 %2 in %3 %4")
                            .arg(one->metaObject()->className(), one->objectName(),
                                 one->parentWidget()->metaObject()->className(), one->parentWidget()->objectName()),
                        where);
            }
        });
        QStringList list;
        for (const auto& [what, where] : nameless) list << where + ": " + what;
        QVERIFY2(list.isEmpty(), qPrintable(list.join('\n')));
        QVERIFY2(named > 1000, qPrintable(QString::number(named)));
        QVERIFY2(places.size() > 50, qPrintable(QStringList(places.begin(), places.end()).join(", ")));
    }

    void listsOfBoxesAndMenusHaveNames() {
        std::map<QString, QString> nameless;
        std::set<QString> lists, menus;
        const auto seen = [&](QWidget& whose) {
            return QString("%1 %2 in %3")
                .arg(whose.metaObject()->className(), whose.objectName(),
                     whose.parentWidget()->metaObject()->className());
        };
        const auto judge = [&](const QString& name, const QString& what, const QString& where) {
            if (name.isEmpty()) nameless.emplace(what, where);
        };
        WholeWindow(ThemeKind::Light).visit([&](const QString& where, QWidget& top) {
            // Whatever takes the keyboard away ends the editing.
            if (where.startsWith("Runs, editing")) return;
            for (auto* one : top.findChildren<QWidget*>()) {
                if (!one->isVisible() || !one->isEnabled() || one->window() != &top) continue;
                if (auto* box = qobject_cast<QComboBox*>(one); box && box->count() > 0) {
                    box->showPopup();
                    auto* told = QAccessible::queryAccessibleInterface(box->view());
                    judge(told->text(QAccessible::Name), "the list of " + seen(*box), where);
                    box->hidePopup();
                    lists.insert(seen(*box));
                }
                const bool hasMenu = one->contextMenuPolicy() == Qt::CustomContextMenu || !one->actions().isEmpty() ||
                                     one->inherits("QLineEdit") || one->inherits("QPlainTextEdit");
                if (one->focusPolicy() == Qt::NoFocus || !hasMenu || !menus.insert(seen(*one)).second) continue;
                judge(nameOfMenuOf(*one), "the menu of " + seen(*one), where);
            }
            for (auto* bar : top.findChildren<QMenuBar*>())
                for (auto* action : bar->actions()) {
                    if (!action->menu()) continue;
                    action->menu()->ensurePolished();
                    judge(QAccessible::queryAccessibleInterface(action->menu())->text(QAccessible::Name),
                          "the menu " + action->text(), where);
                }
        });
        QStringList list;
        for (const auto& [what, where] : nameless) list << where + ": " + what;
        QVERIFY2(list.isEmpty(), qPrintable(list.join('\n')));
        QVERIFY2(lists.size() >= 10, qPrintable(QStringList(lists.begin(), lists.end()).join(", ")));
        QVERIFY2(menus.size() >= 20, qPrintable(QStringList(menus.begin(), menus.end()).join(", ")));
    }
};

MERGARIUM_SUITE(ScreenReaderTest)
#include "screen_reader_test.moc"
