#include "ui/tour/tour.h"
#include "core/configuration/presets.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"
#include "ui/tour/tour_card.h"
#include "ui/tour/tour_frame.h"

#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;

namespace {

TourCard* cardIn(const QWidget& window) {
    for (auto* one : window.findChildren<TourCard*>())
        if (one->isVisible()) return one;
    return nullptr;
}

/// A window with two things to point at, and a tour of four steps; the second waits for an accepted child, the third
/// carries something out.
struct SmallWindow {
    QWidget window;
    QLineEdit left{&window}, right{&window};
    Tour tour{window};
    int carriedOut = 0;

    SmallWindow() {
        window.resize(900, 600);
        left.setGeometry(10, 10, 200, 40);
        right.setGeometry(600, 300, 200, 40);
        window.show();
    }
    void begin() {
        tour.begin({{.title = "one", .text = "of four", .target = &left},
                    {.title = "two",
                     .text = "waits",
                     .target = &right,
                     .until = [](const SessionSnapshot& now) { return now.accepted > 0; }},
                    {.title = "three", .text = "acts", .action = "Act", .carryOut = [this] { ++carriedOut; }},
                    {.title = "four", .text = "is last"}});
    }
    TourCard* card() const { return cardIn(window); }
    QString title() const { return card() ? card()->accessibleName() : QString(); }
};

SnapshotPtr accepted(std::uint64_t children) {
    auto snapshot = std::make_shared<SessionSnapshot>();
    snapshot->accepted = children;
    return snapshot;
}

}  // namespace

/// The walk through the window: its steps by themselves, then on a real run of the digits.
class TourTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    WindowOptions options(QSettings* settings = nullptr) {
        return {.workplace = {.database = folder_.filePath(QString("%1.db").arg(++files_)).toStdString(),
                              .resources = MERGARIUM_SOURCE_DIR "/resources",
                              .threads = 1},
                .theme = ThemeKind::Light,
                .settings = settings};
    }
    static TourCard* card(MainWindow& window) { return cardIn(window); }
    static QString title(MainWindow& window) { return card(window) ? card(window)->accessibleName() : QString(); }
    static QString message(MainWindow& window) { return window.findChild<MessageBar*>()->message().sentence; }
    static void takeTour(MainWindow& window) {
        for (auto* one : window.findChildren<QAction*>())
            if (one->shortcut() == QKeySequence(Qt::CTRL | Qt::Key_F1)) return one->trigger();
        QFAIL("the menu has no tour");
    }
    static void setBudget(MainWindow& window, std::uint64_t evaluations) {
        window.findChild<NewRunPage*>()->findChild<CountBox*>("budget.evaluations")->setValue(evaluations);
    }

private Q_SLOTS:
    void keysGoOnAndBackAndLeave() {
        SmallWindow small;
        QVERIFY(QTest::qWaitForWindowActive(&small.window));
        QSignalSpy ended(&small.tour, &Tour::ended);
        small.begin();
        QCOMPARE(small.title(), QString("one"));
        QCOMPARE(QApplication::focusWidget(), small.card());
        QTest::keyClick(small.card(), Qt::Key_Right);
        QCOMPARE(small.title(), QString("two"));
        QTest::keyClick(small.card(), Qt::Key_Left);
        QCOMPARE(small.title(), QString("one"));
        // There is nothing before it.
        QTest::keyClick(small.card(), Qt::Key_Left);
        QCOMPARE(small.title(), QString("one"));
        QTest::keyClick(small.card(), Qt::Key_Return);
        QCOMPARE(small.title(), QString("two"));
        // The arrows go on from a button, too, and Enter is the button's.
        auto* back = small.card()->findChild<QPushButton*>("tourBack");
        back->setFocus();
        QTest::keyClick(back, Qt::Key_Right);
        QCOMPARE(small.title(), QString("three"));
        back->setFocus();
        QTest::keyClick(back, Qt::Key_Return);
        QCOMPARE(small.title(), QString("two"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!small.card());
        QVERIFY(!small.tour.isGoing());
        QCOMPARE(ended.count(), 1);
    }

    void whatIsWaitedForLetsItGoOnAndIsPassedOverThen() {
        SmallWindow small;
        small.begin();
        small.tour.next();
        small.tour.setSnapshot(accepted(0));
        QCOMPARE(small.title(), QString("two"));
        small.tour.setSnapshot(accepted(1));
        QCOMPARE(small.title(), QString("three"));
        small.tour.back();
        QCOMPARE(small.title(), QString("one"));
        small.tour.next();
        QCOMPARE(small.title(), QString("three"));
        small.begin();
        small.tour.next();
        QCOMPARE(small.title(), QString("three"));
    }

    void goingOnByItselfTakesTheKeyboardFromNobody() {
        SmallWindow small;
        QVERIFY(QTest::qWaitForWindowActive(&small.window));
        small.begin();
        small.tour.next();
        small.left.setFocus();
        small.tour.setSnapshot(accepted(1));
        QCOMPARE(small.title(), QString("three"));
        QCOMPARE(QApplication::focusWidget(), &small.left);
        small.tour.focus();
        QCOMPARE(QApplication::focusWidget(), small.card());
    }

    void aStepMayDoSomethingInsteadOfGoingOn() {
        SmallWindow small;
        small.begin();
        small.tour.next();
        small.tour.next();
        QCOMPARE(small.title(), QString("three"));
        QCOMPARE(small.card()->findChild<QPushButton*>("tourNext")->text(), QString("Act"));
        QTest::keyClick(small.card(), Qt::Key_Return);
        QCOMPARE(small.carriedOut, 1);
        QCOMPARE(small.title(), QString("three"));
    }

    void itEndsAfterItsLastStepOrWhenOneWorksOn() {
        SmallWindow small;
        QVERIFY(QTest::qWaitForWindowActive(&small.window));
        QSignalSpy ended(&small.tour, &Tour::ended);
        const std::vector<TourStep> steps{{.title = "one"}, {.title = "last"}};
        small.tour.begin(steps);
        small.tour.next();
        QCOMPARE(small.title(), QString("last"));
        QCOMPARE(small.card()->findChild<QPushButton*>("tourNext")->text(), QString("Close"));
        small.tour.next();
        QVERIFY(!small.card());
        QCOMPARE(ended.count(), 1);

        small.tour.begin(steps);
        small.left.setFocus();
        QVERIFY(small.card());
        small.tour.focus();
        small.tour.next();
        QTest::mouseClick(&small.left, Qt::LeftButton);
        small.left.setFocus();
        QVERIFY(!small.card());
        QCOMPARE(ended.count(), 2);
    }

    void whatItSaysIsToldToScreenReaders() {
        SmallWindow small;
        small.begin();
        const auto* told = QAccessible::queryAccessibleInterface(small.card());
        QCOMPARE(told->text(QAccessible::Name), QString("one"));
        QVERIFY(told->text(QAccessible::Description).startsWith("of four"));
        QVERIFY(told->text(QAccessible::Description).contains("1 of 4"));
    }

    void theCardStandsBesideWhatItIsAboutOrInItsCorner() {
        const QRect window(0, 0, 1000, 700);
        const QSize size(300, 200);
        const auto at = [&](const QRect& target) { return cardPlace(window, target, size, 10); };
        for (const auto& target : {QRect(600, 300, 100, 50), QRect(0, 300, 100, 50), QRect(100, 20, 800, 30),
                                   QRect(100, 650, 800, 40), QRect(0, 0, 600, 700)}) {
            QVERIFY(window.contains(at(target)));
            QVERIFY(!at(target).intersects(target));
        }
        const QRect wide(200, 100, 600, 500);
        QVERIFY(wide.contains(at(wide)));
        QCOMPARE(at({}).center(), window.center());
    }

    void theCardFollowsWhatItIsAbout() {
        SmallWindow small;
        small.begin();
        const auto before = small.card()->pos();
        small.left.move(10, 300);
        QTRY_VERIFY(small.card()->y() > before.y());
        QVERIFY(!small.card()->geometry().intersects(small.left.geometry()));
    }

    void itIsOfferedOnceToWhoHasNoRuns() {
        QSettings settings(folder_.filePath("once.ini"), QSettings::IniFormat);
        {
            MainWindow window(options(&settings));
            window.show();
            QTRY_VERIFY_WITH_TIMEOUT(message(window).contains("tour"), kPatience);
            QTest::mouseClick(window.findChild<QPushButton*>("messageAction"), Qt::LeftButton);
            QCOMPARE(title(window), QString("A run to look at"));
            QVERIFY(message(window).isEmpty());
        }
        MainWindow window(options(&settings));
        window.show();
        QSignalSpy listed(&window.workbench(), &Workbench::runsListed);
        QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatience);
        QVERIFY(message(window).isEmpty());
    }

    void whoBeginsWithAPresetIsOfferedItUntilTheRunHasEnded() {
        QSettings settings(folder_.filePath("preset.ini"), QSettings::IniFormat);
        MainWindow window(options(&settings));
        window.show();
        window.startPreset("digits-specialists");
        setBudget(window, 50);
        QTRY_VERIFY_WITH_TIMEOUT(message(window).contains("has finished"), kPatience);
        QTest::mouseClick(window.findChild<QPushButton*>("messageAction"), Qt::LeftButton);
        QCOMPARE(title(window), QString("A run to look at"));
    }

    void everyStepPointsAtWhatIsSeenInTheWindow_data() {
        QTest::addColumn<ThemeKind>("theme");
        QTest::newRow("light") << ThemeKind::Light;
        QTest::newRow("dark") << ThemeKind::Dark;
    }
    void everyStepPointsAtWhatIsSeenInTheWindow() {
        QFETCH(ThemeKind, theme);
        auto asked = options();
        asked.theme = theme;
        MainWindow window(asked);
        window.resize(1280, 800);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        takeTour(window);
        QCOMPARE(title(window), QString("A run to look at"));
        setBudget(window, 300);
        QTest::keyClick(card(window), Qt::Key_Return);
        // By itself, once the run is there and a child has come in.
        QTRY_COMPARE_WITH_TIMEOUT(title(window), QString("Best, mean, coverage"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown()->phase == Phase::Finished, kPatience);

        QStringList titles;
        while (auto* now = card(window)) {
            titles << title(window);
            QVERIFY2(titles.size() < 20, "it has no end");
            QVERIFY2(window.rect().contains(now->geometry()), qPrintable(titles.back()));
            for (const auto* label : now->findChildren<QLabel*>()) {
                QVERIFY(now->rect().contains(label->geometry()));
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(titles.back()));
            }
            const auto framed = window.findChild<TourFrame*>()->target();
            if (titles.back() != "That was the tour") {
                QVERIFY2(framed.width() > 100 && framed.height() > 20, qPrintable(titles.back()));
                QVERIFY2(window.rect().contains(framed), qPrintable(titles.back()));
            }
            QTest::keyClick(now, Qt::Key_Right);
        }
        // What was waited for is there already.
        QVERIFY(!titles.contains("While it goes on"));
        QCOMPARE(titles.size(), 11);
        QVERIFY(window.selection().member());
        QVERIFY(window.isAncestorOf(QApplication::focusWidget()));
    }

    void escapeLeavesItBeforeAnythingElse() {
        MainWindow window(options());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.warn("a warning");
        takeTour(window);
        window.warn("another");
        window.tabs().setFocus();
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(!card(window));
        QCOMPARE(message(window), QString("another"));
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(message(window).isEmpty());
    }

    void whereAnotherRunGoesOnItAsks() {
        MainWindow window(options());
        window.show();
        RunConfiguration scratch;
        for (const auto& preset : readPresets(MERGARIUM_SOURCE_DIR "/resources"))
            if (preset.name == "digits-scratch") scratch = preset.configuration;
        scratch.evaluations = 1'000'000;
        window.workbench().start(scratch);
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->evaluations > 0, kPatience);
        takeTour(window);
        // Its members can't be painted by their founders.
        QCOMPARE(title(window), QString("A run to look at"));
        setBudget(window, 300);
        QTest::keyClick(card(window), Qt::Key_Return);
        auto* question = window.findChild<QMessageBox*>("startQuestion");
        QVERIFY(question);
        QCOMPARE(title(window), QString("A run to look at"));
        question->findChild<QPushButton*>("stopAndStart")->click();
        QTRY_COMPARE_WITH_TIMEOUT(title(window), QString("Best, mean, coverage"), kPatience);
    }

    void aRunOfTheDigitsThatGoesOnIsTheOneThatIsShown() {
        MainWindow window(options());
        window.show();
        RunConfiguration digits;
        digits.evaluations = 1'000'000;
        window.workbench().start(digits);
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->accepted > 0, kPatience);
        takeTour(window);
        QCOMPARE(title(window), QString("Best, mean, coverage"));
        // It waits for the end of the run, which comes.
        while (title(window) != "While it goes on") QTest::keyClick(card(window), Qt::Key_Right);
        window.workbench().stop();
        QTRY_COMPARE_WITH_TIMEOUT(title(window), QString("Taking a model along"), kPatience);
    }
};

MERGARIUM_SUITE(TourTest)
#include "tour_test.moc"
