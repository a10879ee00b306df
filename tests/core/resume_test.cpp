#include "core/configuration/yaml.h"
#include "core/session/run_loop.h"
#include "tests/support/new_databases.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;
using test::stepTo;

namespace {

std::string hashOfTheEnd(RunLoop& loop) { return test::finish(loop).archiveHash; }

}  // namespace

class ResumeTest : public QObject, test::NewDatabases {
    Q_OBJECT

private Q_SLOTS:
    void everyKindGoesOnAsIfNeverInterrupted_data() {
        QTest::addColumn<QString>("yaml");
        QTest::newRow("m2n2") << "strategy: {kind: m2n2}";
        QTest::newRow("ga from scratch") << "{founders: random, strategy: {kind: ga, mutation: 0.01}}";
        QTest::newRow("random-pairing") << "strategy: {kind: random-pairing, splits: 8}";
        QTest::newRow("map-elites") << "strategy: {kind: map-elites, cells: 6}";
        QTest::newRow("map-elites from scratch") << "{founders: random, strategy: {kind: map-elites, mutation: 0.05}}";
        QTest::newRow("cma-es over weights") << "{founders: random, strategy: {kind: cma-es}}";
        QTest::newRow("cma-es over mixing weights") << "strategy: {kind: cma-es, archive: 5}";
        QTest::newRow("brute-force") << "strategy: {kind: brute-force, archive: 3}";
        QTest::newRow("brute-force on a grid") << "strategy: {kind: brute-force, ratio: grid}";
        QTest::newRow("offspring in blocks") << "strategy: {offspring: 7, archive: 3}";
        QTest::newRow("chromosomes")
            << "strategy: {splits: [0, 4], chromosomes: {weights: [\"*.weight\"], output: [\"output*\"]}}";
        QTest::newRow("chromosomes and noise")
            << "{founders: random, strategy: {mutation: 0.01, snap: tensor, chromosomes: {in: [\"input*\"]}}}";
        QTest::newRow("map-elites with chromosomes")
            << "strategy: {kind: map-elites, cells: 6, chromosomes: {output: [\"output*\"]}}";
        QTest::newRow("whole units") << "strategy: {genes: units, inherit: each, ratio: whole, offspring: 3}";
        QTest::newRow("units mixed") << "strategy: {genes: units, splits: [0, 9], interpolation: slerp-per-side}";
        QTest::newRow("every parameter for itself, and noise")
            << "{founders: random, strategy: {inherit: each, chance: {beta: 0.3}, mutation: 0.01}}";
        QTest::newRow("map-elites with tensors")
            << "strategy: {kind: map-elites, cells: 6, genes: tensors, inherit: each}";
        QTest::newRow("scores less the worst") << "strategy: {baseline: worst, capacity: best, offspring: 3}";
        QTest::newRow("all switches")
            << "strategy: {offspring: 16, refuse_duplicates: true, snap: layer, capacity: best}";
    }

    // Stopped with a checkpoint, then killed: what was stored since is bred again, what wasn't is scored again.
    void everyKindGoesOnAsIfNeverInterrupted() {
        QFETCH(QString, yaml);
        auto configuration = parseConfiguration(yaml.toStdString(), "test");
        configuration.name = "test";
        configuration.evaluations = 150;
        const auto expected = hashOfTheEnd(*RunLoop::begin(configuration, newPlace()));
        QCOMPARE(expected.size(), std::size_t{64});

        for (const std::uint64_t stop : {1u, 33u, 56u}) {
            const auto place = newPlace();
            RunId run;
            {
                const auto loop = RunLoop::begin(configuration, place);
                stepTo(*loop, stop);
                loop->store(Phase::Stopped);
                run = loop->snapshot(Phase::Stopped).run->id;
            }
            {
                const auto loop = RunLoop::goOn(run, place);
                QCOMPARE(loop->snapshot(Phase::Running).evaluations, stop);
                stepTo(*loop, stop + 41);
                loop->store(Phase::Paused);  // as a flush: without a checkpoint
                stepTo(*loop, stop + 50);
            }
            const auto loop = RunLoop::goOn(run, place);
            // At least what was flushed; on a slow machine a second passes, and more is stored by itself.
            const auto stored = loop->snapshot(Phase::Running).evaluations;
            QVERIFY(stored >= stop + 41 && stored <= stop + 50);
            QCOMPARE(hashOfTheEnd(*loop), expected);
        }
    }

    void switchesThatAreOffChangeNothing() {
        RunConfiguration plain;
        plain.evaluations = 120;
        const auto expected = hashOfTheEnd(*RunLoop::begin(plain, newPlace()));
        auto said = parseConfiguration(
            "strategy: {snap: none, offspring: 1, refuse_duplicates: false, chromosomes: {}, baseline: none}", "test");
        said.evaluations = 120;
        QCOMPARE(hashOfTheEnd(*RunLoop::begin(said, newPlace())), expected);
    }

    void foundersOfOneCellLeaveOneOfThemOut() {
        auto configuration =
            parseConfiguration("{founders: random, strategy: {kind: map-elites, cells: 1, mutation: 0.01}}", "test");
        configuration.evaluations = 30;
        const auto place = newPlace();
        const auto loop = RunLoop::begin(configuration, place);
        QCOMPARE(loop->snapshot(Phase::Running).members.size(), std::size_t{1});
        hashOfTheEnd(*loop);
        const auto stored = RunCatalog(place.database).snapshot({1});
        QCOMPARE(stored.members.size(), std::size_t{1});
        QCOMPARE(stored.members[0]->id.value, loop->snapshot(Phase::Finished).members[0]->id.value);
    }
};

MERGARIUM_SUITE(ResumeTest)
#include "resume_test.moc"
