#include "tests/support/new_databases.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"

#include <QTest>

#include <atomic>
#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
using test::finish;
using test::stepTo;

namespace {

RunConfiguration configurationOf(const char* yaml, std::uint64_t evaluations = 60) {
    auto configuration = parseConfiguration(yaml, "test");
    configuration.name = "test";
    configuration.evaluations = evaluations;
    configuration.device = "cpu";
    return configuration;
}

/// Two of the archive by rank, with three split points.
Parentage wishOf(RunLoop& loop, std::size_t first, std::size_t second) {
    const auto snapshot = loop.snapshot(Phase::Paused);
    std::vector<MemberId> members;
    for (const auto& member : snapshot.members)
        if (member) members.push_back(member->id);
    const auto length = snapshot.run->layout.length();
    return {members.at(first),
            members.at(second % members.size()),
            {.splits = {length / 5, length / 3, length / 2}, .ratio = 0.3}};
}

std::shared_ptr<const HandBred> breed(RunLoop& loop, const Parentage& wish) {
    loop.breedByHand(wish, kNever);
    return loop.snapshot(Phase::Paused).handBred;
}

void breedAndAdmit(RunLoop& loop, std::size_t first, std::size_t second) {
    const auto bred = breed(loop, wishOf(loop, first, second));
    QVERIFY2(bred && bred->child, bred ? bred->failure.c_str() : "nothing was bred");
    loop.admitByHand();
}

}  // namespace

/// Children that a person has bred of two members.
class HandBredTest : public QObject, test::NewDatabases {
    Q_OBJECT

private Q_SLOTS:
    void whatTheStrategyWouldDoIsDoneByHand() {
        const auto configuration = configurationOf("{}");
        const auto place = newPlace();
        const auto expected = finish(*RunLoop::begin(configuration, place)).archiveHash;
        // Whom it mated at step 21, and how: of a child that was accepted, since others' splices aren't members'.
        const auto births = RunCatalog(place.database).births({1});
        const auto accepted =
            std::ranges::find_if(births, [](const Pairing& one) { return one.accepted && one.step > 5; });
        QVERIFY(accepted != births.end());
        const auto child = RunCatalog(place.database).ancestry({1}, accepted->child).line.back();

        const auto loop = RunLoop::begin(configuration, newPlace());
        stepTo(*loop, accepted->step - 1);
        const auto before = loop->snapshot(Phase::Paused);
        const auto bred = breed(*loop, *child->parentage);
        QVERIFY(bred && bred->child);
        QVERIFY(std::ranges::equal(bred->child->scores.values(), child->scores.values()));
        QCOMPARE(bred->child->id, accepted->child);
        QCOMPARE(bred->stays, true);
        QCOMPARE(bred->replaces.has_value(), accepted->replaced.has_value());
        if (bred->replaces) QCOMPARE(*bred->replaces, *accepted->replaced);
        // Nothing has happened yet.
        QCOMPARE(loop->snapshot(Phase::Paused).evaluations, before.evaluations);
        QVERIFY(loop->snapshot(Phase::Paused).members == before.members);
        loop->admitByHand();
        QVERIFY(!loop->snapshot(Phase::Paused).handBred);
        QCOMPARE(loop->snapshot(Phase::Paused).evaluations, accepted->step);
        QCOMPARE(finish(*loop).archiveHash, expected);
    }

    void aChildThatIsDroppedChangesNothing() {
        const auto configuration = configurationOf("strategy: {offspring: 4}");
        const auto expected = finish(*RunLoop::begin(configuration, newPlace())).archiveHash;
        const auto loop = RunLoop::begin(configuration, newPlace());
        stepTo(*loop, 22);
        QVERIFY(breed(*loop, wishOf(*loop, 0, 1))->child);
        loop->dropByHand();
        QVERIFY(!loop->snapshot(Phase::Paused).handBred);
        stepTo(*loop, 24);
        // One that nobody has decided upon is dropped when the run goes on; one that is given up was never there.
        QVERIFY(breed(*loop, wishOf(*loop, 2, 3))->child);
        stepTo(*loop, 25);
        QVERIFY(!loop->snapshot(Phase::Paused).handBred);
        const std::atomic<bool> atOnce = true;
        loop->breedByHand(wishOf(*loop, 1, 2), atOnce);
        QVERIFY(!loop->snapshot(Phase::Paused).handBred);
        loop->admitByHand();
        QCOMPARE(loop->snapshot(Phase::Paused).evaluations, std::uint64_t{25});
        QCOMPARE(finish(*loop).archiveHash, expected);
    }

    void aRunGoesOnFromWhatWasBredByHand_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addRow("m2n2") << "{}";
        QTest::addRow("in blocks, early rejection") << "strategy: {offspring: 4, early_rejection: true}";
        QTest::addRow("mutation") << "strategy: {mutation: 0.01}";
        QTest::addRow("map-elites") << "strategy: {kind: map-elites}";
    }
    void aRunGoesOnFromWhatWasBredByHand() {
        QFETCH(QString, yaml);
        const auto configuration = configurationOf(yaml.toUtf8().constData());
        const auto interfere = [](RunLoop& loop) {
            // The first step of a block of four, and steps within one.
            stepTo(loop, 12);
            breedAndAdmit(loop, 0, 1);
            stepTo(loop, 22);
            breedAndAdmit(loop, 1, 0);
            breedAndAdmit(loop, 0, 2);
            stepTo(loop, 27);
        };
        const auto whole = RunLoop::begin(configuration, newPlace());
        interfere(*whole);
        const auto expected = finish(*whole).archiveHash;
        QVERIFY(expected != finish(*RunLoop::begin(configuration, newPlace())).archiveHash);

        // Killed: bred again from the founders, with what a person did.
        const auto killed = newPlace();
        {
            const auto loop = RunLoop::begin(configuration, killed);
            interfere(*loop);
            loop->store(Phase::Paused);
        }
        const auto again = RunLoop::goOn({1}, killed);
        QCOMPARE(again->snapshot(Phase::Running).evaluations, std::uint64_t{27});
        QCOMPARE(finish(*again).archiveHash, expected);
        // Stopped: from its checkpoint.
        const auto stopped = newPlace();
        {
            const auto loop = RunLoop::begin(configuration, stopped);
            interfere(*loop);
            loop->store(Phase::Stopped);
        }
        QCOMPARE(finish(*RunLoop::goOn({1}, stopped)).archiveHash, expected);
    }

    void whatCantBeBredIsSaid() {
        const auto loop = RunLoop::begin(configurationOf("{}", 12), newPlace());
        stepTo(*loop, 10);
        const auto good = wishOf(*loop, 0, 1);
        const auto objection = [&](const Parentage& wish) {
            const auto bred = breed(*loop, wish);
            loop->admitByHand();
            return bred && !bred->child ? QString::fromStdString(bred->failure) : QString("bred");
        };
        auto wish = good;
        wish.second = {999};
        QCOMPARE(objection(wish), QString("There is no member 999 in the archive."));
        wish = good;
        wish.second = wish.first;
        QCOMPARE(objection(wish),
                 QString("A child of member %1 and itself would be member %1; choose two.").arg(wish.first.value));
        wish = good;
        wish.splice.ratio = std::nan("");
        QCOMPARE(objection(wish), QString("The mixing ratio nan is not between 0 and 1."));
        for (const std::vector<std::uint64_t>& splits : {std::vector<std::uint64_t>{5, 3}, {std::uint64_t{1} << 60}}) {
            wish = good;
            wish.splice.splits = splits;
            QVERIFY(objection(wish).startsWith("Split points must ascend and lie below "));
        }
        QCOMPARE(loop->snapshot(Phase::Paused).evaluations, std::uint64_t{10});
        stepTo(*loop, 12);
        QCOMPARE(objection(good),
                 QString("The budget of 12 evaluations is used up; extend the run to breed another child."));

        const auto other = RunLoop::begin(configurationOf("strategy: {kind: cma-es}"), newPlace());
        QVERIFY(breed(*other, wishOf(*other, 0, 1))->failure.starts_with("This run's strategy takes in nothing but"));
        const auto arm = RunLoop::begin(configurationOf("{}"), newPlace(), nullptr, {.sweep = "s", .arm = "a"});
        QVERIFY(breed(*arm, wishOf(*arm, 0, 1))->failure.starts_with("A run of a sweep must differ"));
    }
};

MERGARIUM_SUITE(HandBredTest)
#include "hand_bred_test.moc"
