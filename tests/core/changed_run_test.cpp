#include "core/configuration/yaml.h"
#include "core/history/history.h"
#include "core/session/run_loop.h"
#include "core/session/stored_session.h"
#include "tests/support/new_databases.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <fmt/format.h>

#include <QTest>

#include <atomic>

using namespace mergarium;
using test::finish;
using test::stepTo;

namespace {

RunConfiguration configurationOf(const char* yaml) {
    auto configuration = parseConfiguration(yaml, "test");
    configuration.name = "test";
    configuration.evaluations = 80;
    configuration.device = "cpu";
    return configuration;
}

}  // namespace

/// Runs that are gone on with other parameters than they began with.
class ChangedRunTest : public QObject, test::NewDatabases {
    Q_OBJECT

    static std::unique_ptr<RunLoop> change(const RunPlace& place, std::vector<Override> changes) {
        return RunLoop::goOn({1}, place, nullptr, {.changes = std::move(changes)});
    }
    /// To step 22, stopped there.
    RunPlace stopped(const RunConfiguration& configuration, std::uint64_t at = 22) {
        const auto place = newPlace();
        const auto loop = RunLoop::begin(configuration, place);
        stepTo(*loop, at);
        loop->store(Phase::Stopped);
        return place;
    }
    QString objection(const RunPlace& place, std::vector<Override> changes) {
        try {
            (void)change(place, std::move(changes));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "changed";
    }

private Q_SLOTS:
    void everyStepIsGoneByTheParametersThatHeldThen_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addRow("alpha") << "{}"
                               << "strategy.alpha"
                               << "0.2";
        QTest::addRow("attraction") << "{}"
                                    << "strategy.attraction"
                                    << "false";
        QTest::addRow("splits") << "{}"
                                << "strategy.splits"
                                << "16";
        QTest::addRow("a larger archive") << "strategy: {archive: 8}"
                                          << "strategy.archive"
                                          << "14";
        QTest::addRow("a smaller archive") << "strategy: {archive: 12}"
                                           << "strategy.archive"
                                           << "5";
        QTest::addRow("a smaller archive in blocks") << "strategy: {archive: 12, offspring: 4}"
                                                     << "strategy.archive"
                                                     << "5";
        QTest::addRow("map-elites") << "strategy: {kind: map-elites, cells: 6}"
                                    << "strategy.splits"
                                    << "16";
        QTest::addRow("fewer of the best") << "strategy: {kind: cma-es, archive: 12}"
                                           << "strategy.archive"
                                           << "5";
        QTest::addRow("more of the best") << "strategy: {kind: cma-es, archive: 5}"
                                          << "strategy.archive"
                                          << "12";
        QTest::addRow("other ratios") << "strategy: {kind: brute-force, archive: 6}"
                                      << "strategy.ratio"
                                      << "{beta: 0.4}";
        QTest::addRow("a smaller grid") << "strategy: {kind: brute-force, archive: 12, ratio: grid}"
                                        << "strategy.archive"
                                        << "5";
        QTest::addRow("blocks") << "strategy: {offspring: 4}"
                                << "strategy.offspring"
                                << "6";
        QTest::addRow("mutation") << "strategy: {mutation: 0.01}"
                                  << "strategy.mutation"
                                  << "0.02";
        QTest::addRow("ga") << "strategy: {kind: ga}"
                            << "strategy.crossover"
                            << "true";
    }
    void everyStepIsGoneByTheParametersThatHeldThen() {
        QFETCH(QString, yaml);
        QFETCH(QString, key);
        QFETCH(QString, value);
        const auto configuration = configurationOf(yaml.toUtf8().constData());
        const std::vector<Override> changes{{key.toStdString(), value.toStdString()}};
        const auto untouched = finish(*RunLoop::begin(configuration, newPlace())).archiveHash;

        // In one sitting from the change on.
        const auto expected = finish(*change(stopped(configuration), changes)).archiveHash;
        const bool matters = key != "strategy.crossover";
        QCOMPARE(expected != untouched, matters);

        // Killed after the change: bred again from before it, by what held then, and from it on by what holds now.
        const auto killed = stopped(configuration);
        {
            const auto loop = change(killed, changes);
            stepTo(*loop, 45);
            loop->store(Phase::Paused);
        }
        const auto again = RunLoop::goOn({1}, killed);
        QCOMPARE(again->snapshot(Phase::Running).evaluations, std::uint64_t{45});
        QCOMPARE(finish(*again).archiveHash, expected);
    }

    void aRunIsBredAgainFromTheFoundersThroughAllChanges() {
        // No checkpoint at all before the end: a kill in the first second.
        const auto configuration = configurationOf("strategy: {archive: 6}");
        const auto run = [&](bool kill) {
            const auto place = newPlace();
            auto loop = RunLoop::begin(configuration, place);
            const auto goOn = [&](std::uint64_t to, std::vector<Override> changes) {
                stepTo(*loop, to);
                loop->store(Phase::Paused);
                loop.reset();
                loop = change(place, std::move(changes));
            };
            goOn(12, {{"strategy.alpha", "0.3"}});
            goOn(24, {{"strategy.archive", "9"}, {"strategy.attraction", "false"}});
            goOn(24, {{"strategy.splits", "8"}});
            stepTo(*loop, 40);
            if (kill) {
                loop->store(Phase::Paused);
                loop.reset();
                loop = RunLoop::goOn({1}, place);
            }
            return finish(*loop).archiveHash;
        };
        QCOMPARE(run(true), run(false));
    }

    // The rest of the block is proposed from the archive as it is at the change, however many children are in flight.
    void lanesDontMatterWhereARunIsChangedWithinABlock() {
        const auto end = [&](std::size_t lanes) {
            auto place = stopped(configurationOf("strategy: {offspring: 16}"), 18);
            place.lanes = place.threads = lanes;
            return finish(*change(place, {{"strategy.alpha", "0.5"}})).archiveHash;
        };
        QCOMPARE(end(4), end(1));
    }

    void whatIsStoredSaysWhatHolds() {
        const auto place = stopped(configurationOf("{}"));
        const auto loop = change(place, {{"strategy.alpha", "0.25"}});
        const auto last = finish(*loop);
        const auto stored = RunCatalog(place.database).snapshot({1});
        QCOMPARE(std::get<M2n2Settings>(stored.run->configuration.strategy).competition.alpha, 0.25);
        QCOMPARE(stored.archiveHash, last.archiveHash);
        QVERIFY(RunCatalog(place.database).inspect({1}).isWhole());
        const auto point = RunCatalog(place.database).resumePoint({1});
        QCOMPARE(point.changes.size(), std::size_t{1});
        QCOMPARE(point.changes[0].step, std::uint64_t{22});
        QCOMPARE(std::get<M2n2Settings>(point.changes[0].before.strategy).competition.alpha, 1.0);
    }

    // One after another the weakest leaves, as those that are left compete.
    void whoLeavesASmallerArchiveIsTheWeakest() {
        const auto place = stopped(configurationOf("strategy: {archive: 12}"), 30);
        const auto before = RunCatalog(place.database).snapshot({1});
        const auto after = change(place, {{"strategy.archive", "7"}})->snapshot(Phase::Paused);
        std::vector<MemberPtr> left = before.members;
        while (left.size() > 7) {
            std::vector<std::span<const float>> rows;
            for (const auto& member : left) rows.push_back(member->scores.values());
            Niches niches;
            shareNiches(rows, rows.front().size(), CompetitionRule{}, niches);
            const auto rank = [&](const MemberPtr& one) {
                return std::pair(fitness(one->scores.values(), niches.worth), one->id);
            };
            left.erase(std::ranges::min_element(left, {}, rank));
        }
        QCOMPARE(after.members.size(), std::size_t{7});
        for (std::size_t slot = 0; slot < left.size(); ++slot) QCOMPARE(after.members[slot]->id, left[slot]->id);
    }

    void anArchiveThatIsNotFullShrinksToItsMembers() {
        const auto place = stopped(configurationOf("strategy: {archive: 40}"), 5);
        const auto before = RunCatalog(place.database).snapshot({1});
        const auto loop = change(place, {{"strategy.archive", "9"}});
        const auto count = [](const SessionSnapshot& one) {
            return std::ranges::count_if(one.members, [](const MemberPtr& member) { return member != nullptr; });
        };
        QCOMPARE(count(loop->snapshot(Phase::Paused)), count(before));
        QCOMPARE(finish(*loop).members.size(), std::size_t{9});
    }

    // Shrunk, grown and shrunk again; each step looked back at is what the run showed then.
    void whatIsStoredOfASmallerArchiveTellsWhoSatWhere() {
        const auto place = newPlace();
        const std::atomic<bool> never = false;
        std::map<std::uint64_t, SessionSnapshot> shown;
        auto loop = RunLoop::begin(configurationOf("strategy: {archive: 10}"), place);
        const auto goTo = [&](std::uint64_t step) {
            const auto look = [&] {
                auto now = loop->snapshot(Phase::Running);
                const auto at = now.evaluations;
                shown[at] = std::move(now);
                return at;
            };
            while (look() < step) loop->step(never);
        };
        const auto goOn = [&](const char* archive) {
            loop->store(Phase::Stopped);
            loop.reset();
            loop = change(place, {{"strategy.archive", archive}});
        };
        goTo(20);
        goOn("4");
        goTo(35);
        goOn("7");
        goTo(50);
        goOn("3");
        goTo(80);
        loop->store(Phase::Finished);
        QVERIFY(RunCatalog(place.database).inspect({1}).isWhole());
        History history(place.database, storedSnapshot(place.database, {1}, place.resources));
        for (const auto& [step, live] : shown) {
            const auto past = history.at(step);
            QCOMPARE(past->members.size(), live.members.size());
            QCOMPARE(past->fitness, live.fitness);
            for (std::size_t slot = 0; slot < live.members.size(); ++slot) {
                QCOMPARE(past->members[slot] != nullptr, live.members[slot] != nullptr);
                if (!live.members[slot]) continue;
                QCOMPARE(past->members[slot]->id, live.members[slot]->id);
                QVERIFY2(past->members[slot]->genome, history.whyNoGenomes().c_str());
                QVERIFY(*past->members[slot]->genome->recipe() == *live.members[slot]->genome->recipe());
            }
        }
    }

    void aSeatThatNobodyCanHaveHadIsRefused() {
        const auto place = stopped(configurationOf("strategy: {archive: 10}"));
        {
            const auto loop = change(place, {{"strategy.archive", "4"}});
            stepTo(*loop, 40);
            loop->store(Phase::Paused);
        }
        const auto spoilt = [&](const char* seating) -> QString {
            test::exec(place.database, fmt::format("UPDATE events SET text = '{}' WHERE kind = 'reseated'", seating));
            try {
                (void)RunCatalog(place.database).snapshot({1});
                (void)RunLoop::goOn({1}, place);
            } catch (const std::runtime_error& error) {
                return error.what();
            }
            return "gone on with";
        };
        QVERIFY(spoilt("1 2 x 4").contains("list of members"));
        QVERIFY(spoilt("1 2 2 4").contains("two slots"));
        QVERIFY(spoilt("1 2 99999 4").contains("never accepted"));
        QVERIFY(spoilt("1 2 3 4 5 6 7").contains("has no slot"));
    }

    void aRunIsChangedAndExtendedAtOnce() {
        const auto place = stopped(configurationOf("{}"));
        const auto loop =
            RunLoop::goOn({1}, place, nullptr, {.evaluations = 100, .changes = {{"strategy.alpha", "0.25"}}});
        QCOMPARE(finish(*loop).evaluations, std::uint64_t{100});
    }

    void whatCantBeChangedIsSaid() {
        const auto place = stopped(configurationOf("strategy: {archive: 8}"));
        QCOMPARE(
            objection(place, {{"strategy.mutation", "0.1"}}),
            QString("Run 1 can't be changed: with mutation its models are held otherwise than without; start a new "
                    "one."));
        QCOMPARE(objection(place, {{"seed", "7"}}),
                 QString("Run 1 can't be changed: nothing but its strategy's parameters may become others; start a new "
                         "one."));
        QCOMPARE(
            objection(place, {{"strategy.genes", "units"}}),
            QString("Run 1 can't be changed: strategy.genes has to stay, since its models are mixtures of what it has "
                    "children inherit; start a new one."));
        QVERIFY(objection(place, {{"strategy.alpah", "7"}}).contains("alpah"));
        QCOMPARE(objection(stopped(configurationOf("strategy: {kind: map-elites}")), {{"strategy.cells", "4"}}),
                 QString("Run 1 can't be changed: strategy.cells has to stay, since its members sit where their "
                         "behaviours lie in the map; start a new one."));
        QCOMPARE(objection(stopped(configurationOf("strategy: {kind: cma-es}")), {{"strategy.step", "0.3"}}),
                 QString("Run 1 can't be changed: strategy.step has to stay, since the distribution that it has learnt "
                         "goes by them; start a new one."));
        // Neither to a grid nor away from one.
        for (const auto& [was, is] : {std::pair("uniform", "grid"), std::pair("grid", "uniform")})
            QCOMPARE(
                objection(
                    stopped(configurationOf(fmt::format("strategy: {{kind: brute-force, ratio: {}}}", was).c_str())),
                    {{"strategy.ratio", is}}),
                QString("Run 1 can't be changed: strategy.ratio has to stay, since a grid of ratios is laid before "
                        "the first evaluation; start a new one."));
        // Nothing of it was stored.
        QVERIFY(RunCatalog(place.database).resumePoint({1}).changes.empty());
        QVERIFY(finish(*RunLoop::goOn({1}, place)).evaluations == 80);
    }
};

MERGARIUM_SUITE(ChangedRunTest)
#include "changed_run_test.moc"
