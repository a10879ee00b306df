#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/attraction/attraction_matrix.h"
#include "ui/attraction/attraction_view.h"
#include "ui/attraction/pair_frame.h"
#include "ui/attraction/pair_pane.h"
#include "ui/members/member_text.h"
#include "ui/selection/selection.h"

#include <QTest>

#include <QHeaderView>
#include <QLabel>
#include <QTableView>

using namespace mergarium;

namespace {

MemberPtr member(std::uint64_t id, std::vector<float> scores) {
    return std::make_shared<const Member>(
        Member{.id = {id}, .genome = nullptr, .scores = Scores(std::move(scores)), .parentage = std::nullopt});
}

/// Three members over four samples: z = 1, 2, 3, 0.
SnapshotPtr small(bool attraction = true) {
    RunDescription run;
    M2n2Settings strategy;
    strategy.attraction = attraction;
    run.configuration.strategy = strategy;
    SessionSnapshot snapshot;
    snapshot.run = std::make_shared<const RunDescription>(std::move(run));
    snapshot.members = {member(1, {0, 0, 1, 0}), member(2, {1, 1, 1, 0}), nullptr, member(3, {0, 1, 1, 0})};
    snapshot.fitness = {1.0, 3.0, 0.0, 2.0};
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

QString wordsOf(const QWidget& pane) { return pane.findChild<QLabel*>()->text(); }

}  // namespace

class PairTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void termsAreWhatTheSecondDoesBetterLargestFirst() {
        const auto frame = makePairFrame(small(), {1}, {2});
        QVERIFY(frame->live);
        QCOMPARE(frame->terms.size(), std::size_t{2});
        QCOMPARE(frame->terms[0].sample, std::size_t{0});
        QCOMPARE(frame->terms[0].value, 1.0);
        QCOMPARE(frame->terms[0].solvers, std::size_t{1});
        QCOMPARE(frame->terms[1].sample, std::size_t{1});
        QCOMPARE(frame->terms[1].value, 0.5);
        QCOMPARE(frame->terms[1].solvers, std::size_t{2});
        QCOMPARE(frame->terms[1].share, 0.5 / 1.5);
        QCOMPARE(frame->attraction, 1.5);
        // Towards #3 there is half a point as well.
        QCOMPARE(frame->attractions, 2.0);
        QCOMPARE(frame->fitnesses, 6.0);
        QCOMPARE(frame->members, std::size_t{3});
    }

    void chancesAreInWords() {
        const auto text = pairText(*makePairFrame(small(), {1}, {2}));
        QVERIFY2(text.contains("#1 is drawn as parent 1 with probability 16.7 % (fitness 1.0 of 6.0 in all)"),
                 qPrintable(text));
        QVERIFY2(text.contains("#2 as parent 2 with probability 75.0 % (g = 1.50 of 2.00)"), qPrintable(text));
        QVERIFY(text.endsWith("#2 does better than #1 on 2 samples:"));
        QVERIFY(pairText(*makePairFrame(small(), {2}, {1})).endsWith("#1 can do nothing that #2 can't."));
        QVERIFY(pairText(*makePairFrame(small(false), {1}, {2})).contains("This run doesn't draw by it."));
        QVERIFY(pairText(*makePairFrame(small(), {1}, {9})).startsWith("#9 has left the archive"));
        QVERIFY(pairText(*makePairFrame(small(), {8}, {9})).startsWith("#8 and #9 have left the archive"));
    }

    void aCellOrABirthIsExplained() {
        Selection selection;
        AttractionView view(selection);
        view.resize(1200, 900);
        const auto snapshot = exampleSnapshot();
        view.setSnapshot(snapshot);
        view.show();
        auto* matrix = view.findChild<AttractionMatrix*>();
        auto* pane = view.findChild<PairPane*>();
        auto* terms = pane->findChild<QTableView*>();
        QTRY_VERIFY(matrix->frame());
        QVERIFY(wordsOf(*pane).startsWith("Why this pair?"));
        QVERIFY(terms->isHidden());

        const auto& shown = matrix->frame()->members;
        QTest::mouseClick(matrix, Qt::LeftButton, {}, matrix->cellRect(0, 1).center().toPoint());
        QTRY_VERIFY(wordsOf(*pane).startsWith(memberText(shown[0])));
        QVERIFY(wordsOf(*pane).contains(memberText(shown[1])));
        QVERIFY(terms->model()->rowCount() > 0);
        QCOMPARE(terms->model()->headerData(2, Qt::Horizontal).toString(), memberText(shown[0]));
        QVERIFY(terms->model()->index(0, 0).data(Qt::DecorationRole).isValid());

        const auto sample = makePairFrame(snapshot, shown[0], shown[1])->terms[1].sample;
        terms->setCurrentIndex(terms->model()->index(1, 0));
        QTest::keyClick(terms, Qt::Key_Return);
        QCOMPARE(selection.sample().value(), sample);

        // The newest birth: its parents live.
        const auto& birth = snapshot->pairings.back();
        selection.select(birth.child);
        QTRY_VERIFY(wordsOf(*pane).startsWith(memberText(birth.first)));

        view.setSnapshot(exampleSnapshot({.run = 2}));
        QTRY_VERIFY(wordsOf(*pane).startsWith("Why this pair?"));
    }

    void samplesAreWholeBesideNarrowNumbers() {
        PairPane pane;
        pane.resize(380, 300);
        pane.setVisible(true);
        const auto snapshot = exampleSnapshot();
        pane.show(snapshot, std::pair(snapshot->members[0]->id, snapshot->members[1]->id));
        auto* table = pane.findChild<QTableView*>();
        QTRY_VERIFY(table->isVisible() && table->model()->rowCount() > 0);
        const auto* header = table->horizontalHeader();
        QTRY_VERIFY(header->sectionSize(0) >= static_cast<QAbstractItemView*>(table)->sizeHintForColumn(0));
        QTRY_COMPARE(header->length(), table->viewport()->width());
        const auto sample = table->model()->index(0, 0);
        QCOMPARE(sample.data(Qt::ToolTipRole).toString(), sample.data().toString());
    }

    void theKeyboardExplainsToo() {
        Selection selection;
        AttractionView view(selection);
        view.resize(1200, 900);
        view.setSnapshot(exampleSnapshot());
        view.show();
        auto* matrix = view.findChild<AttractionMatrix*>();
        QTRY_VERIFY(matrix->frame());
        QTest::keyClick(matrix, Qt::Key_Down);
        QTest::keyClick(matrix, Qt::Key_Down);
        QTRY_VERIFY(wordsOf(*view.findChild<PairPane*>()).contains(memberText(matrix->frame()->members[1])));
    }
};

MERGARIUM_SUITE(PairTest)
#include "pair_test.moc"
