#include "tests/support/example_snapshot.h"
#include "tests/support/shown_words.h"
#include "tests/support/suite.h"
#include "ui/canvas/row_map.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niche_frame.h"
#include "ui/niches/niche_readout.h"
#include "ui/niches/niches_view.h"
#include "ui/niches/sample_pane.h"
#include "ui/niches/sample_search.h"
#include "ui/niches/sample_table.h"
#include "ui/selection/selection.h"
#include "ui/theme/theme.h"

#include <QTest>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>

#include <cmath>
#include <limits>
#include <utility>

using namespace mergarium;
using namespace mergarium::test;

namespace {

NicheRaster rasterOf(std::vector<float> values) {
    NicheRaster raster;
    raster.rows = 1;
    raster.values = std::move(values);
    return raster;
}

NicheFramePtr frameOf(const SnapshotPtr& snapshot, NicheMeasure measure, std::optional<MemberId> reference = {}) {
    return makeNicheFrame({.snapshot = snapshot, .measure = measure, .reference = reference, .range = {}, .width = 200},
                          nullptr);
}

/// A run's, as a person sees it.
struct SeenNiches {
    explicit SeenNiches(SnapshotPtr shown, int height = 700) : snapshot(std::move(shown)) {
        view.resize(1000, height);
        view.setSnapshot(snapshot);
        view.show();
    }

    SnapshotPtr snapshot;
    Selection selection;
    NichesView view{selection};
    NicheCanvas* canvas = view.findChild<NicheCanvas*>();
};

}  // namespace

class NichesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void samplesAreOrderedAnewOnlyWhereScoresDecideIt() {
        const auto snapshot = exampleSnapshot();
        const auto later = std::make_shared<const SessionSnapshot>(*snapshot);
        const auto framed = [](const SnapshotPtr& one, SampleOrder order, const NicheFramePtr& previous) {
            return makeNicheFrame({.snapshot = one, .order = order, .soleSolver = {}, .range = {}, .width = 200},
                                  previous);
        };
        const auto grouped = framed(snapshot, SampleOrder::Group, nullptr);
        QCOMPARE(framed(later, SampleOrder::Group, grouped)->samples, grouped->samples);
        const auto ordered = framed(snapshot, SampleOrder::Difficulty, nullptr);
        QCOMPARE(framed(snapshot, SampleOrder::Difficulty, ordered)->samples, ordered->samples);
        QVERIFY(framed(later, SampleOrder::Difficulty, ordered)->samples != ordered->samples);
        QVERIFY(framed(later, SampleOrder::Difficulty, grouped)->samples != grouped->samples);
    }

    void theScaleSpansWhatMostCellsHold() {
        // 98 shares of 0.04 and two of 1: these don't darken the others.
        std::vector<float> shares(98, 0.04f);
        shares.insert(shares.end(), {1.0f, 1.0f});
        const auto scale = scaleOf(rasterOf(shares), NicheMeasure::Share);
        QCOMPARE(scale.high, 0.05);
        QCOMPARE(scale.place(0.05), 1.0);
        QCOMPARE(scale.place(1.0), 1.0);
        QCOMPARE(scale.place(0.0125), 0.5);
        QCOMPARE(scale.place(0.0), 0.0);
        QCOMPARE(scale.ticks().back().second, QString("\u2265 0.05"));
    }

    void zeroSharesSayNothingOfTheScale() {
        std::vector<float> shares(1000, 0.0f);
        shares[3] = 0.3f;
        QCOMPARE(scaleOf(rasterOf(shares), NicheMeasure::Share).high, 0.5);
        QCOMPARE(scaleOf(rasterOf(std::vector<float>(10, 0.0f)), NicheMeasure::Share).high, 1.0);
    }

    void scoresThatCrowdTogetherAreToldApart() {
        std::vector<float> scores;
        for (int i = 0; i <= 100; ++i) scores.push_back(0.72f + 0.0015f * static_cast<float>(i));
        const auto scale = scaleOf(rasterOf(scores), NicheMeasure::Score);
        QCOMPARE(scale.low, 0.7);
        QCOMPARE(scale.high, 0.9);
        QCOMPARE(scale.place(0.8), 0.5);
        const auto flat = scaleOf(rasterOf({0.5f, 0.5f}), NicheMeasure::Score);
        QVERIFY(flat.high > flat.low);
    }

    void differencesHaveTheirZeroInTheMiddle() {
        const auto scale = scaleOf(rasterOf({-0.5f, 0.1f, 0.0f}), NicheMeasure::Difference);
        QCOMPARE(scale.low, -scale.high);
        QCOMPARE(scale.place(0.0), 0.5);
        QCOMPARE(scale.colorAt(0.5), diverging(0.0));
        QVERIFY(scale.colorAt(0.0) != scale.colorAt(1.0));
        QCOMPARE(scaleOf(rasterOf({0.0f, 1.0f}), NicheMeasure::Solved).high, 1.0);
        QCOMPARE(scale.color(std::numeric_limits<float>::quiet_NaN(), 0xff123456u), 0xff123456u);
    }

    void differencesAreTakenFromTheSelectedMember() {
        const auto snapshot = exampleSnapshot();
        const auto reference = snapshot->members[4];
        const auto frame = frameOf(snapshot, NicheMeasure::Difference, reference->id);
        QCOMPARE(frame->scale.measure, NicheMeasure::Difference);
        QCOMPARE(frame->reference.value(), reference->id);
        const auto row = *rankOf(frame->rows, reference->id);
        for (std::size_t bin = 0; bin < frame->raster.bins.size(); ++bin) {
            QCOMPARE(frame->raster.values[row * frame->raster.bins.size() + bin], 0.0f);
            const auto sample = (*frame->samples)[bin];
            QCOMPARE(frame->raster.values[bin], frame->rows[0].member->scores[sample] - reference->scores[sample]);
        }
        // Nobody to compare with.
        QCOMPARE(frameOf(snapshot, NicheMeasure::Difference, MemberId{999'999})->scale.measure, NicheMeasure::Share);
        QCOMPARE(frameOf(snapshot, NicheMeasure::Difference)->scale.measure, NicheMeasure::Share);
    }

    void theReadoutSaysWhoSolvesASample() {
        const auto snapshot = exampleSnapshot();
        const auto frame = frameOf(snapshot, NicheMeasure::Share);
        const auto positionOf = [&](std::uint32_t sample) {
            return static_cast<std::size_t>(std::ranges::find(*frame->samples, sample) - frame->samples->begin());
        };
        const auto text = [&](std::uint32_t sample, std::optional<std::size_t> row = {}) {
            const auto at = positionOf(sample);
            return readoutText(*frame, {at, at + 1}, row);
        };
        // Every twentieth sample.
        std::uint32_t unsolved = 0;
        while (
            std::ranges::any_of(snapshot->members, [&](const auto& one) { return one->scores[unsolved] >= kSolved; }))
            ++unsolved;
        QVERIFY2(text(unsolved).contains("solved by nobody"), qPrintable(text(unsolved)));
        const auto alone = memberText(snapshot->members[2]->id);
        QVERIFY2(text(7).contains("solved by " + alone + " alone"), qPrintable(text(7)));
        std::size_t solvers = 0;
        for (const auto& member : snapshot->members) solvers += member->scores[11] >= kSolved;
        QVERIFY2(text(11).contains(QString("solved by %1 of 20").arg(solvers)), qPrintable(text(11)));
    }

    void samplesAreFoundByNumberAndWords() {
        const auto pictures = exampleSnapshot();
        QCOMPARE(findSample(*pictures, "42", {}), std::optional<std::size_t>(42));
        QCOMPARE(findSample(*pictures, "#1,042", {}), std::nullopt);
        QCOMPARE(findSample(*pictures, "", {}), std::nullopt);
        const auto texts = exampleSnapshot({.texts = true});
        QCOMPARE(findSample(*texts, "NUMBER 7 backwards", {}), std::optional<std::size_t>(7));
        const auto first = findSample(*texts, "backwards", {});
        QVERIFY(first);
        QVERIFY(findSample(*texts, "backwards", first) != first);
        // Round and round.
        QCOMPARE(findSample(*texts, "word number 7 backwards", std::size_t{7}), std::optional<std::size_t>(7));
        QCOMPARE(findSample(*texts, "nowhere", {}), std::nullopt);
    }

    void theSelectedRowIsLabelledInPlaceOfThoseTooCloseToIt() {
        const RowMap rows{.map = {0, 0, 100, 200}, .rows = 20, .firstRow = 0, .rowHeight = 10};
        QCOMPARE(rows.labelledRows(10, 7).size(), std::size_t{20});
        const std::vector<std::size_t> everySecond{0, 2, 4, 6, 8, 10, 12, 14, 16, 18};
        QVERIFY(rows.labelledRows(14, std::nullopt) == everySecond);
        QVERIFY(rows.labelledRows(14, 8) == everySecond);
        QVERIFY(rows.labelledRows(14, 7) == (std::vector<std::size_t>{0, 2, 4, 7, 10, 12, 14, 16, 18}));
    }

    void whatIsFoundIsSelectedAndSeen() {
        SeenNiches seen(exampleSnapshot());
        QTRY_VERIFY(seen.canvas->frame());
        seen.canvas->see({0, 20});
        auto* find = seen.view.findChild<QLineEdit*>("findSample");
        const auto sample = (*seen.canvas->frame()->samples)[150];
        find->setText(QString::number(sample));
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(seen.selection.sample().value(), std::size_t{sample});
        QVERIFY(seen.canvas->range().begin <= 150 && 150 < seen.canvas->range().end);
        QCOMPARE(seen.canvas->range().end - seen.canvas->range().begin, std::size_t{20});
        find->setText("no such words");
        QTest::keyClick(find, Qt::Key_Return);
        QVERIFY(says(seen.view, "No sample has 'no such words'."));
    }

    void anotherScaleOfColoursIsTakenAtOnce() {
        SeenNiches seen(exampleSnapshot());
        QTRY_VERIFY(seen.canvas->frame());
        const auto before = seen.canvas->frame()->image;
        useMagnitudes(Magnitudes::Viridis);
        const auto back = qScopeGuard([] { useMagnitudes(Magnitudes::Cividis); });
        seen.view.recolor();
        QTRY_VERIFY(seen.canvas->frame()->image != before);
    }

    void theColourIsChosenByName() {
        SeenNiches seen(exampleSnapshot());
        QTRY_VERIFY(seen.canvas->frame());
        auto* measure = seen.view.findChild<QComboBox*>("measure");
        measure->setCurrentIndex(measure->findText("difference"));
        QTRY_COMPARE(seen.canvas->frame()->scale.measure, NicheMeasure::Share);
        seen.selection.select(seen.snapshot->members[3]->id);
        QTRY_COMPARE(seen.canvas->frame()->scale.measure, NicheMeasure::Difference);
        measure->setCurrentIndex(measure->findText("solved"));
        QTRY_COMPARE(seen.canvas->frame()->scale.measure, NicheMeasure::Solved);
    }

    void theListHasTheSameNumbersForTwoMembers() {
        SeenNiches seen(exampleSnapshot({.texts = true}), 900);
        QTRY_VERIFY(seen.canvas->frame());
        seen.view.findChild<QCheckBox*>("list")->setChecked(true);
        auto* table = seen.view.findChild<SamplePane*>()->findChild<QTableView*>();
        QCOMPARE(table->model()->rowCount(), 200);
        const auto cell = [&](int row, int column) { return table->model()->index(row, column).data().toString(); };
        const auto& first = *seen.snapshot->members[2];
        const auto& second = *seen.snapshot->members[5];
        seen.selection.select(first.id);
        auto* other = seen.view.findChild<QComboBox*>("otherMember");
        other->setCurrentIndex(other->findText(memberText(second.id)));
        const auto row = static_cast<int>(std::ranges::find(*seen.canvas->frame()->samples, 7u) -
                                          seen.canvas->frame()->samples->begin());
        QCOMPARE(cell(row, SampleTable::SampleColumn), QString("7"));
        QCOMPARE(cell(row, SampleTable::SolversColumn), QString("1 of 20"));
        QCOMPARE(cell(row, SampleTable::FirstColumn), QString::number(first.scores[7], 'f', 2));
        QCOMPARE(cell(row, SampleTable::SecondColumn), QString::number(second.scores[7], 'f', 2));
        double total = 0.0;
        for (const auto& member : seen.snapshot->members) total += member->scores[7];
        QCOMPARE(cell(row, SampleTable::TotalColumn), QString::number(total, 'f', 2));
        QCOMPARE(cell(row, SampleTable::FirstShareColumn), QString::number(first.scores[7] / total, 'f', 3));
        QCOMPARE(cell(row, SampleTable::SecondAnswerColumn), QString::fromStdString((*second.answers)[7]).simplified());
        QCOMPARE(table->model()->headerData(SampleTable::FirstColumn, Qt::Horizontal).toString(), memberText(first.id));

        // A row is a sample, and the other way round.
        table->setCurrentIndex(table->model()->index(3, 0));
        QCOMPARE(seen.selection.sample().value(), std::size_t{(*seen.canvas->frame()->samples)[3]});
        seen.selection.select(std::size_t{7});
        QCOMPARE(table->currentIndex().row(), row);
        QCOMPARE(seen.selection.sample().value(), std::size_t{7});
    }
};

MERGARIUM_SUITE(NichesTest)
#include "niches_test.moc"
