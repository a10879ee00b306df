#include "core/sweeps/sweep.h"
#include "core/configuration/presets.h"
#include "core/store/run_catalog.h"
#include "core/sweeps/stored_comparison.h"
#include "core/sweeps/sweep_draft.h"
#include "core/sweeps/sweep_session.h"
#include "tests/support/runs.h"
#include "tests/support/small_sweep.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using namespace std::chrono_literals;

namespace {

Sweep sweepOf(const std::string& yaml, const SweepChoices& choices = {}) {
    return parseSweep(yaml, "test.yaml", kResources / "presets", kResources, choices);
}

std::string refusal(const std::string& yaml) {
    try {
        sweepOf(yaml);
        return "accepted";
    } catch (const ConfigurationError& error) {
        return error.what();
    }
}

void finish(SweepSession& session) {
    while (session.advance()) session.waitFor(10s);
}

/// What a run came to, whatever its number.
std::vector<std::string> hashesOf(const std::filesystem::path& database) {
    const RunCatalog catalog(database);
    std::vector<std::string> hashes;
    for (const auto& run : catalog.runs())
        hashes.push_back(run.arm + std::to_string(run.seed) + catalog.snapshot(run.id).archiveHash);
    std::ranges::sort(hashes);
    return hashes;
}

}  // namespace

class SweepTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    SweepPlace newPlace(std::size_t jobs = 1) {
        return {.database = folder_.filePath(QString("runs-%1.db").arg(++files_)).toStdString(),
                .resources = kResources,
                .jobs = jobs,
                .threads = 1};
    }

private Q_SLOTS:
    void armsAreTheBaseWithTheirChanges() {
        const auto sweep = sweepOf(test::kSmallSweep);
        QCOMPARE(sweep.name, std::string("small"));
        QCOMPARE(sweep.description, std::string("What it shows."));
        QCOMPARE(sweep.seeds, (std::vector<std::uint64_t>{1, 2}));
        QCOMPARE(sweep.arms.size(), std::size_t{2});
        QVERIFY(std::holds_alternative<M2n2Settings>(sweep.arms[0].configuration.strategy));
        QCOMPARE(sweep.arms[0].configuration.evaluations, 60u);
        QVERIFY(std::holds_alternative<GaSettings>(sweep.arms[1].configuration.strategy));
        QCOMPARE(traitsOf(sweep.arms[1].configuration.strategy).competition.alpha, 0.0);
        QCOMPARE(sweep.published[0].test, 0.52);
        const auto run = configurationOf(sweep.arms[1], 7);
        QCOMPARE(run.seed, 7u);
        QCOMPARE(run.name, std::string("ga, seed 7"));
    }

    void axesMultiply() {
        const auto sweep = sweepOf(
            "{name: grid, base: digits-specialists, seeds: [5, 9], axes: {strategy.alpha: [0, 0.5, 1], strategy.ratio: "
            "[uniform, {beta: 0.3}]}}");
        QCOMPARE(sweep.arms.size(), std::size_t{6});
        QCOMPARE(sweep.arms[0].name, std::string("alpha 0, ratio uniform"));
        QCOMPARE(sweep.arms[3].name, std::string("alpha 0.5, ratio {beta: 0.3}"));
        const auto& fourth = std::get<M2n2Settings>(sweep.arms[3].configuration.strategy);
        QCOMPARE(fourth.competition.alpha, 0.5);
        QCOMPARE(std::get<BetaRatio>(fourth.splice.ratio).shape, 0.3);
        QCOMPARE(sweep.seeds, (std::vector<std::uint64_t>{5, 9}));
        const auto both = sweepOf(
            "{name: grid, base: digits-specialists, arms: {a: {}, b: {strategy.attraction: false}}, axes: "
            "{strategy.archive: [10, 30]}}");
        QCOMPARE(both.arms.size(), std::size_t{4});
        QCOMPARE(both.arms[2].name, std::string("b, archive 10"));
    }

    void theCommandLineHasTheLastWord() {
        const auto sweep =
            sweepOf(test::kSmallSweep,
                    {.name = "other", .seeds = 3, .evaluations = 17, .overrides = {{"strategy.archive", "7"}}});
        QCOMPARE(sweep.name, std::string("other"));
        QCOMPARE(sweep.seeds.size(), std::size_t{3});
        for (const auto& arm : sweep.arms) {
            QCOMPARE(arm.configuration.evaluations, 17u);
            QCOMPARE(traitsOf(arm.configuration.strategy).slots, std::size_t{7});
        }
    }

    void badSweepsAreRefusedWithASentence_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("says");
        QTest::newRow("no base") << "{name: x, arms: {a: {}}}"
                                 << "base";
        QTest::newRow("unknown base") << "{name: x, base: nothing, arms: {a: {}}}"
                                      << "'nothing' is neither a preset";
        QTest::newRow("no arms") << "{name: x, base: digits-specialists}"
                                 << "neither arms nor axes";
        QTest::newRow("unknown key") << "{name: x, base: digits-specialists, arms: {a: {}}, sedes: 3}"
                                     << "sedes: is not a known key";
        QTest::newRow("bad change") << "{name: x, base: digits-specialists, arms: {a: {strategy.alhpa: 3}}}"
                                    << "arm 'a': ";
        QTest::newRow("impossible arm") << "{name: x, base: digits-specialists, arms: {a: {strategy.archive: 1}}}"
                                        << "strategy.archive";
        QTest::newRow("no seeds") << "{name: x, base: digits-specialists, arms: {a: {}}, seeds: 0}"
                                  << "seeds";
        QTest::newRow("seed twice") << "{name: x, base: digits-specialists, arms: {a: {}}, seeds: [1, 1]}"
                                    << "seeds";
        QTest::newRow("number as name") << "{name: 12, base: digits-specialists, arms: {a: {}}}"
                                        << "name";
        QTest::newRow("published of nobody") << "{name: x, base: digits-specialists, arms: {a: {}}, published: {b: 1}}"
                                             << "no arm 'b'";
        QTest::newRow("not YAML") << "{name: x"
                                  << "not YAML";
        QTest::newRow("empty axis") << "{name: x, base: digits-specialists, axes: {strategy.alpha: []}}"
                                    << "list of values";
        QTest::newRow("a list") << "[1, 2]"
                                << "must be a map";
    }
    void badSweepsAreRefusedWithASentence() {
        QFETCH(QString, yaml);
        QFETCH(QString, says);
        const auto sentence = QString::fromStdString(refusal(yaml.toStdString()));
        QVERIFY2(sentence.contains(says), qPrintable(sentence));
        QVERIFY(sentence.startsWith("test.yaml"));
    }

    void theSweepsThatShipAreReadable() {
        const auto sweeps = readSweepPresets(kResources);
        QVERIFY(sweeps.size() >= 2);
        for (const auto& sweep : sweeps) QVERIFY(!sweep.description.empty());
        const auto specialists = std::ranges::find(sweeps, "paper-specialists", &Sweep::name);
        QVERIFY(specialists != sweeps.end());
        QCOMPARE(specialists->arms.size(), std::size_t{7});
        for (const auto& arm : specialists->arms) QCOMPARE(arm.configuration.evaluations, 10'000u);
        // The paper's own arm is the published preset, to the letter.
        auto published = readConfiguration(kResources / "presets" / "digits-specialists.yaml");
        QVERIFY(specialists->arms[0].configuration == published);
    }

    void aBadChangeNamesLineArmAndKey() {
        QCOMPARE(refusal("name: x\nbase: digits-specialists\narms:\n  a: {}\n  b: {strategy.archive: 1}\n"),
                 std::string(
                     "test.yaml, line 5, arm 'b': strategy.archive: must be a whole number from 2 to 100000, not 1."));
    }

    void moreRunsThanAnyoneWaitsForAreRefused() {
        const auto sentence = refusal(
            "name: x\nbase: digits-specialists\narms: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, "
            "j: {}, k: {}}\nseeds: 10000\n");
        QVERIFY2(sentence.find("more than 100000 runs") != std::string::npos, sentence.c_str());
    }

    void aDraftSaysWhatItsFileSays() {
        for (const auto& entry : std::filesystem::directory_iterator(kResources / "sweeps")) {
            std::ifstream stream(entry.path());
            const std::string text(std::istreambuf_iterator<char>(stream), {});
            const auto draft = parseDraft(text, entry.path().string());
            const auto again = toYaml(draft);
            QVERIFY(parseDraft(again, "again") == draft);
            const auto was = readSweep(entry.path(), kResources);
            const auto is = sweepOf(again);
            QCOMPARE(is.name, was.name);
            QCOMPARE(is.description, was.description);
            QCOMPARE(is.seeds, was.seeds);
            QCOMPARE(is.published.size(), was.published.size());
            QCOMPARE(is.arms.size(), was.arms.size());
            for (std::size_t arm = 0; arm < was.arms.size(); ++arm) {
                QCOMPARE(is.arms[arm].name, was.arms[arm].name);
                QVERIFY(is.arms[arm].configuration == was.arms[arm].configuration);
            }
        }
    }

    void aDraftKeepsListsQuotesAndAxes() {
        SweepDraft draft{.description = "Why.",
                         .name = "a: b",
                         .base = "digits-specialists",
                         .common = "budget.evaluations: 60",
                         .arms = {{"yes", ""}, {"#1, \"so\"", "device: \"cpu\""}},
                         .axes = {{"strategy.ratio", "uniform, {beta: 0.3}"}},
                         .seeds = "3,",
                         .published = {}};
        const auto sweep = sweepOf(toYaml(draft));
        QCOMPARE(sweep.name, std::string("a: b"));
        QCOMPARE(sweep.arms.size(), std::size_t{4});
        QCOMPARE(sweep.arms[3].name, std::string("#1, \"so\", ratio {beta: 0.3}"));
        QCOMPARE(sweep.arms[3].configuration.device, std::string("cpu"));
        QCOMPARE(sweep.seeds, (std::vector<std::uint64_t>{3}));
        const auto again = parseDraft(toYaml(draft), "again");
        QCOMPARE(again.seeds, std::string("3,"));
        QCOMPARE(sweepOf(toYaml(again)).arms[3].configuration, sweep.arms[3].configuration);
    }

    void keysOfTheConfigurationAreKnown() {
        const auto keys = configurationKeys();
        for (const auto* key : {"strategy.splits", "strategy.alpha", "budget.evaluations", "founders"})
            QVERIFY2(std::ranges::find(keys, key) != keys.end(), key);
        QVERIFY(std::ranges::find(keys, "seed") == keys.end());
    }

    void everyRunSaysHowFarItIs() {
        const auto place = newPlace();
        const auto sweep = sweepOf(test::kSmallSweep);
        SweepSession session(sweep, place);
        QCOMPARE(session.progress().each.size(), std::size_t{4});
        QCOMPARE(session.progress().each[0].state, SweepRunState::Waiting);
        QVERIFY(!session.progress().each[0].run);
        finish(session);
        const auto each = session.progress().each;
        const auto runs = RunCatalog(place.database).runs();
        for (std::size_t i = 0; i < each.size(); ++i) {
            QCOMPARE(each[i].state, SweepRunState::Finished);
            QCOMPARE(each[i].evaluations, 60u);
            const auto stored = std::ranges::find(runs, *each[i].run, &RunSummary::id);
            QCOMPARE(stored->arm, plannedRun(sweep, i).arm.name);
            QCOMPARE(stored->seed, plannedRun(sweep, i).seed);
            QCOMPARE(*each[i].bestTest, stored->bestTest);
        }
        QVERIFY(SweepSession(sweep, place).progress().each == each);
    }

    void runsEverySeedOfEveryArmOnce() {
        const auto place = newPlace();
        SweepSession session(sweepOf(test::kSmallSweep), place);
        QCOMPARE(session.progress().runs, std::size_t{4});
        QCOMPARE(session.progress().budget, 240u);
        finish(session);
        const auto progress = session.progress();
        QCOMPARE(progress.finished, std::size_t{4});
        QCOMPARE(progress.evaluations, 240u);
        const auto runs = RunCatalog(place.database).runs();
        QCOMPARE(runs.size(), std::size_t{4});
        for (const auto& run : runs) QCOMPARE(run.sweep, std::string("small"));
        // Seed by seed; the newest comes first.
        QCOMPARE(runs[3].name, std::string("m2n2, seed 1"));
        QCOMPARE(runs[2].name, std::string("ga, seed 1"));

        SweepSession again(sweepOf(test::kSmallSweep), place);
        QVERIFY(!again.advance());
        QCOMPARE(again.progress().finished, std::size_t{4});
    }

    void interruptedAnywhereItEndsAsUninterrupted() {
        const auto whole = newPlace();
        SweepSession uninterrupted(sweepOf(test::kSmallSweep), whole);
        finish(uninterrupted);

        const auto place = newPlace(2);
        for (int sitting = 0; sitting < 3; ++sitting) {
            SweepSession session(sweepOf(test::kSmallSweep), place);
            const auto before = session.progress().evaluations;
            while (session.progress().evaluations <= before + 30 * sitting && session.advance()) session.waitFor(10s);
            session.stop();
            finish(session);
        }
        SweepSession last(sweepOf(test::kSmallSweep), place);
        finish(last);
        QCOMPARE(hashesOf(place.database), hashesOf(whole.database));
        const auto expected = storedComparisons(whole.database, kResources, {"small"});
        const auto found = storedComparisons(place.database, kResources, {"small"});
        QCOMPARE(found[0].arms.size(), expected[0].arms.size());
        for (const auto& arm : expected[0].arms) {
            const auto same = std::ranges::find(found[0].arms, arm.name, &ArmResult::name);
            QCOMPARE(same->bestTest.mean, arm.bestTest.mean);
            QCOMPARE(same->area.mean, arm.area.mean);
        }
    }

    void anotherConfigurationUnderTheSameNameIsRefused() {
        const auto place = newPlace();
        SweepSession first(sweepOf(test::kSmallSweep, {.seeds = 1}), place);
        finish(first);
        QVERIFY_EXCEPTION_THROWN(SweepSession(sweepOf(test::kSmallSweep, {.seeds = 1, .evaluations = 61}), place),
                                 std::runtime_error);
        SweepSession more(sweepOf(test::kSmallSweep, {.seeds = 2}), place);
        finish(more);
        QCOMPARE(RunCatalog(place.database).runs().size(), std::size_t{4});
    }

    void aRunThatCannotBeginEndsTheSweep() {
        SweepSession session(
            sweepOf(test::kSmallSweep),
            {.database = "/nonexistent/folder/runs.db", .resources = kResources, .jobs = 1, .threads = 1});
        QVERIFY_EXCEPTION_THROWN(finish(session), std::runtime_error);
    }

    void runsAndSweepsCanBeComparedTogether() {
        const auto place = newPlace();
        SweepSession session(sweepOf(test::kSmallSweep), place);
        finish(session);
        const auto comparisons = storedComparisons(place.database, kResources, {"1", "small", "3"});
        QCOMPARE(comparisons.size(), std::size_t{2});
        QCOMPARE(comparisons[0].title, std::string("small"));
        QCOMPARE(comparisons[1].arms.size(), std::size_t{1});
        QCOMPARE(comparisons[1].arms[0].name, std::string("m2n2"));
        QCOMPARE(comparisons[1].arms[0].seeds, (std::vector<std::uint64_t>{1, 2}));
        // Of one name, and yet no repetitions of one method.
        auto other = parseConfiguration("name: m2n2\nbudget: {evaluations: 40}\nseed: 1\n", "test");
        test::runToItsEnd(other, place.database);
        other.seed = 2;
        test::runToItsEnd(other, place.database);
        const auto apart = storedComparisons(place.database, kResources, {"6", "1", "5"})[0];
        QCOMPARE(apart.arms.size(), std::size_t{2});
        QCOMPARE(apart.arms[0].name, std::string("m2n2, from run 6"));
        QCOMPARE(apart.arms[0].seeds, (std::vector<std::uint64_t>{1, 2}));
        QCOMPARE(apart.arms[0].budget, std::uint64_t{40});
        QCOMPARE(apart.arms[1].name, std::string("m2n2, from run 1"));
        QVERIFY_EXCEPTION_THROWN(storedComparisons(place.database, kResources, {"99"}), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(storedComparisons(place.database, kResources, {"none"}), std::runtime_error);
    }
};

MERGARIUM_SUITE(SweepTest)
#include "sweep_test.moc"
