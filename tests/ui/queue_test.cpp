#include "core/store/run_catalog.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/queue/queue_desk.h"
#include "ui/queue/queue_model.h"
#include "ui/queue/queue_view.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"

#include <QAbstractItemModelTester>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
using test::kResources;
using test::shortRun;
namespace fs = std::filesystem;

namespace {

RunConfiguration withoutFounders() {
    auto broken = shortRun(20, "broken");
    broken.founders =
        std::vector{CheckpointFounder{.base = "/no/such/model"}, CheckpointFounder{.base = "/no/such/other"}};
    CausalLmSettings asks;
    asks.files.emplace_back().train = "/no/such/questions.jsonl";
    broken.task = asks;
    return broken;
}

QueuedRun waiting(std::int64_t entry, const char* name, const char* trouble = "") {
    return {.entry = entry, .configuration = shortRun(20, name), .trouble = trouble};
}

/// The names of what waits; one with a trouble has a mark behind it.
QString namesOf(const std::vector<QueuedRun>& queue) {
    QStringList names;
    for (const auto& one : queue)
        names << QString::fromStdString(one.configuration.name) + (one.trouble.empty() ? "" : "!");
    return names.join(' ');
}

}  // namespace

// Runs that wait for others.
class QueueTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    Workplace newPlace() {
        const fs::path folder = folder_.path().toStdString();
        ++files_;
        return {.database = folder / (std::to_string(files_) + ".db"),
                .resources = kResources,
                .threads = 1,
                .trusted = TrustedPrograms(folder / std::to_string(files_) / "trusted-programs")};
    }
    /// Their names and phases, the first first.
    static QString runsIn(const fs::path& database) {
        QStringList runs;
        for (const auto& run : RunCatalog(database).runs())
            runs.prepend(QString::fromStdString(run.name + " " + std::string(nameOf(run.phase))));
        return runs.join(", ");
    }
    static bool isQuiet(const Workbench& bench, const QueueDesk& desk) {
        return !bench.isComputing() && !desk.state().isGoing && !desk.state().begun;
    }

private Q_SLOTS:
    void eachBeginsByItselfWhenTheOneBeforeItHasEnded() {
        const auto place = newPlace();
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        bench.start(shortRun(1'000'000, "first"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->evaluations > 0, kPatience);
        desk.add(shortRun(20, "second"));
        desk.add(shortRun(30, "third"));
        QTRY_COMPARE_WITH_TIMEOUT(desk.state().waiting.size(), 2u, kPatience);
        QVERIFY(desk.state().isGoing);
        QVERIFY(bench.shown()->budget == 1'000'000);
        bench.stop();
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk), kPatience);
        QCOMPARE(runsIn(place.database), QString("first stopped, second finished, third finished"));
        QVERIFY(desk.state().waiting.empty());
        QVERIFY(queueIn(place.database).empty());
        // What was shown was what ran.
        QCOMPARE(bench.shown()->budget, 30u);
    }

    void runsThatEndBeforeTheyAreSeenGoingOnAreDone() {
        const auto place = newPlace();
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        for (int run = 0; run < 8; ++run) desk.add(shortRun(1, "moment"));
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk) && runsIn(place.database).count("moment") == 8, kPatience);
        QVERIFY(desk.state().waiting.empty());
        QVERIFY(!runsIn(place.database).contains("stopped"));
    }

    void whatIsShownStaysWhereItIsNotWhatRan() {
        const auto place = newPlace();
        test::runToItsEnd(shortRun(10, "past"), place.database);
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        bench.start(shortRun(1'000'000, "first"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->evaluations > 0, kPatience);
        bench.open({1});
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown()->run->id == RunId{1}, kPatience);
        desk.add(shortRun(20, "second"));
        QTRY_COMPARE_WITH_TIMEOUT(desk.state().waiting.size(), 1u, kPatience);
        bench.stop();
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk), kPatience);
        QCOMPARE(RunCatalog(place.database).runs().front().name, std::string("second"));
        QCOMPARE(bench.shown()->run->id, RunId{1});
    }

    void whatIsFoundWaitsUntilItIsStarted() {
        const auto place = newPlace();
        test::runToItsEnd(shortRun(10, "past"), place.database);
        enqueue(place.database, shortRun(20, "found"));
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        QTRY_COMPARE_WITH_TIMEOUT(desk.state().waiting.size(), 1u, kPatience);
        QVERIFY(isQuiet(bench, desk));
        // Neither does another run's end begin it.
        bench.start(shortRun(10, "other"));
        QSignalSpy ended(&bench, &Workbench::ended);
        QVERIFY(ended.wait(kPatience));
        QCoreApplication::processEvents();
        QVERIFY(isQuiet(bench, desk));
        desk.start();
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk) && desk.state().waiting.empty(), kPatience);
        QCOMPARE(runsIn(place.database), QString("past finished, other finished, found finished"));
    }

    void whatCantBeginKeepsItsTroubleAndIsPassedOver() {
        const auto place = newPlace();
        enqueue(place.database, withoutFounders());
        enqueue(place.database, shortRun(20, "sound"));
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        const QSignalSpy said(&desk, &QueueDesk::said);
        QTRY_COMPARE_WITH_TIMEOUT(desk.state().waiting.size(), 2u, kPatience);
        desk.start();
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk) && desk.state().waiting.size() == 1, kPatience);
        QCOMPARE(runsIn(place.database), QString("sound finished"));
        QCOMPARE(namesOf(desk.state().waiting), QString("broken!"));
        QVERIFY(desk.state().waiting.front().trouble.find("/no/such/") != std::string::npos);
        QCOMPARE(said.count(), 1);
        QVERIFY(said[0][0].value<Message>().sentence.startsWith("broken could not begin, and is passed over: "));
        desk.retry(desk.state().waiting.front().entry);
        QTRY_COMPARE_WITH_TIMEOUT(namesOf(desk.state().waiting), QString("broken"), kPatience);
        QVERIFY(isQuiet(bench, desk));
    }

    void aQueueStartsNoProgramThatIsNotApproved() {
        const auto place = newPlace();
        enqueue(place.database, readConfiguration(MERGARIUM_SOURCE_DIR "/resources/evaluators/example.yaml",
                                                  {{"task.program", "[./example.sh]"}, {"budget.evaluations", "3"}}));
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        const QSignalSpy said(&desk, &QueueDesk::said);
        const QSignalSpy ended(&bench, &Workbench::ended);
        QTRY_COMPARE_WITH_TIMEOUT(desk.state().waiting.size(), 1u, kPatience);
        desk.start();
        QTRY_VERIFY_WITH_TIMEOUT(isQuiet(bench, desk) && !desk.state().waiting.front().trouble.empty(), kPatience);
        QVERIFY(desk.state().waiting.front().trouble.find("example.sh") != std::string::npos);
        QCOMPARE(ended.count(), 0);

        desk.retry(desk.state().waiting.front().entry);
        const auto question = said.back()[0].value<Message>();
        QCOMPARE(question.action, QString("Approve"));
        question.carryOut();
        QTRY_VERIFY_WITH_TIMEOUT(desk.state().waiting.front().trouble.empty(), kPatience);
        desk.start();
        QTRY_VERIFY_WITH_TIMEOUT(ended.count() == 1 && desk.state().waiting.empty(), kPatience);
        QCOMPARE(ended[0][0].value<SnapshotPtr>()->phase, Phase::Finished);
    }

    void theOrderIsChangedAndWhatIsTakenOutCanBePutBack() {
        const auto place = newPlace();
        for (const char* name : {"a", "b", "c"}) enqueue(place.database, shortRun(20, name));
        Workbench bench(place);
        QueueDesk desk(bench, place);
        desk.look();
        const QSignalSpy said(&desk, &QueueDesk::said);
        QTRY_COMPARE_WITH_TIMEOUT(namesOf(desk.state().waiting), QString("a b c"), kPatience);
        desk.move(desk.state().waiting[2].entry, -1);
        QTRY_COMPARE_WITH_TIMEOUT(namesOf(desk.state().waiting), QString("a c b"), kPatience);
        desk.remove(desk.state().waiting[0].entry);
        QTRY_COMPARE_WITH_TIMEOUT(namesOf(desk.state().waiting), QString("c b"), kPatience);
        said.back()[0].value<Message>().carryOut();
        QTRY_COMPARE_WITH_TIMEOUT(namesOf(desk.state().waiting), QString("c b a"), kPatience);
        QCOMPARE(namesOf(queueIn(place.database)), QString("c b a"));
        QVERIFY(isQuiet(bench, desk));
    }

    void theListIsThereAsLongAsOneWaits() {
        QWidget parent;
        QueueView view(&parent);
        parent.show();
        QVERIFY(!view.isVisible());
        view.setState({.waiting = {waiting(4, "a"), waiting(2, "b", "no such file")}});
        QVERIFY(view.isVisible());
        auto* table = view.findChild<QTableView*>();
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(test::cell(*table->model(), 0, QueueModel::StateColumn), QString("Waiting"));
        QCOMPARE(test::cell(*table->model(), 1, QueueModel::StateColumn), QString("Passed over"));
        auto* start = view.findChild<QPushButton*>("queue.start");
        QCOMPARE(start->text(), QString("Start queue"));
        view.setState({.waiting = {waiting(2, "b", "no such file")}});
        QVERIFY(!start->isEnabled());
        view.setState({.waiting = {waiting(4, "a")}, .isGoing = true});
        QCOMPARE(start->text(), QString("Hold queue"));
        const QSignalSpy held(&view, &QueueView::holdRequested);
        start->click();
        QCOMPARE(held.count(), 1);
        view.setState({});
        QVERIFY(!view.isVisible());
    }

    void keysMoveAndRemoveTheChosenOne() {
        QueueView view;
        view.setState({.waiting = {waiting(4, "a"), waiting(2, "b"), waiting(7, "c")}, .isGoing = true, .begun = 4});
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>();
        const QSignalSpy moved(&view, &QueueView::moveRequested), removed(&view, &QueueView::removeRequested);
        table->setFocus();
        table->selectRow(1);
        QTest::keyClick(table, Qt::Key_Up, Qt::ControlModifier);
        QTest::keyClick(table, Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(moved.count(), 2);
        QCOMPARE(moved[0], (QList<QVariant>{QVariant::fromValue<std::int64_t>(2), -1}));
        QCOMPARE(moved[1], (QList<QVariant>{QVariant::fromValue<std::int64_t>(2), 1}));
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(removed.count(), 1);
        // What has begun can't be changed any more.
        table->selectRow(0);
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(removed.count(), 1);
        // The chosen one stays chosen wherever it goes.
        table->selectRow(1);
        view.setState({.waiting = {waiting(7, "c"), waiting(2, "b")}});
        QCOMPARE(table->currentIndex().row(), 1);
    }

    void startWhileARunGoesAsksAndTheQueueSurvivesClosing() {
        const auto place = newPlace();
        const auto startByHand = [](MainWindow& window, std::uint64_t evaluations) {
            auto* page = window.findChild<NewRunPage*>();
            page->findChild<CountBox*>("budget.evaluations")->setValue(evaluations);
            page->start();
        };
        const auto press = [](MainWindow& window, const char* button) {
            auto* box = window.findChild<QMessageBox*>("startQuestion");
            QVERIFY(box && box->isVisible());
            QTest::mouseClick(box->findChild<QPushButton*>(button), Qt::LeftButton);
            QTRY_VERIFY(!window.findChild<QMessageBox*>("startQuestion"));
        };
        {
            MainWindow window({.workplace = place});
            window.show();
            startByHand(window, 1'000'000);
            QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->evaluations > 0,
                                     kPatience);
            startByHand(window, 20);
            press(window, "stopAndStart");
            QTRY_VERIFY_WITH_TIMEOUT(!window.workbench().isComputing(), kPatience);
            QCOMPARE(RunCatalog(place.database).runs().size(), 2u);
            QCOMPARE(RunCatalog(place.database).runs().back().phase, Phase::Stopped);

            startByHand(window, 1'000'000);
            QTRY_VERIFY_WITH_TIMEOUT(window.workbench().live() && window.workbench().live()->run, kPatience);
            startByHand(window, 30);
            QTest::keyClick(window.findChild<QMessageBox*>("startQuestion"), Qt::Key_Escape);
            QTRY_VERIFY(!window.findChild<QMessageBox*>("startQuestion"));
            startByHand(window, 40);
            press(window, "queueBehind");
            QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QueueView*>()->isVisible(), kPatience);
            const auto said = window.findChild<MessageBar*>()->message().sentence;
            QVERIFY2(said.contains("is in the queue"), qPrintable(said));
            QVERIFY(window.workbench().isComputing());
            window.close();
        }
        MainWindow window({.workplace = place});
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QueueView*>()->isVisible(), kPatience);
        QVERIFY(!window.workbench().isComputing());
        QTest::mouseClick(window.findChild<QPushButton*>("queue.start"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window.findChild<QueueView*>()->isVisible(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!window.workbench().isComputing(), kPatience);
        QCOMPARE(RunCatalog(place.database).runs().front().budget, 40u);
        QCOMPARE(RunCatalog(place.database).runs().size(), 4u);
    }
};

MERGARIUM_SUITE(QueueTest)
#include "queue_test.moc"
