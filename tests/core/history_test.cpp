#include "core/history/history.h"
#include "core/database/store_error.h"
#include "core/history/founder_breeding.h"
#include "core/history/ledger.h"
#include "core/history/mixing.h"
#include "core/history/recipes.h"
#include "core/session/stored_session.h"
#include "tests/support/message_of.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <numeric>

using namespace mergarium;
using namespace mergarium::test;

namespace {

RunConfiguration digitsRun(const std::string& strategy, const std::string& founders, std::uint64_t evaluations) {
    auto configuration = parseConfiguration(
        "{name: test, device: cpu, task: {kind: digits}, founders: " + founders + ", strategy: " + strategy + "}",
        "the test's");
    configuration.evaluations = evaluations;
    return configuration;
}

/// What a run showed after each of its steps, 0 included.
std::vector<SessionSnapshot> record(RunLoop& loop) {
    const std::atomic<bool> never = false;
    std::vector<SessionSnapshot> shown{loop.snapshot(Phase::Running)};
    while (!loop.isFinished()) {
        loop.step(never);
        shown.push_back(loop.snapshot(Phase::Running));
    }
    return shown;
}

bool samePoint(const ProgressPoint& one, const ProgressPoint& other) {
    return one.step == other.step && one.bestTrain == other.bestTrain && one.meanTrain == other.meanTrain &&
           one.bestTest == other.bestTest && one.coverage == other.coverage && one.disagreement == other.disagreement &&
           one.entropy == other.entropy;
}

bool samePairing(const Pairing& one, const Pairing& other) {
    return one.step == other.step && one.first == other.first && one.second == other.second &&
           one.child == other.child && one.childTrain == other.childTrain && one.accepted == other.accepted &&
           one.replaced == other.replaced && one.scored == other.scored && one.failure == other.failure;
}

void compareMembers(const Member& past, const Member& live, bool genomes) {
    QCOMPARE(past.id, live.id);
    QCOMPARE(past.born, live.born);
    QVERIFY(std::ranges::equal(past.scores.values(), live.scores.values()));
    QCOMPARE(past.parentage.has_value(), live.parentage.has_value());
    if (past.parentage) {
        QCOMPARE(past.parentage->first, live.parentage->first);
        QCOMPARE(past.parentage->second, live.parentage->second);
        QVERIFY(past.parentage->splice == live.parentage->splice);
    }
    if (!genomes) return;
    // Founder shares follow from it, to the bit.
    QVERIFY(past.genome && past.genome->recipe() && live.genome->recipe());
    QVERIFY(*past.genome->recipe() == *live.genome->recipe());
}

void compare(const SessionSnapshot& past, const SessionSnapshot& live, bool genomes) {
    QCOMPARE(past.evaluations, live.evaluations);
    QCOMPARE(past.budget, live.budget);
    QCOMPARE(past.accepted, live.accepted);
    QCOMPARE(past.fitness, live.fitness);
    QCOMPARE(past.members.size(), live.members.size());
    for (std::size_t slot = 0; slot < live.members.size(); ++slot) {
        QCOMPARE(past.members[slot] != nullptr, live.members[slot] != nullptr);
        if (live.test[slot]) QCOMPARE(past.test[slot], live.test[slot]);
        if (live.members[slot]) compareMembers(*past.members[slot], *live.members[slot], genomes);
        if (QTest::currentTestFailed()) return;
    }
    QVERIFY(std::ranges::equal(*past.curve, *live.curve, samePoint));
    QVERIFY(std::ranges::equal(past.pairings, live.pairings, samePairing));

    Niches pastNiches, liveNiches;
    const auto samples = live.run->samples->size();
    shareNiches(scoreRows(past), samples, {}, pastNiches);
    shareNiches(scoreRows(live), samples, {}, liveNiches);
    QCOMPARE(pastNiches.totals, liveNiches.totals);
}

/// Every step once, to and fro.
std::vector<std::uint64_t> shuffled(std::size_t steps) {
    std::vector<std::uint64_t> order(steps);
    for (std::size_t i = 0; i < steps; ++i) order[i] = i % 2 ? i / 2 : steps - 1 - i / 2;
    return order;
}

}  // namespace

class HistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLookBackIsWhatTheRunShowedThen_data() {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("founders");
        QTest::addColumn<bool>("genomes");
        const auto row = [](const char* name, const char* strategy, const char* founders, bool genomes = true) {
            QTest::newRow(name) << QString(strategy) << QString(founders) << genomes;
        };
        row("m2n2", "{kind: m2n2, archive: 5}", "reference-specialists");
        row("many split points", "{kind: m2n2, archive: 8, splits: 64, ratio: {beta: 0.3}}", "reference-specialists");
        row("whole units", "{kind: m2n2, archive: 5, genes: units, inherit: each, ratio: whole}",
            "reference-specialists");
        row("an angle for every tensor", "{kind: m2n2, archive: 5, interpolation: slerp-per-tensor}",
            "reference-specialists");
        row("parents that have left", "{kind: ga, archive: 3, offspring: 16}", "reference-specialists");
        row("map-elites", "{kind: map-elites, cells: 6}", "reference-specialists");
        row("brute force", "{kind: brute-force, archive: 4}", "reference-specialists");
        row("no parents", "{kind: cma-es, archive: 4}", "random", false);
        row("mutation", "{kind: m2n2, archive: 5, mutation: 0.01}", "random", false);
    }
    void aLookBackIsWhatTheRunShowedThen() {
        QFETCH(QString, strategy);
        QFETCH(QString, founders);
        QFETCH(bool, genomes);
        const auto database = path("runs.db");
        std::filesystem::remove(database);
        const auto loop = RunLoop::begin(digitsRun(strategy.toStdString(), founders.toStdString(), 90),
                                         {.database = database, .resources = kResources, .threads = 1});
        const auto live = record(*loop);
        loop->store(Phase::Finished);

        const auto latest = storedSnapshot(database, live.front().run->id, kResources);
        History history(database, latest);
        QCOMPARE(history.evaluations(), std::uint64_t{90});
        QCOMPARE(history.acceptedSteps().size(), live.back().accepted);
        for (const auto step : shuffled(live.size())) {
            const auto past = history.at(step);
            QCOMPARE(past->run, latest->run);
            QCOMPARE(past->lookedBackFrom, std::optional<std::uint64_t>(90));
            compare(*past, live[step], genomes);
            if (QTest::currentTestFailed()) QFAIL(qPrintable(QString("at step %1").arg(step)));
        }
        QCOMPARE(history.whyNoGenomes().empty(), genomes);
    }

    void languageModelsAreBredAgainFromTheirFiles() {
        auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
        configuration.evaluations = 8;
        const auto database = path("language.db");
        const auto loop = RunLoop::begin(configuration, {.database = database, .resources = kResources, .threads = 2});
        const auto live = record(*loop);
        loop->store(Phase::Finished);
        History history(database, storedSnapshot(database, live.front().run->id, kResources));
        for (const auto step : shuffled(live.size())) compare(*history.at(step), live[step], true);
        // Who lives now has kept its answers.
        const auto now = history.at(8);
        for (const auto& member : now->members) QVERIFY(!member || member->answers);

        std::filesystem::remove_all(database.string() + ".cache");
        History without(database, storedSnapshot(database, live.front().run->id, kResources));
        const auto bare = without.at(8);
        for (const auto& member : bare->members) QVERIFY(!member || bool(member->genome) == !member->parentage);
        QVERIFY(QString::fromStdString(without.whyNoGenomes()).contains("models/tiny-llm/add"));
    }

    void birthsOfARunThatGoesOnAreTakenInAsTheyAreStored() {
        const auto database = path("live.db");
        const auto loop =
            RunLoop::begin(digitsRun("{kind: ga, archive: 3, offspring: 16}", "reference-specialists", 80),
                           {.database = database, .resources = kResources, .threads = 1});
        const std::atomic<bool> never = false;
        std::vector<SessionSnapshot> live{loop->snapshot(Phase::Running)};
        loop->store(Phase::Paused);
        History history(database, std::make_shared<const SessionSnapshot>(live.front()));
        const RunReader early(database, live.front().run->id);
        for (const std::uint64_t end : {9, 21, 22, 39, 80}) {
            while (live.size() <= end) {
                loop->step(never);
                live.push_back(loop->snapshot(Phase::Running));
            }
            loop->store(Phase::Paused);
            QCOMPARE(history.evaluations(), live.size() == 10 ? 0 : history.at(80)->evaluations);
            history.refresh();
            QCOMPARE(history.evaluations(), end);
            for (const auto step : shuffled(live.size())) compare(*history.at(step), live[step], true);
        }
        // Who read the run before sees no more of it, and takes nothing for damage.
        QVERIFY(early.acceptedAfter(0, 1000).empty());
    }

    void littleMemoryGivesTheSameRecipes() {
        const auto database = path("memory.db");
        const auto last =
            runToItsEnd(digitsRun("{kind: m2n2, archive: 8, splits: 16}", "reference-specialists", 300), database);
        const RunReader reader(database, last.run->id);
        Ledger ledger(reader.founders().size(), reader.firstSlots());
        ledger.add(reader.acceptedAfter(0, 1000));
        Mixing mixing(founderBreeding(reader, database));
        mixing.extend(ledger, reader, static_cast<Ledger::Index>(ledger.size() - 1));
        Recipes much(2, last.run->layout.length()), little(2, last.run->layout.length(), 100'000),
            none(2, last.run->layout.length(), 0);
        for (const auto step : shuffled(301)) {
            auto members = ledger.slotsAt(step);
            std::erase(members, Ledger::kNobody);
            const auto expected = much.of(members, ledger, mixing);
            const auto some = little.of(members, ledger, mixing), fresh = none.of(members, ledger, mixing);
            QVERIFY(little.memory() <= 100'000);
            QCOMPARE(none.memory(), std::size_t{0});
            for (std::size_t i = 0; i < members.size(); ++i) {
                QVERIFY(*some[i]->recipe() == *expected[i]->recipe());
                QVERIFY(*fresh[i]->recipe() == *expected[i]->recipe());
            }
        }
        QVERIFY(much.memory() > 200'000);
    }

    void whatCantBeTrueIsRefusedWithASentence() {
        const auto database = stoppedRun(path("damaged.db"));
        const auto latest = storedSnapshot(database, {1}, kResources);
        History history(database, latest);
        // The child of a child that was rejected, and a run that went back.
        exec(database,
             "UPDATE births SET first = 2 + (SELECT MIN(step) FROM births WHERE slot IS NULL) WHERE step = "
             "(SELECT MAX(step) FROM births WHERE slot IS NOT NULL)");
        QVERIFY_EXCEPTION_THROWN(History(database, latest), StoreError);
        exec(database,
             "DELETE FROM births WHERE step > 40; DELETE FROM progress WHERE step > 40; DELETE FROM tests WHERE member "
             "> "
             "42; DELETE FROM answers WHERE member > 42; UPDATE runs SET evaluations = 40");
        const auto message = messageOf([&] { history.refresh(); });
        QVERIFY2(message.ends_with("run 1 has gone back to step 40; open it again."), message.c_str());
        exec(database, "DELETE FROM runs");
        QVERIFY_EXCEPTION_THROWN(history.refresh(), StoreError);
        QVERIFY_EXCEPTION_THROWN(History(database, latest), StoreError);
    }

private:
    std::filesystem::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

    QTemporaryDir folder_;
};

MERGARIUM_SUITE(HistoryTest)
#include "history_test.moc"
