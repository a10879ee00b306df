#include "tests/support/example_snapshot.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/attraction/attraction_view.h"
#include "ui/attraction/pair_pane.h"
#include "ui/breeding/breed_frame.h"
#include "ui/breeding/breed_text.h"
#include "ui/breeding/breed_view.h"
#include "ui/breeding/change_table.h"
#include "ui/breeding/split_canvas.h"
#include "ui/genome/genome_readout.h"
#include "ui/main_window.h"
#include "ui/members/member_text.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;

namespace {

Recipe recipeOf(std::vector<std::uint64_t> ends, std::vector<double> coefficients) {
    return {.founders = 2, .ends = std::move(ends), .coefficients = std::move(coefficients)};
}

QPushButton* button(const QWidget& widget, const QString& text) {
    for (auto* one : widget.findChildren<QPushButton*>())
        if (one->text().remove('&') == text) return one;
    return nullptr;
}

/// The example run, paused, with a child of the first two members.
SnapshotPtr withChild(const SnapshotPtr& snapshot, std::vector<float> scores, const Parentage& parentage) {
    auto paused = *snapshot;
    paused.phase = Phase::Paused;
    Member child{.id = {99}, .genome = nullptr, .scores = Scores(std::move(scores)), .parentage = parentage};
    paused.handBred =
        std::make_shared<const HandBred>(HandBred{.parentage = parentage,
                                                  .child = std::make_shared<const Member>(std::move(child)),
                                                  .test = 0.5,
                                                  .fitness = 12.34,
                                                  .stays = true,
                                                  .replaces = MemberId{7}});
    return std::make_shared<const SessionSnapshot>(std::move(paused));
}

SnapshotPtr paused(const SnapshotPtr& snapshot) {
    auto one = *snapshot;
    one.phase = Phase::Paused;
    return std::make_shared<const SessionSnapshot>(std::move(one));
}

}  // namespace

class BreedTest : public QObject {
    Q_OBJECT

    static SplitCanvas* shown(BreedView& view, const SnapshotPtr& snapshot) {
        view.resize(1000, 700);
        view.setComputing(true);
        view.setSnapshot(snapshot);
        view.show();
        auto* canvas = view.findChild<SplitCanvas*>();
        [&] { QTRY_VERIFY_WITH_TIMEOUT(canvas->frame() && !canvas->frame()->rows.empty(), kPatience); }();
        return canvas;
    }
    static QPoint at(const SplitCanvas& canvas, std::uint64_t position, std::size_t row = 2) {
        const auto g = canvas.places();
        return {static_cast<int>(g.xOf(static_cast<double>(position)) + 0.5),
                static_cast<int>(g.rowRect(row).center().y())};
    }

private Q_SLOTS:
    void aPairThatHasLeftIsDrawnAsNothingAndTheNextOneAfterIt() {
        const auto snapshot = exampleSnapshot();
        const auto left = makeBreedFrame(snapshot, {{999'999}, {999'998}, {}}, {}, 300, nullptr);
        QVERIFY(left->rows.empty());
        QCOMPARE(left->snapshot, snapshot);
        const auto ranked = rankedMembers(*snapshot);
        const Parentage wish{ranked[0].member->id, ranked[1].member->id, {}};
        QCOMPARE(makeBreedFrame(snapshot, wish, {}, 300, left)->rows.size(), std::size_t{3});
    }

    void aChildIsDrawnAsItsParentsAreMixed() {
        const auto first = recipeOf({10}, {1.0, 0.0}), second = recipeOf({4, 10}, {0.0, 1.0, 0.5, 0.5});
        const auto child = linearChild(first, second, {.splits = {2, 6}, .ratio = 0.25});
        QCOMPARE(child.ends, (std::vector<std::uint64_t>{2, 4, 6, 10}));
        QCOMPARE(child.coefficients, (std::vector<double>{0.75, 0.25, 0.25, 0.75, 0.625, 0.375, 0.875, 0.125}));
        // Split points at the beginning and at one place leave no empty spans.
        const auto odd = linearChild(first, second, {.splits = {0, 4, 4}, .ratio = 1.0});
        QCOMPARE(odd.length(), std::uint64_t{10});
        QCOMPARE(odd.of(0)[0], 1.0);
        // From 4 on, twice changed: parent 1 again.
        QCOMPARE(odd.of(odd.spans() - 1)[0], 1.0);
    }

    void whatChangesIsToldByTheBetterAndTheWorseParent() {
        const auto snapshot = exampleSnapshot({.samples = 5});
        auto two = *snapshot;
        const auto member = [](std::uint64_t id, std::vector<float> scores) {
            return std::make_shared<const Member>(
                Member{.id = {id}, .genome = nullptr, .scores = Scores(std::move(scores))});
        };
        two.members = {member(1, {0.0F, 0.5F, 1.0F, 0.2F, 1.0F}), member(2, {0.0F, 0.7F, 1.0F, 0.4F, 0.0F})};
        two.fitness = {1.0, 2.0};
        const auto bred =
            withChild(std::make_shared<const SessionSnapshot>(two), {0.5F, 0.6F, 0.0F, 1.0F, 0.5F}, {{1}, {2}, {}});
        const auto changes = changesOf(*bred, *bred->handBred);
        QCOMPARE(changes.size(), std::size_t{3});
        QCOMPARE(changes[0].sample, std::size_t{3});  // + 0.6
        QCOMPARE(changes[1].sample, std::size_t{0});  // + 0.5
        QCOMPARE(changes[2].sample, std::size_t{2});  // - 1
        QCOMPARE(changes[2].gain(), -1.0F);
        const auto text = breedText(*bred, bred->handBred->parentage);
        QVERIFY2(text.contains("Better than both parents at 2 samples, worse than both at 1."), qPrintable(text));
        QVERIFY2(text.contains("52.0 % train, 50.0 % test"), qPrintable(text));
        QVERIFY2(text.endsWith("Its fitness 12.3 would let it in, in place of #7."), qPrintable(text));
        QVERIFY(breedText(*bred, {{2}, {1}, {}}).endsWith("has been changed since."));
    }

    void splitPointsAreSetMovedAndTakenAway() {
        Selection selection;
        BreedView view(selection);
        auto* canvas = shown(view, paused(exampleSnapshot()));
        const auto length = canvas->frame()->layout().length();
        const auto click = at(*canvas, length / 2);
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, click);
        QCOMPARE(canvas->splits().size(), std::size_t{1});
        const auto set = canvas->splits().front();
        QVERIFY(std::abs(static_cast<double>(set) - static_cast<double>(length) / 2) <
                static_cast<double>(length) / 50);
        QTest::mouseDClick(canvas, Qt::LeftButton, {}, at(*canvas, length / 4));
        QVERIFY(canvas->splits().size() == 2 && canvas->splits().front() < set);

        // Dragged, but not beyond its neighbour.
        const auto begin = at(*canvas, canvas->splits().front());
        QTest::mousePress(canvas, Qt::LeftButton, {}, begin);
        QTest::mouseMove(canvas, at(*canvas, length * 3 / 4));
        QMouseEvent move(QEvent::MouseMove, at(*canvas, length * 3 / 4),
                         canvas->mapToGlobal(at(*canvas, length * 3 / 4)), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(canvas, &move);
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, at(*canvas, length * 3 / 4));
        QCOMPARE(canvas->splits(), (std::vector<std::uint64_t>{set, set}));

        const auto where = at(*canvas, set);
        QContextMenuEvent menu(QContextMenuEvent::Mouse, where, canvas->mapToGlobal(where));
        QApplication::sendEvent(canvas, &menu);
        QCOMPARE(canvas->splits(), std::vector<std::uint64_t>{set});

        // With keys alone.
        canvas->setSplits({});
        canvas->setFocus();
        QTest::keyClick(canvas, Qt::Key_Right);
        QTest::keyClick(canvas, Qt::Key_S);
        QCOMPARE(canvas->splits().size(), std::size_t{1});
        const auto placed = canvas->splits().front();
        QTest::keyClick(canvas, Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(canvas->splits().front() > placed);
        QTest::keyClick(canvas, Qt::Key_S);
        QVERIFY(canvas->splits().empty());
    }

    void settingASplitPointSelectsNobodyAndTheChildIsNoMember() {
        Selection selection;
        BreedView view(selection);
        const auto snapshot = paused(exampleSnapshot());
        auto* canvas = shown(view, snapshot);
        const auto length = canvas->frame()->layout().length();
        QVERIFY(canvas->frame()->child == std::size_t{2});
        for (const std::size_t row : {0, 1, 2}) {
            QTest::mouseClick(canvas, Qt::LeftButton, {}, at(*canvas, length / (row + 2), row));
            QTest::mouseDClick(canvas, Qt::LeftButton, {}, at(*canvas, length / (row + 2), row));
        }
        QCOMPARE(canvas->splits().size(), std::size_t{3});
        QVERIFY(!selection.member() && !selection.sample());
        const auto label = [&](std::size_t row) {
            return QPoint(static_cast<int>(canvas->places().labels.left()) + 3, at(*canvas, 0, row).y());
        };
        QTest::mouseClick(canvas, Qt::LeftButton, {}, label(2));
        QVERIFY(!selection.member());
        QTest::mouseClick(canvas, Qt::LeftButton, {}, label(1));
        QCOMPARE(selection.member(), std::optional(rankedMembers(*snapshot)[1].member->id));
        QVERIFY(readoutText(*canvas->frame(), {0, 1}, 2).startsWith("The child, "));
        QVERIFY(readoutText(*canvas->frame(), {0, 1}, 1).startsWith("Member #"));
    }

    void thatNothingIsListedIsExplained() {
        Selection selection;
        BreedView view(selection);
        const auto snapshot = paused(exampleSnapshot({.samples = 3}));
        shown(view, snapshot);
        auto* table = view.findChild<QTableView*>();
        const auto* words = view.findChild<QLabel*>("noChanges");
        QVERIFY(words->isVisible() && !table->isVisible());
        QVERIFY2(words->text().endsWith("are listed here once it is scored."), qPrintable(words->text()));
        const auto wish = view.wish();
        const auto first = snapshot->members[*slotOf(*snapshot, wish.first)]->scores.values();
        view.setSnapshot(withChild(snapshot, {first.begin(), first.end()}, wish));
        QVERIFY2(words->text().startsWith("At every sample"), qPrintable(words->text()));
        std::vector<float> best(3, 2.0F);
        view.setSnapshot(withChild(snapshot, best, wish));
        QVERIFY(table->isVisible() && !words->isVisible());
    }

    void whatIsSetIsAskedFor() {
        Selection selection;
        BreedView view(selection);
        const auto snapshot = paused(exampleSnapshot());
        auto* canvas = shown(view, snapshot);
        const auto ranked = rankedMembers(*snapshot);
        QCOMPARE(view.wish().first, ranked[0].member->id);
        QCOMPARE(view.wish().second, ranked[1].member->id);
        view.choose(ranked[3].member->id, ranked[2].member->id);
        canvas->setSplits({5, 9});
        view.findChild<QDoubleSpinBox*>("ratio")->setValue(0.25);
        QCOMPARE(view.findChild<QSlider*>()->value(), 250);
        qRegisterMetaType<Parentage>();
        QSignalSpy asked(&view, &BreedView::breedRequested);
        button(view, "Score the child")->click();
        QCOMPARE(asked.count(), 1);
        const auto wish = asked.front().front().value<Parentage>();
        QCOMPARE(wish.first, ranked[3].member->id);
        QCOMPARE(wish.second, ranked[2].member->id);
        QCOMPARE(wish.splice.splits, (std::vector<std::uint64_t>{5, 9}));
        QCOMPARE(wish.splice.ratio, 0.25);
        QCOMPARE(wish.splice.interpolation, Interpolation::Slerp);
        // The ribbons are the parents' and the child's, in this order.
        const auto shows = [&](std::size_t row, MemberId id) { return canvas->frame()->rows[row].member->id == id; };
        QTRY_VERIFY_WITH_TIMEOUT(shows(0, wish.first) && shows(1, wish.second), kPatience);
        QCOMPARE(canvas->frame()->rows[2].member->parentage->first, wish.first);
    }

    void onlyAPausedRunOfThisWindowIsBredIn() {
        Selection selection;
        BreedView view(selection);
        shown(view, paused(exampleSnapshot()));
        QVERIFY(button(view, "Score the child")->isEnabled());
        QVERIFY(!button(view, "Admit")->isEnabled());
        const auto says = [&] { return view.findChild<QLabel*>("outcome")->text(); };
        view.setComputing(false);
        QVERIFY(!button(view, "Score the child")->isEnabled());
        QCOMPARE(says(), QString("Resume the run and pause it to breed in it."));
        auto finished = *exampleSnapshot();
        finished.phase = Phase::Finished;
        view.setSnapshot(std::make_shared<const SessionSnapshot>(finished));
        QCOMPARE(says(),
                 QString("The run has finished. Give it more evaluations (Extend), and pause it to breed in it."));
        view.setComputing(true);
        auto running = *exampleSnapshot();
        running.phase = Phase::Running;
        view.setSnapshot(std::make_shared<const SessionSnapshot>(running));
        QCOMPARE(says(), QString("Pause the run to breed in it."));
        QVERIFY(!button(view, "Score the child")->isEnabled());
        auto past = *paused(exampleSnapshot());
        past.lookedBackFrom = past.evaluations;
        view.setSnapshot(std::make_shared<const SessionSnapshot>(past));
        QVERIFY(!button(view, "Score the child")->isEnabled());
    }

    void aPairIsBredInTheWindow() {
        QTemporaryDir folder;
        MainWindow window(
            {.workplace = {
                 .database = folder.filePath("runs.db").toStdString(), .resources = kResources, .threads = 1}});
        window.resize(1280, 800);
        window.show();
        window.workbench().start(shortRun(1'000'000));
        const auto shown = [&] { return window.workbench().shown(); };
        QTRY_VERIFY_WITH_TIMEOUT(shown() && shown()->evaluations > 30, kPatience);
        window.workbench().pause();
        QTRY_VERIFY_WITH_TIMEOUT(shown()->phase == Phase::Paused, kPatience);
        const auto before = shown()->evaluations;
        auto& breed = *window.findChild<BreedView*>();

        // From the matrix of attraction.
        auto& attraction = *window.findChild<AttractionView*>();
        const auto ranked = rankedMembers(*shown());
        Q_EMIT attraction.breedRequested(ranked[1].member->id, ranked[0].member->id);
        QCOMPARE(window.tabs().currentWidget(), &breed);
        QCOMPARE(breed.wish().first, ranked[1].member->id);
        QTRY_VERIFY_WITH_TIMEOUT(button(breed, "Score the child")->isEnabled(), kPatience);
        button(breed, "Score the child")->click();
        QTRY_VERIFY_WITH_TIMEOUT(shown()->handBred && shown()->handBred->child, kPatience);
        QCOMPARE(shown()->evaluations, before);
        QTRY_VERIFY_WITH_TIMEOUT(button(breed, "Admit")->isEnabled(), kPatience);
        button(breed, "Drop")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!shown()->handBred, kPatience);
        QCOMPARE(shown()->evaluations, before);
        QTRY_VERIFY_WITH_TIMEOUT(!button(breed, "Admit")->isEnabled(), kPatience);

        button(breed, "Score the child")->click();
        QTRY_VERIFY_WITH_TIMEOUT(button(breed, "Admit")->isEnabled(), kPatience);
        const auto child = shown()->handBred->child->id;
        button(breed, "Admit")->click();
        QTRY_VERIFY_WITH_TIMEOUT(shown()->evaluations == before + 1, kPatience);
        QCOMPARE(shown()->pairings.back().child, child);
        QCOMPARE(shown()->pairings.back().first, ranked[1].member->id);
        QCOMPARE(shown()->phase, Phase::Paused);
        window.workbench().goOn();
        QTRY_VERIFY_WITH_TIMEOUT(shown()->evaluations > before + 1, kPatience);
    }
};

MERGARIUM_SUITE(BreedTest)
#include "breed_test.moc"
