#include "core/configuration/yaml.h"
#include "core/session/run_loop.h"
#include "core/session/session.h"
#include "tests/support/message_of.h"
#include "tests/support/new_databases.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <atomic>
#include <chrono>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

RunConfiguration configurationOf(const QString& yaml, std::uint64_t evaluations) {
    auto configuration = parseConfiguration(yaml.toStdString(), "test");
    configuration.name = "test";
    configuration.evaluations = evaluations;
    return configuration;
}

/// All that is stored of the births that decides anything.
QStringList birthsIn(const fs::path& database) {
    SQLite::Database sqlite(database.string());
    SQLite::Statement rows(sqlite,
                           "SELECT step, first, second, hex(splits), ratio, hex(scores), train, fitness, slot, "
                           "replaced FROM births ORDER BY step");
    QStringList births;
    while (rows.executeStep()) {
        QStringList fields;
        for (int column = 0; column < rows.getColumnCount(); ++column)
            fields << QString::fromStdString(rows.getColumn(column).getString());
        births << fields.join(' ');
    }
    return births;
}

}  // namespace

// A run that is extended ends, to the bit, as one that had the larger budget from the start.
class ExtendTest : public QObject, test::NewDatabases {
    Q_OBJECT

    static std::unique_ptr<RunLoop> extend(const RunPlace& place, std::uint64_t evaluations) {
        return RunLoop::goOn({1}, place, nullptr, {.evaluations = evaluations});
    }
    static QString refusalOf(const RunPlace& place, std::uint64_t evaluations) {
        return QString::fromStdString(messageOf([&] { extend(place, evaluations); }));
    }

private Q_SLOTS:
    void everyKindEndsAsIfItHadTheBudgetFromTheStart_data() {
        QTest::addColumn<QString>("yaml");
        QTest::newRow("m2n2") << "strategy: {kind: m2n2}";
        QTest::newRow("ga from scratch") << "{founders: random, strategy: {kind: ga, mutation: 0.01}}";
        QTest::newRow("random-pairing") << "strategy: {kind: random-pairing, splits: 8}";
        QTest::newRow("map-elites from scratch") << "{founders: random, strategy: {kind: map-elites, mutation: 0.05}}";
        QTest::newRow("cma-es over weights") << "{founders: random, strategy: {kind: cma-es}}";
        QTest::newRow("cma-es over mixing weights") << "strategy: {kind: cma-es, archive: 5}";
        QTest::newRow("brute-force") << "strategy: {kind: brute-force, archive: 3}";
        // 60 and 97 lie within a block of these.
        QTest::newRow("offspring in blocks") << "strategy: {offspring: 7, archive: 3}";
        QTest::newRow("all switches")
            << "strategy: {offspring: 16, refuse_duplicates: true, snap: layer, capacity: best}";
        QTest::newRow("blocks from scratch") << "{founders: random, strategy: {offspring: 9, mutation: 0.02}}";
    }

    void everyKindEndsAsIfItHadTheBudgetFromTheStart() {
        QFETCH(QString, yaml);
        const auto straight = newPlace();
        const auto expected = test::finish(*RunLoop::begin(configurationOf(yaml, 150), straight)).archiveHash;

        const auto place = newPlace();
        const auto first = test::finish(*RunLoop::begin(configurationOf(yaml, 60), place));
        QVERIFY(first.archiveHash != expected);
        QCOMPARE(test::finish(*extend(place, 97)).budget, 97u);
        {
            // Killed on the way: what wasn't stored is scored again.
            const auto loop = extend(place, 150);
            for (int step = 0; step < 20; ++step) loop->step(kNever);
            loop->store(Phase::Paused);
            for (int step = 0; step < 5; ++step) loop->step(kNever);
        }
        const auto last = test::finish(*RunLoop::goOn({1}, place));
        QCOMPARE(last.archiveHash, expected);
        QCOMPARE(last.evaluations, 150u);
        QCOMPARE(birthsIn(place.database), birthsIn(straight.database));

        const RunCatalog catalog(place.database);
        QCOMPARE(catalog.inspect({1}).sentence(), std::string());
        QCOMPARE(catalog.snapshot({1}).run->configuration.evaluations, 150u);
        QCOMPARE(catalog.runs().front().budget, 150u);
        QCOMPARE(catalog.runs().front().phase, Phase::Finished);
    }

    void thatARunWasExtendedIsAnEvent() {
        const auto place = newPlace();
        test::finish(*RunLoop::begin(test::shortRun(30), place));
        test::finish(*extend(place, 45));
        SQLite::Database sqlite(place.database.string());
        SQLite::Statement event(sqlite, "SELECT step, text FROM events WHERE kind = 'extended'");
        QVERIFY(event.executeStep());
        QCOMPARE(event.getColumn(0).getInt(), 30);
        QCOMPARE(event.getColumn(1).getString(), std::string("from 30 to 45 evaluations"));
        QVERIFY(!event.executeStep());
    }

    void aStoppedRunIsExtendedToo() {
        const auto expected = test::runToItsEnd(test::shortRun(80), newPlace().database).archiveHash;
        const auto place = newPlace();
        {
            const auto loop = RunLoop::begin(test::shortRun(50), place);
            for (int step = 0; step < 20; ++step) loop->step(kNever);
            loop->store(Phase::Stopped);
        }
        QCOMPARE(test::finish(*extend(place, 80)).archiveHash, expected);
    }

    void whatIsRefusedStaysAsItWas() {
        const auto place = newPlace();
        const auto before = test::finish(*RunLoop::begin(test::shortRun(30), place));
        for (const std::uint64_t evaluations : {30u, 29u, 0u})
            QCOMPARE(
                refusalOf(place, evaluations),
                QString("Run 1 has a budget of 30 evaluations; extend it to more than that, not %1.").arg(evaluations));
        QVERIFY(refusalOf(place, 1'000'000'001).startsWith("budget.evaluations: "));
        QVERIFY(
            messageOf([&] { RunLoop::goOn({1}, place); }).ends_with("run 1 has finished; extend it to go on with it."));
        const RunCatalog catalog(place.database);
        const auto after = catalog.snapshot({1});
        QCOMPARE(after.phase, Phase::Finished);
        QCOMPARE(after.budget, 30u);
        QCOMPARE(after.archiveHash, before.archiveHash);
        QVERIFY(catalog.inspect({1}).isWhole());
        QCOMPARE(test::finish(*extend(place, 31)).evaluations, 31u);
    }

    void aGridOfRatiosHasOneBudget() {
        const auto place = newPlace();
        test::finish(*RunLoop::begin(configurationOf("strategy: {kind: brute-force, ratio: grid}", 20), place));
        QCOMPARE(refusalOf(place, 40),
                 QString("Run 1 can't be extended: a grid has as many ratios as there are evaluations; start a new one "
                         "with more."));
        QCOMPARE(RunCatalog(place.database).snapshot({1}).phase, Phase::Finished);
    }

    void runsOfASweepHaveOneBudget() {
        const auto place = newPlace();
        test::finish(*RunLoop::begin(test::shortRun(20), place, nullptr, {.sweep = "small", .arm = "ga"}));
        QVERIFY2(refusalOf(place, 40).contains("run 1 belongs to the sweep 'small'"), qPrintable(refusalOf(place, 40)));
    }

    void aSpoiltRunIsNotExtended() {
        const auto place = newPlace();
        test::finish(*RunLoop::begin(test::shortRun(30), place));
        SQLite::Database(place.database.string(), SQLite::OPEN_READWRITE)
            .exec(
                "UPDATE runs SET budget = 31, configuration = replace(configuration, 'evaluations: 30', "
                "'evaluations: 31')");
        QVERIFY_EXCEPTION_THROWN(extend(place, 60), RunDamaged);
    }

    // What the window and the command line ask for.
    void aSessionExtends() {
        const auto place = newPlace();
        const auto expected = test::runToItsEnd(test::shortRun(80), newPlace().database).archiveHash;
        test::finish(*RunLoop::begin(test::shortRun(30), place));
        Session session({.run = ResumedRun{.id = {1}, .verify = true, .evaluations = 80},
                         .database = place.database,
                         .resources = test::kResources,
                         .threads = 1},
                        nullptr);
        QVERIFY(session.waitFor(std::chrono::seconds(60)));
        const auto last = session.take();
        QCOMPARE(last->phase, Phase::Finished);
        QCOMPARE(last->budget, 80u);
        QCOMPARE(last->run->configuration.evaluations, 80u);
        QCOMPARE(last->archiveHash, expected);
    }
};

MERGARIUM_SUITE(ExtendTest)
#include "extend_test.moc"
