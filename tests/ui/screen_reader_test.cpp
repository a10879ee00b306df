#include "tests/support/suite.h"
#include "tests/support/whole_window.h"

#include <QAccessible>
#include <QComboBox>
#include <QRegularExpression>
#include <QTest>

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
};

MERGARIUM_SUITE(ScreenReaderTest)
#include "screen_reader_test.moc"
