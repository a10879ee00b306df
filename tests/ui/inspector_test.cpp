#include "tests/support/example_snapshot.h"
#include "tests/support/shown_words.h"
#include "tests/support/suite.h"
#include "ui/inspector/inspector_view.h"
#include "ui/inspector/sample_list.h"
#include "ui/inspector/solver_table.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niches_view.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QHelpEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolTip>

using namespace mergarium;
using namespace mergarium::test;

namespace {

QStringList readersOf(const QWidget& widget) {
    QStringList words;
    for (const auto* reader : widget.findChildren<QPlainTextEdit*>())
        if (reader->isVisible()) words << reader->toPlainText();
    return words;
}

QTableView* tableOf(const QWidget& widget) {
    for (auto* table : widget.findChildren<QTableView*>())
        if (table->isVisible()) return table;
    return nullptr;
}

}  // namespace

class InspectorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersOfAllMembersStandInTheOrderOfTheirShares() {
        const auto snapshot = exampleSnapshot({.texts = true});
        const auto answers = answersTo(*snapshot, 7);
        QCOMPARE(answers.size(), 20u);
        QCOMPARE(answers.front().member, snapshot->members[2]->id);
        QCOMPARE(answers.front().share, 1.0);
        QVERIFY(answers.front().answer.endsWith("drow 7"));
        QCOMPARE(answers.back().share, 0.0);
        QCOMPARE(solversOf(*snapshot, 7).size(), 1u);
        // Solved by nobody: no share is not a number.
        for (const auto& one : answersTo(*snapshot, 19)) QCOMPARE(one.share, 0.0);
    }

    void aTextSampleShowsQuestionReferenceAndEveryAnswer() {
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        const auto snapshot = exampleSnapshot({.texts = true});
        view.setSnapshot(snapshot);
        selection.select(std::size_t{7});
        auto* table = tableOf(view);
        QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table->model()->rowCount(), 20);
        QVERIFY(!table->isColumnHidden(SolverTable::AnswerColumn));
        QVERIFY(readersOf(view)[0].contains("Write the word number 7 backwards."));
        QVERIFY(readersOf(view)[0].contains("Reference: drow 7"));
        QVERIFY(shows(view, "One of 20 members solves it."));
        QVERIFY(shows(view, "Answer of " + memberText(snapshot->members[2]->id)));
        QVERIFY(readersOf(view)[1].contains("step by step.\nThe answer is drow 7"));
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(readersOf(view)[1], QString("I would say 49, or so."));
    }

    void theChosenAnswerStaysWithItsMemberWhileTheRunGoesOn() {
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        const auto snapshot = exampleSnapshot({.texts = true});
        view.setSnapshot(snapshot);
        selection.select(std::size_t{4});
        auto* table = tableOf(view);
        table->selectRow(3);
        const auto member = table->model()->index(3, 0).data().toString();
        view.setSnapshot(laterSnapshot(snapshot));
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), member);
        QVERIFY(shows(view, "Answer of " + member));
    }

    void aPictureSampleShowsItsSolversAlone() {
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        view.setSnapshot(exampleSnapshot());
        selection.select(std::size_t{7});
        QCOMPARE(tableOf(view)->model()->rowCount(), 1);
        QVERIFY(tableOf(view)->isColumnHidden(SolverTable::AnswerColumn));
        QVERIFY(readersOf(view).isEmpty());
    }

    void unknownAnswersSaySo() {
        auto snapshot = std::make_shared<SessionSnapshot>(*exampleSnapshot({.texts = true}));
        for (auto& member : snapshot->members) {
            auto silent = std::make_shared<Member>(*member);
            silent->answers = nullptr;
            member = silent;
        }
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        view.setSnapshot(snapshot);
        selection.select(std::size_t{7});
        QCOMPARE(tableOf(view)->model()->index(0, SolverTable::AnswerColumn).data().toString(), QString("\u2013"));
        QCOMPARE(readersOf(view)[1], QString("Its answer is not known."));
    }

    void aMembersOwnSamplesAreListedAsQuestions() {
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        const auto snapshot = exampleSnapshot({.texts = true});
        view.setSnapshot(snapshot);
        selection.select(snapshot->members[2]->id);
        auto* list = view.findChild<SampleList*>();
        QTRY_VERIFY(list->count() >= 1);
        QCOMPARE(list->viewMode(), QListView::ListMode);
        bool found = false;
        for (int row = 0; row < list->count(); ++row) {
            const auto index = list->model()->index(row, 0);
            QVERIFY(!index.data().toString().contains('\n'));
            if (index.data().toString() != "Write the word number 7 backwards.") continue;
            found = true;
            QVERIFY(index.data(Qt::ToolTipRole).toString().contains("Reference: drow 7"));
            list->scrollTo(index);
            QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(index).center());
            QCOMPARE(selection.sample().value(), std::size_t{7});
            QCOMPARE(selection.latest(), Selection::Subject::Sample);
        }
        QVERIFY(found);
        view.setSnapshot(exampleSnapshot({.run = 2}));
        selection.select(MemberId{1});
        QTRY_COMPARE(list->viewMode(), QListView::IconMode);
    }

    void whoIsNotBornYetHasNotLeft() {
        Selection selection;
        InspectorView view(selection);
        view.resize(400, 700);
        view.show();
        auto late = *exampleSnapshot();
        auto child = *late.members.back();
        child.id = {2 + 4000};
        child.born = 4000;
        late.members.back() = std::make_shared<const Member>(child);
        auto early = late;
        early.members.back().reset();
        early.evaluations = 3000;
        early.lookedBackFrom = late.evaluations;
        selection.select(child.id);
        // Neither whom nobody has seen yet, nor who has been.
        for (const bool seen : {false, true}) {
            view.setSnapshot(std::make_shared<const SessionSnapshot>(early));
            QVERIFY(shows(view, "It isn't born yet at step 3,000: it is made at step 4,000."));
            QVERIFY(!shows(view, "left the archive") && !shows(view, "ago"));
            QCOMPARE(shows(view, "in 1,000 evaluations"), seen);
            view.setSnapshot(std::make_shared<const SessionSnapshot>(late));
            QVERIFY(shows(view, "step 4,000 (213 evaluations ago)"));
        }
        early.evaluations = 4100;
        view.setSnapshot(std::make_shared<const SessionSnapshot>(early));
        QVERIFY(shows(view, "It has left the archive."));
    }

    void narrowTablesShowWhoAndHowMuch_data() {
        QTest::addColumn<bool>("texts");
        QTest::newRow("pictures") << false;
        QTest::newRow("texts") << true;
    }

    void narrowTablesShowWhoAndHowMuch() {
        QFETCH(bool, texts);
        Selection selection;
        InspectorView view(selection);
        view.resize(34 * view.fontMetrics().averageCharWidth(), 700);
        view.show();
        view.setSnapshot(exampleSnapshot({.texts = texts}));
        selection.select(std::size_t{8});
        auto* table = tableOf(view);
        QVERIFY(table);
        const auto isWhole = [&](int column) {
            return table->columnWidth(column) >= static_cast<QAbstractItemView*>(table)->sizeHintForColumn(column);
        };
        for (const int column : {SolverTable::MemberColumn, SolverTable::ScoreColumn, SolverTable::ShareColumn}) {
            QTRY_VERIFY(table->columnWidth(column) > 0);
            QTRY_VERIFY(isWhole(column));
        }
    }

    void nichesCanShowOnlyWhatTheChosenMemberAloneSolves() {
        Selection selection;
        NichesView view(selection);
        view.resize(900, 600);
        const auto snapshot = exampleSnapshot({.texts = true});
        view.setSnapshot(snapshot);
        view.show();
        auto* canvas = view.findChild<NicheCanvas*>();
        auto* only = view.findChild<QCheckBox*>("onlyMember");
        QTRY_VERIFY(canvas->frame() && canvas->frame()->sampleCount() == 200);
        QVERIFY(!only->isEnabled());
        selection.select(snapshot->members[2]->id);
        QVERIFY(only->isEnabled());
        QVERIFY(only->text().contains(memberText(snapshot->members[2]->id)));
        only->click();
        QTRY_VERIFY(canvas->frame() && canvas->frame()->sampleCount() < 200);
        const auto samples = *canvas->frame()->samples;
        QVERIFY(std::find(samples.begin(), samples.end(), 7u) != samples.end());
        for (const auto sample : samples) QCOMPARE(solversOf(*snapshot, sample).size(), 1u);
        QCOMPARE(canvas->range().end, samples.size());
        QVERIFY(!canvas->grab().isNull());
        only->click();
        QTRY_VERIFY(canvas->frame() && canvas->frame()->sampleCount() == 200);
        QCOMPARE(canvas->range().end, 200u);
    }

    void theTooltipSaysWhatTheLineBelowSays() {
        NicheCanvas canvas;
        canvas.resize(900, 600);
        canvas.setFrame(makeNicheFrame({.snapshot = exampleSnapshot(), .range = {}, .width = 600}, nullptr));
        canvas.show();
        const auto moveTo = [&](QPoint place) {
            QMouseEvent move(QEvent::MouseMove, place, canvas.mapToGlobal(place), Qt::NoButton, Qt::NoButton, {});
            QApplication::sendEvent(&canvas, &move);
        };
        moveTo({450, 250});
        const auto first = canvas.accessibleDescription();
        QHelpEvent help(QEvent::ToolTip, {450, 250}, canvas.mapToGlobal(QPoint(450, 250)));
        QApplication::sendEvent(&canvas, &help);
        QCOMPARE(QToolTip::text(), first);
        moveTo({450, 350});
        QVERIFY(canvas.accessibleDescription() != first);
        QCOMPARE(QToolTip::text(), canvas.accessibleDescription());
        QToolTip::hideText();
    }

    void aFilterThatKeepsNothingSaysSo() {
        const auto snapshot = exampleSnapshot();
        const auto frame =
            makeNicheFrame({.snapshot = snapshot, .soleSolver = MemberId{999'999}, .range = {}, .width = 100}, nullptr);
        QCOMPARE(frame->sampleCount(), 0u);
        NicheCanvas canvas;
        canvas.resize(600, 400);
        canvas.setFrame(frame);
        canvas.show();
        QTest::keyClick(&canvas, Qt::Key_Right);
        QTest::keyClick(&canvas, Qt::Key_Plus);
        QVERIFY(!canvas.grab().isNull());
        QVERIFY(canvas.accessibleDescription().isEmpty());
    }
};

MERGARIUM_SUITE(InspectorTest)
#include "inspector_test.moc"
