#include "core/session/run_loop.h"
#include "core/session/stored_session.h"
#include "tests/support/new_databases.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/inspector/inspector_view.h"
#include "ui/inspector/solver_table.h"
#include "ui/main_window.h"
#include "ui/niches/sample_pane.h"
#include "ui/niches/sample_table.h"
#include "ui/selection/selection.h"
#include "ui/session/answer_loader.h"
#include "ui/session/workbench.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
using test::cell;

namespace {

bool allAnswer(const SnapshotPtr& snapshot) {
    return snapshot && std::ranges::all_of(snapshot->members, [](const MemberPtr& member) {
               return !member || member->answers != nullptr;
           });
}

bool nobodyAnswers(const SnapshotPtr& snapshot) {
    return std::ranges::none_of(snapshot->members, [](const MemberPtr& member) { return member && member->answers; });
}

QTableView* tableOf(const QWidget& widget) {
    for (auto* table : widget.findChildren<QTableView*>())
        if (table->isVisible()) return table;
    return nullptr;
}

}  // namespace

/// What members answer, of runs that don't keep it: who is wrong says what, too.
class AnswersTest : public QObject, test::NewDatabases {
    Q_OBJECT

    RunPlace place_;

    SnapshotPtr stored() { return storedSnapshot(place_.database, {1}, test::kResources); }
    Workplace workplace() { return {.database = place_.database, .resources = test::kResources, .threads = 1}; }
    /// Solved by some of the members.
    static std::size_t disputed(const SessionSnapshot& snapshot) {
        for (std::size_t sample = 0;; ++sample) {
            const auto right = std::ranges::count_if(
                snapshot.members, [&](const MemberPtr& member) { return member && member->scores[sample] > 0.5f; });
            if (right > 0 && right < std::ssize(snapshot.members)) return sample;
        }
    }

private Q_SLOTS:
    void initTestCase() {
        place_ = newPlace();
        auto configuration = test::shortRun(80);
        configuration.strategy = M2n2Settings{.archive = 6};
        test::finish(*RunLoop::begin(configuration, place_));
    }

    void whatIsntKeptIsFoundOut() {
        AnswerLoader loader({.database = place_.database, .resources = test::kResources, .threads = 1});
        const QSignalSpy learnt(&loader, &AnswerLoader::learnt);
        const auto bare = stored();
        QVERIFY(nobodyAnswers(loader.completed(bare)));
        QVERIFY(loader.completed(bare)->answersAwaited && !bare->answersAwaited);
        QTRY_VERIFY_WITH_TIMEOUT(learnt.count() > 0, kPatience);
        const auto whole = loader.completed(bare);
        QVERIFY(allAnswer(whole));
        QVERIFY(whole->whyNoAnswers.empty() && !whole->answersAwaited);
        // Nothing else of it is another, and once known nobody is asked again.
        QCOMPARE(whole->fitness, bare->fitness);
        QVERIFY(loader.completed(bare)->members == whole->members);
        // Read again, it is the same members.
        QVERIFY(allAnswer(loader.completed(std::make_shared<const SessionSnapshot>([&] {
            auto again = *stored();
            again.run = bare->run;
            return again;
        }()))));
    }

    // It takes seconds for the first time.
    void thatItIsBeingFoundOutIsSaidWhereItWillAppear() {
        AnswerLoader loader({.database = place_.database, .resources = test::kResources, .threads = 1});
        const QSignalSpy learnt(&loader, &AnswerLoader::learnt);
        const auto bare = stored();
        const auto sample = disputed(*bare);
        Selection selection;
        InspectorView inspector(selection);
        inspector.resize(400, 700);
        inspector.show();
        SamplePane pane(selection);
        pane.resize(900, 400);
        pane.show();
        selection.select(bare->members[0]->id);
        selection.select(sample);
        const auto show = [&] {
            const auto snapshot = loader.completed(bare);
            inspector.setSnapshot(snapshot);
            pane.setFrame(makeNicheFrame({.snapshot = snapshot, .width = 100}, nullptr));
        };
        const auto& below = *inspector.findChild<QLabel*>("sample.noAnswers");
        const auto& belowPane = *pane.findChild<QLabel*>("samples.awaitedAnswers");
        const auto inPane = [&](int column) { return cell(*tableOf(pane)->model(), 0, column); };
        show();
        QTRY_VERIFY(below.isVisible() && below.text().contains("being computed"));
        QVERIFY(belowPane.isVisible() && belowPane.text().contains("being computed"));
        QCOMPARE(cell(*tableOf(inspector)->model(), 0, SolverTable::AnswerColumn), QString("\u2026"));
        QVERIFY(!tableOf(inspector)->isColumnHidden(SolverTable::AnswerColumn));
        QCOMPARE(inPane(SampleTable::FirstAnswerColumn), QString("\u2026"));
        QVERIFY(!tableOf(pane)->isColumnHidden(SampleTable::FirstAnswerColumn));
        // A file waits for nothing.
        QVERIFY(!static_cast<SampleTable*>(tableOf(pane)->model())->fileRows().heads.join(' ').contains("Answer"));

        QTRY_VERIFY_WITH_TIMEOUT(learnt.count() > 0, kPatience);
        show();
        QTRY_VERIFY(!below.isVisible());
        QVERIFY(!belowPane.isVisible());
        QCOMPARE(cell(*tableOf(inspector)->model(), 0, SolverTable::AnswerColumn).size(), 1);
        QVERIFY(inPane(SampleTable::FirstAnswerColumn) != "\u2026");
    }

    void whyItCantBeFoundOutIsSaid() {
        AnswerLoader loader({.database = place_.database, .resources = "/nowhere", .threads = 1});
        const QSignalSpy learnt(&loader, &AnswerLoader::learnt);
        const auto bare = stored();
        (void)loader.completed(bare);
        QTRY_VERIFY_WITH_TIMEOUT(learnt.count() > 0, kPatience);
        const auto after = loader.completed(bare);
        QVERIFY(nobodyAnswers(after));
        QVERIFY(after->whyNoAnswers.find("/nowhere") != std::string::npos);

        Selection selection;
        InspectorView inspector(selection);
        inspector.show();
        inspector.setSnapshot(after);
        selection.select(std::size_t{3});
        const auto* label = inspector.findChild<QLabel*>("sample.noAnswers");
        QTRY_VERIFY(label->isVisible() && label->text().contains("/nowhere"));
    }

    void theInspectorShowsWhatEveryMemberAnswers() {
        Workbench bench(workplace());
        bench.open({1});
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() != nullptr, kPatience);
        QVERIFY(nobodyAnswers(bench.shown()));
        const auto sample = disputed(*bench.shown());
        bench.wantAnswers(true);
        QTRY_VERIFY_WITH_TIMEOUT(allAnswer(bench.shown()), kPatience);

        Selection selection;
        InspectorView inspector(selection);
        inspector.resize(400, 700);
        inspector.show();
        inspector.setSnapshot(bench.shown());
        selection.select(sample);
        QTRY_VERIFY(tableOf(inspector) && tableOf(inspector)->model()->rowCount() == 6);
        auto& table = *tableOf(inspector);
        QVERIFY(!table.isColumnHidden(SolverTable::AnswerColumn));
        const auto& set = *bench.shown()->run->samples;
        const auto right = QString::fromStdString(set.groupNames[set.groups[sample]]);
        int wrong = 0;
        for (int row = 0; row < 6; ++row) {
            const auto answer = cell(*table.model(), row, SolverTable::AnswerColumn);
            const bool solves = cell(*table.model(), row, SolverTable::ScoreColumn) == "1.00";
            QCOMPARE(answer == right, solves);
            QCOMPARE(answer.size(), 1);
            wrong += !solves;
        }
        QVERIFY(wrong > 0 && wrong < 6);
    }

    void aLookBackHasAnswersToo() {
        Workbench bench(workplace());
        bench.open({1});
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() != nullptr, kPatience);
        bench.wantAnswers(true);
        bench.lookBack(20);
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown()->lookedBackFrom && allAnswer(bench.shown()), kPatience);
        QCOMPARE(bench.shown()->evaluations, 20u);
    }

    void theWindowAsksOnceASampleIsChosen() {
        MainWindow window({.workplace = workplace()});
        window.show();
        window.workbench().open({1});
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() != nullptr, kPatience);
        QVERIFY(nobodyAnswers(window.workbench().shown()));
        window.selection().select(disputed(*window.workbench().shown()));
        QTRY_VERIFY_WITH_TIMEOUT(allAnswer(window.workbench().shown()), kPatience);
    }
};

MERGARIUM_SUITE(AnswersTest)
#include "answers_test.moc"
