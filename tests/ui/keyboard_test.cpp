#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "ui/keyboard/focus_within.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/runs/runs_view.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"

#include <QAbstractButton>
#include <QGroupBox>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// What answers to Alt and a letter, by letter.
using Mnemonics = std::map<QString, QStringList>;

void add(Mnemonics& all, const QString& text) {
    if (const auto key = QKeySequence::mnemonic(text); !key.isEmpty()) all[key.toString()] << text;
}

Mnemonics visibleIn(const QWidget& window) {
    Mnemonics all;
    for (const auto* one : window.findChildren<QWidget*>()) {
        if (!one->isVisible() || one->window() != &window) continue;
        if (const auto* label = qobject_cast<const QLabel*>(one); label && label->buddy()) add(all, label->text());
        if (const auto* button = qobject_cast<const QAbstractButton*>(one)) add(all, button->text());
        if (const auto* box = qobject_cast<const QGroupBox*>(one)) add(all, box->title());
        if (const auto* bar = qobject_cast<const QTabBar*>(one))
            for (int tab = 0; tab < bar->count(); ++tab) add(all, bar->tabText(tab));
        if (const auto* bar = qobject_cast<const QMenuBar*>(one))
            for (const auto* action : bar->actions()) add(all, action->text());
    }
    return all;
}

QString shared(const Mnemonics& all) {
    QStringList twice;
    for (const auto& [key, texts] : all)
        if (texts.size() > 1) twice << key + ": " + texts.join(", ");
    return twice.join("; ");
}

}  // namespace

/// The window without a mouse.
class KeyboardTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    WindowOptions options() {
        return {.workplace = {.database = folder_.filePath(QString("%1.db").arg(++files_)).toStdString(),
                              .resources = MERGARIUM_SOURCE_DIR "/resources",
                              .threads = 1}};
    }
    static void run(MainWindow& window, int evaluations) {
        auto* page = window.findChild<NewRunPage*>();
        QVERIFY(page->choosePreset("digits-specialists"));
        page->findChild<CountBox*>("budget.evaluations")->setValue(static_cast<std::uint64_t>(evaluations));
        page->start();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->phase == Phase::Finished,
                                 kPatience);
    }

private Q_SLOTS:
    void escapeClearsTheMessageThenTheSelectionAndSoDoesAnotherRun() {
        MainWindow window(options());
        const auto message = [&] { return window.findChild<MessageBar*>()->message().sentence; };
        window.show();
        run(window, 30);
        QTRY_VERIFY(!message().isEmpty());
        window.selection().select(window.workbench().shown()->members.front()->id);
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(message().isEmpty());
        QVERIFY(window.selection().member());
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(!window.selection().member());

        window.selection().select(std::size_t{7});
        const auto first = window.workbench().shown()->run->id;
        window.findChild<NewRunPage*>()->start();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown()->run && window.workbench().shown()->run->id != first,
                                 kPatience);
        QVERIFY(!window.selection().sample());
    }

    void aTabThatIsCalledTakesTheKeys() {
        MainWindow window(options());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        run(window, 30);
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            // A window without comparisons shows a sentence there.
            if (window.tabs().tabText(tab) == "Compare") continue;
            QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_0 + (tab + 1) % 10), Qt::ControlModifier);
            QTRY_COMPARE(window.tabs().currentIndex(), tab);
            auto* view = window.tabs().currentWidget();
            const auto* focus = QApplication::focusWidget();
            QVERIFY2(focus && focus != view && view->isAncestorOf(focus), qPrintable(window.tabs().tabText(tab)));
            QVERIFY(focus->isVisible() && focus->focusPolicy() != Qt::NoFocus);
        }
        QTest::keyClick(&window, Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), window.findChild<QListWidget*>("presets"));
        QTest::keyClick(&window, Qt::Key_R, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), window.findChild<QTableView*>("runsTable"));
    }

    void enterStartsWhatIsSetUp() {
        NewRunPage page(readPresets(MERGARIUM_SOURCE_DIR "/resources"));
        page.show();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        const auto pressIn = [&](QWidget* widget) {
            widget->setFocus();
            QTest::keyClick(widget, Qt::Key_Return);
        };
        pressIn(page.findChild<QListWidget*>("presets"));
        QCOMPARE(started.count(), 1);
        pressIn(page.findChild<CountBox*>("budget.evaluations"));
        QCOMPARE(started.count(), 2);
        pressIn(page.findChild<QSpinBox*>("lanes"));
        QCOMPARE(started.count(), 3);
        // A button has a meaning of its own.
        for (auto* button : page.findChildren<QPushButton*>())
            if (button->text().remove('&') == "Reset") {
                button->setEnabled(true);
                pressIn(button);
            }
        QCOMPARE(started.count(), 3);
    }

    void oneLetterCallsOneThing() {
        MainWindow window(options());
        window.show();
        run(window, 30);
        Q_EMIT window.findChild<RunsView*>()->compareRequested({"1"});
        QTRY_VERIFY(window.tabs().currentWidget()->findChild<QTableView*>()->isVisible());
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            window.tabs().setCurrentIndex(tab);
            QVERIFY2(shared(visibleIn(window)).isEmpty(),
                     qPrintable(window.tabs().tabText(tab) + " has " + shared(visibleIn(window))));
        }
        auto* presets = window.findChild<QListWidget*>("presets");
        window.tabs().setCurrentIndex(0);
        for (int row = 0; row < presets->count(); ++row) {
            presets->setCurrentRow(row);
            QVERIFY2(shared(visibleIn(window)).isEmpty(),
                     qPrintable(presets->currentItem()->text() + " has " + shared(visibleIn(window))));
        }
        for (const auto* menu : window.findChildren<QMenu*>()) {
            Mnemonics all;
            for (const auto* action : menu->actions()) add(all, action->text());
            QVERIFY2(shared(all).isEmpty(), qPrintable(menu->title() + " has " + shared(all)));
        }
    }
};

MERGARIUM_SUITE(KeyboardTest)
#include "keyboard_test.moc"
