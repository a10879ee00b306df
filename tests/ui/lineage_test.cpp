#include "tests/support/example_snapshot.h"
#include "tests/support/patience.h"
#include "tests/support/shown_words.h"
#include "tests/support/suite.h"
#include "ui/lineage/lineage_canvas.h"
#include "ui/lineage/lineage_painter.h"
#include "ui/lineage/lineage_view.h"
#include "ui/selection/selection.h"

#include <QTest>

#include <QCheckBox>
#include <QLabel>
#include <QSpinBox>

#include <map>
#include <mutex>
#include <stdexcept>

using namespace mergarium;
using namespace mergarium::test;

namespace {

MemberPtr member(std::uint64_t id, std::optional<Parentage> parentage) {
    return std::make_shared<const Member>(Member{.id = {id},
                                                 .genome = nullptr,
                                                 .scores = Scores(std::vector<float>(10, id % 2 == 0 ? 1.0f : 0.0f)),
                                                 .parentage = std::move(parentage),
                                                 .born = id <= 2 ? 0 : id - 2});
}

Relative relative(std::uint64_t id, std::uint64_t first = 0, std::uint64_t second = 0) {
    Relative one;
    one.member = member(
        id, first == 0 ? std::nullopt : std::optional(Parentage{{first}, {second}, {.splits = {40}, .ratio = 0.25}}));
    return one;
}

/// Two founders and so many generations, each of two siblings bred from the two before.
Family ladder(std::size_t generations) {
    Family family;
    family.relatives = {relative(1), relative(2)};
    for (std::uint64_t id = 3; family.relatives.size() < 2 * generations + 2; id += 2) {
        family.relatives.push_back(relative(id, id - 2, id - 1));
        family.relatives.push_back(relative(id + 1, id - 1, id - 2));
    }
    return family;
}

/// Answers from a table, and remembers what it was asked for; may be asked on any thread.
struct Asked {
    std::mutex mutex;
    std::vector<std::pair<MemberId, FamilyReach>> all;

    FamilySource source() {
        return [this](RunId, MemberId id, const FamilyReach& reach) {
            const std::scoped_lock lock(mutex);
            all.emplace_back(id, reach);
            if (id.value == 666) throw std::runtime_error("The database is gone.");
            Family family;
            family.relatives = {relative(1), relative(2), relative(id.value, 1, 2)};
            family.relatives.back().hiddenParents = reach.closed.contains(id) ? 2 : 0;
            if (reach.closed.contains(id))
                family.relatives.erase(family.relatives.begin(), family.relatives.begin() + 2);
            return family;
        };
    }
    std::size_t count() {
        const std::scoped_lock lock(mutex);
        return all.size();
    }
    std::pair<MemberId, FamilyReach> last() {
        const std::scoped_lock lock(mutex);
        return all.back();
    }
};

LineageCanvas* shown(LineageView& view, const SnapshotPtr& snapshot) {
    view.resize(1000, 700);
    view.setSnapshot(snapshot);
    view.show();
    return view.findChild<LineageCanvas*>();
}

SnapshotPtr later(const SnapshotPtr& snapshot, std::uint64_t evaluations = 1) {
    auto one = std::make_shared<SessionSnapshot>(*snapshot);
    one->evaluations += evaluations;
    return one;
}

/// The example run's, as a person sees it.
struct SeenFamily {
    Asked asked;
    Selection selection;
    LineageView view{asked.source(), selection};
    SnapshotPtr snapshot = exampleSnapshot();
    LineageCanvas* canvas = shown(view, snapshot);
};

struct Paints : QObject {
    int count = 0;
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint;
        return false;
    }
};

}  // namespace

class LineageTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatHasNotChangedIsNotPaintedAgain() {
        SeenFamily seen;
        QTRY_VERIFY(seen.canvas->layout());
        QVERIFY(QTest::qWaitForWindowExposed(&seen.view));
        QCoreApplication::processEvents();
        Paints paints;
        seen.canvas->installEventFilter(&paints);
        seen.view.setSnapshot(later(seen.snapshot));
        QCoreApplication::processEvents();
        QCOMPARE(paints.count, 0);

        // The subject leaves the archive.
        auto without = std::make_shared<SessionSnapshot>(*seen.snapshot);
        without->members[*bestSlot(seen.snapshot->members)] = nullptr;
        seen.view.setSnapshot(without);
        QTRY_VERIFY(paints.count > 0);
    }

    void descendantsAreLookedForOnceASecond() {
        SeenFamily seen;
        QTRY_VERIFY(seen.canvas->layout());
        QElapsedTimer timer;
        timer.start();
        seen.view.findChildren<QSpinBox*>().back()->setValue(1);
        QTRY_COMPARE(seen.asked.last().second.descendants, std::size_t{1});
        const auto before = seen.asked.count();
        for (std::uint64_t step = 1; step <= 50; ++step) {
            seen.view.setSnapshot(later(seen.snapshot, step));
            QTest::qWait(1);
        }
        QVERIFY(seen.asked.count() <= before + static_cast<std::size_t>(timer.elapsed() / 1000));
        // What was stored last is seen in the end.
        QTRY_VERIFY_WITH_TIMEOUT(seen.asked.count() > before, kPatience);
    }

    void ancestorsStandAboveAndNobodyOnAnybody_data() {
        QTest::addColumn<int>("generations");
        QTest::newRow("founders alone") << 0;
        QTest::newRow("one birth") << 1;
        QTest::newRow("fifty") << 50;
    }
    void ancestorsStandAboveAndNobodyOnAnybody() {
        QFETCH(int, generations);
        const auto layout = layOut(ladder(static_cast<std::size_t>(generations)), {100, 40});
        QCOMPARE(layout->boxes.size(), layout->family.relatives.size());
        QCOMPARE(layout->lines.size(), 2 * (layout->boxes.size() - 2));
        for (const auto& line : layout->lines) {
            const auto& parent = layout->boxes[line.parent];
            const auto& child = layout->boxes[line.child];
            QVERIFY(parent.bottom() < child.top());
            const auto begin = line.path.pointAtPercent(0.0), end = line.path.pointAtPercent(1.0);
            QVERIFY(parent.adjusted(-3, -3, 3, 3).contains(begin));
            QVERIFY(child.adjusted(-3, -3, 3, 3).contains(end));
        }
        for (std::size_t a = 0; a < layout->boxes.size(); ++a) {
            QCOMPARE(layout->boxes[a].size(), QSizeF(100, 40));
            QVERIFY(QRectF(QPointF(), layout->size).adjusted(-1, -1, 1, 1).contains(layout->boxes[a]));
            for (std::size_t b = 0; b < a; ++b) QVERIFY(!layout->boxes[a].intersects(layout->boxes[b]));
        }
    }

    void linesKnowTheirParent() {
        Family family;
        family.relatives = {relative(1), relative(2), relative(3, 2, 1), relative(4, 3, 3)};
        const auto layout = layOut(std::move(family), {100, 40});
        QCOMPARE(layout->lines.size(), std::size_t{3});
        std::map<std::pair<std::size_t, std::size_t>, std::pair<bool, bool>> lines;
        for (const auto& line : layout->lines) lines[{line.parent, line.child}] = {line.fromFirst, line.fromSecond};
        QCOMPARE(lines.at({1, 2}), (std::pair{true, false}));
        QCOMPARE(lines.at({0, 2}), (std::pair{false, true}));
        QCOMPARE(lines.at({2, 3}), (std::pair{true, true}));
    }

    void sharesAddUpOverThePieces() {
        QCOMPARE(shareOfSecond({.splits = {}, .ratio = 0.25}, 100), 0.25);
        // A quarter weighs 0.25, three quarters 0.75.
        QCOMPARE(shareOfSecond({.splits = {25}, .ratio = 0.25}, 100), 0.25 * 0.25 + 0.75 * 0.75);
        QCOMPARE(shareOfSecond({.splits = {10, 30, 60}, .ratio = 1.0}, 100), 0.1 + 0.3);
    }

    void theBestMembersFamilyIsShownFirstThenTheSelectedOnes() {
        SeenFamily seen;
        QTRY_VERIFY(seen.canvas->layout());
        QCOMPARE(seen.asked.last().first, seen.snapshot->members[*bestSlot(seen.snapshot->members)]->id);

        seen.selection.select(MemberId{77});
        QTRY_VERIFY(says(seen.view, "Family of #77: 3 members"));
        // A founder of the same family is marked where it stands.
        const auto before = seen.asked.count();
        seen.selection.select(MemberId{1});
        QTRY_VERIFY(says(seen.view, "Family of #77"));
        QCOMPARE(seen.asked.count(), before);
        // Nobody follows who was told not to.
        seen.view.findChild<QCheckBox*>()->setChecked(false);
        seen.selection.select(MemberId{78});
        QCOMPARE(seen.asked.count(), before);
    }

    void aClickSelectsAndADoubleClickHidesTheParents() {
        SeenFamily seen;
        seen.selection.select(MemberId{77});
        QTRY_VERIFY(seen.canvas->layout() && says(seen.view, "Family of #77"));
        const auto place = [&](std::size_t relative) { return seen.canvas->boxOf(relative).center().toPoint(); };
        QTest::mouseClick(seen.canvas, Qt::LeftButton, {}, place(1));
        QCOMPARE(seen.selection.member().value(), MemberId{2});
        QTest::mouseDClick(seen.canvas, Qt::LeftButton, {}, place(2));
        QTRY_COMPARE(seen.canvas->layout()->boxes.size(), std::size_t{1});
        QVERIFY(seen.asked.last().second.closed.contains(MemberId{77}));
        QTest::mouseDClick(seen.canvas, Qt::LeftButton, {}, place(0));
        QTRY_COMPARE(seen.canvas->layout()->boxes.size(), std::size_t{3});
        QVERIFY(seen.asked.last().second.closed.empty() && seen.asked.last().second.opened.contains(MemberId{77}));
    }

    void theKeyboardReachesEverybody() {
        SeenFamily seen;
        seen.selection.select(MemberId{77});
        QTRY_VERIFY(seen.canvas->layout() && says(seen.view, "Family of #77"));
        QTest::keyClick(seen.canvas, Qt::Key_Up);
        QTest::keyClick(seen.canvas, Qt::Key_Return);
        QVERIFY(seen.selection.member() == MemberId{1} || seen.selection.member() == MemberId{2});
        const auto first = seen.selection.member();
        QTest::keyClick(seen.canvas, first == MemberId{1} ? Qt::Key_Right : Qt::Key_Left);
        if (seen.canvas->boxOf(0).left() > seen.canvas->boxOf(1).left())
            QTest::keyClick(seen.canvas, first == MemberId{1} ? Qt::Key_Left : Qt::Key_Right);
        QTest::keyClick(seen.canvas, Qt::Key_Return);
        QVERIFY(seen.selection.member() != first);
        QVERIFY(seen.canvas->accessibleDescription().startsWith(QString("#%1").arg(seen.selection.member()->value)));
        QTest::keyClick(seen.canvas, Qt::Key_Down);
        QVERIFY(seen.canvas->accessibleDescription().startsWith("#77"));
        QVERIFY(seen.canvas->accessibleDescription().contains("#1 \u00d7 #2"));
        QTest::keyClick(seen.canvas, Qt::Key_Space);
        QTRY_COMPARE(seen.canvas->layout()->boxes.size(), std::size_t{1});
    }

    void howFarIsAsked() {
        SeenFamily seen;
        QTRY_VERIFY(seen.canvas->layout());
        const auto boxes = seen.view.findChildren<QSpinBox*>();
        boxes[0]->setValue(9);
        boxes[1]->setValue(2);
        QTRY_VERIFY(seen.asked.last().second.descendants == 2);
        QCOMPARE(seen.asked.last().second.ancestors, std::size_t{9});
    }

    void whatCantBeReadIsASentence() {
        SeenFamily seen;
        seen.selection.select(MemberId{666});
        QTRY_VERIFY(says(seen.view, "The database is gone."));
    }

    void anotherRunStartsAfresh() {
        SeenFamily seen;
        seen.selection.select(MemberId{77});
        QTRY_VERIFY(says(seen.view, "Family of #77"));
        seen.selection.clear();
        const auto other = exampleSnapshot({.run = 2});
        seen.view.setSnapshot(other);
        QTRY_VERIFY(seen.asked.last().first == other->members[*bestSlot(other->members)]->id);
        QTRY_VERIFY(seen.canvas->layout());
        seen.view.setSnapshot(nullptr);
        QVERIFY(!seen.canvas->layout());
    }
};

MERGARIUM_SUITE(LineageTest)
#include "lineage_test.moc"
