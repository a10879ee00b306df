#include "core/archive/archive.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace mergarium;

// What a configuration says of a strategy, from its YAML to what the run does.
class StrategySettingsTest : public QObject {
    Q_OBJECT

    static RunConfiguration configurationOf(const std::string& yaml, std::uint64_t evaluations) {
        auto configuration = parseConfiguration(yaml, "test");
        configuration.name = "test";
        configuration.evaluations = evaluations;
        return configuration;
    }
    static SessionSnapshot run(const std::string& yaml, std::uint64_t evaluations) {
        const QTemporaryDir folder;
        return test::runToItsEnd(configurationOf(yaml, evaluations), folder.filePath("runs.db").toStdString());
    }
    static std::size_t matedWithItself(const SessionSnapshot& last) {
        return static_cast<std::size_t>(
            std::ranges::count_if(last.pairings, [](const Pairing& one) { return one.first == one.second; }));
    }
    static std::vector<Splice> splicesOf(const SessionSnapshot& last) {
        std::vector<Splice> splices;
        for (const auto& member : last.members)
            if (member && member->parentage) splices.push_back(member->parentage->splice);
        return splices;
    }
    static std::set<std::uint64_t> splitsOf(const SessionSnapshot& last) {
        std::set<std::uint64_t> splits;
        for (const auto& splice : splicesOf(last)) splits.insert(splice.splits.begin(), splice.splits.end());
        return splits;
    }

private Q_SLOTS:
    void everySettingMakesAnotherRun_data() {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("setting");
        const auto add = [](const char* strategy, std::initializer_list<const char*> settings) {
            for (const auto* setting : settings)
                QTest::addRow("%s, %s", strategy, setting) << QString(strategy) << QString(setting);
        };
        add("kind: m2n2", {"archive: 5", "alpha: 0.5", "epsilon: 2", "attraction: false", "splits: 3", "splits: 0",
                           "ratio: {beta: 0.3}", "interpolation: lerp", "interpolation: slerp-per-side", "snap: tensor",
                           "snap: layer", "offspring: 5", "chromosomes: {output: [\"output.*\"]}"});
        // Of a right or wrong answer the worst is above zero only where every member is right: as few soon are.
        add("kind: m2n2, archive: 5, mutation: 0.05", {"baseline: worst"});
        add("kind: m2n2, archive: 5, splits: 0", {"refuse_duplicates: true"});
        add("kind: m2n2, mutation: 0.02", {"crossover: false", "mutation: 0.01"});
        add("kind: ga", {"archive: 5", "splits: 3", "offspring: 5"});
        add("kind: random-pairing", {"archive: 5", "ratio: {beta: 0.3}"});
        add("kind: map-elites, cells: 6",
            {"cells: 3", "splits: 3", "ratio: {beta: 0.3}", "snap: tensor", "chromosomes: {output: [\"output.*\"]}",
             "descriptors: {low: [\"0\", \"1\"], high: [\"8\", \"9\"]}"});
        add("kind: map-elites, mutation: 0.02", {"crossover: false"});
        add("kind: cma-es, archive: 5", {"archive: 3", "step: 0.7", "population: 5", "layers: 2"});
        add("kind: brute-force, archive: 5",
            {"archive: 3", "ratio: grid", "ratio: {beta: 0.3}", "interpolation: lerp"});
    }
    void everySettingMakesAnotherRun() {
        QFETCH(QString, strategy);
        QFETCH(QString, setting);
        // Of two equal keys the last would be refused: a setting that the strategy says already takes its place.
        const auto key = setting.section(':', 0, 0);
        QStringList kept;
        for (const auto& one : strategy.split(", "))
            if (one.section(':', 0, 0) != key) kept << one;
        const auto plain = run(QString("strategy: {%1}").arg(strategy).toStdString(), 60);
        const auto other = run(QString("strategy: {%1, %2}").arg(kept.join(", "), setting).toStdString(), 60);
        QVERIFY(other.archiveHash != plain.archiveHash);
    }

    void oneChromosomeIsTheWholeVector_data() {
        QTest::addColumn<QString>("kind");
        for (const auto* kind : {"m2n2", "random-pairing", "map-elites"}) QTest::newRow(kind) << QString(kind);
    }
    void oneChromosomeIsTheWholeVector() {
        QFETCH(QString, kind);
        const auto plain = run(QString("strategy: {kind: %1, splits: [0, 5]}").arg(kind).toStdString(), 80);
        const auto one = run(
            QString("strategy: {kind: %1, splits: [0, 5], chromosomes: {all: [\"*\"]}}").arg(kind).toStdString(), 80);
        QCOMPARE(one.archiveHash, plain.archiveHash);
    }

    // Input: 64 x 256 weights and 256 biases; output: 256 x 10 weights and 10 biases.
    void everyChromosomeHasItsOwnSplitPoints() {
        const auto last = run("strategy: {splits: 3, chromosomes: {output: [\"output.*\"]}}", 60);
        const auto splices = splicesOf(last);
        QVERIFY(splices.size() > 3);
        for (const auto& splice : splices) {
            QVERIFY(splice.splits.empty());
            QCOMPARE(splice.chromosomes->names(), (std::vector<std::string>{"output", "rest"}));
            QCOMPARE(splitCountOf(splice), std::size_t{6});
            for (const auto split : splice.cuts[0].splits) QVERIFY(split >= 16'640 && split < 19'210);
            for (const auto split : splice.cuts[1].splits) QVERIFY(split < 16'640);
        }
    }

    void chromosomesThatDontFitAreRefused_data() {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("words");
        QTest::newRow("pattern") << "chromosomes: {output: [\"out.*\"]}"
                                 << "'out.*'";
        QTest::newRow("nothing left") << "chromosomes: {all: [\"*\"], output: [\"output.*\"]}"
                                      << "output";
        QTest::newRow("snap") << "snap: tensor, chromosomes: {bias: [output.bias]}"
                              << "bias";
        QTest::newRow("no pattern") << "chromosomes: {output: []}"
                                    << "output";
        QTest::newRow("no map") << "chromosomes: [output]"
                                << "strategy.chromosomes";
        QTest::newRow("no patterns") << "chromosomes: {output: {a: b}}"
                                     << "output";
    }
    void chromosomesThatDontFitAreRefused() {
        QFETCH(QString, strategy);
        QFETCH(QString, words);
        try {
            (void)run(QString("strategy: {%1}").arg(strategy).toStdString(), 5);
            QFAIL("it ran");
        } catch (const std::runtime_error& error) {
            const QString sentence(error.what());
            QVERIFY2(sentence.contains(words) && !sentence.contains('\n'), qPrintable(sentence));
        }
    }

    void attractionMatesNobodyWithItself() {
        QCOMPARE(matedWithItself(run("strategy: {attraction: true}", 100)), std::size_t{0});
        QVERIFY(matedWithItself(run("strategy: {attraction: false}", 100)) > 0);
    }

    void withoutCrossoverEveryChildHasOneParent_data() {
        QTest::addColumn<QString>("kind");
        for (const auto* kind : {"m2n2", "ga", "map-elites"}) QTest::newRow(kind) << QString(kind);
    }
    void withoutCrossoverEveryChildHasOneParent() {
        QFETCH(QString, kind);
        const auto last = run(QString("{founders: random, strategy: {kind: %1, crossover: false, mutation: 0.05}}")
                                  .arg(kind)
                                  .toStdString(),
                              60);
        QCOMPARE(matedWithItself(last), std::size_t{60});
        const auto splices = splicesOf(last);
        QVERIFY(splices.size() > 1);
        std::set<std::uint64_t> noise;
        for (const auto& splice : splices) {
            QVERIFY(splice.splits.empty());
            QCOMPARE(splice.mutation->sigma, 0.05);
            noise.insert(splice.mutation->seed);
        }
        QCOMPARE(noise.size(), splices.size());
    }

    // Of the digits' network: 64 x 256 weights, 256 biases, 256 x 10 weights, 10 biases.
    void splitPointsSnapToTensorsOrLayers_data() {
        QTest::addColumn<QString>("strategy");
        QTest::newRow("m2n2") << "kind: m2n2, splits: 8";
        QTest::newRow("map-elites") << "kind: map-elites, cells: 6, splits: 8";
    }
    void splitPointsSnapToTensorsOrLayers() {
        QFETCH(QString, strategy);
        const auto with = [&](const char* snap) {
            return splitsOf(run(QString("strategy: {%1, snap: %2}").arg(strategy, snap).toStdString(), 60));
        };
        QCOMPARE(with("tensor"), (std::set<std::uint64_t>{16'384, 16'640, 19'200}));
        QCOMPARE(with("layer"), (std::set<std::uint64_t>{16'640}));
        QVERIFY(with("none").size() > 8);
    }

    void offspringOfTheFirstBlockAreTheFounders() {
        const auto parentsAfter = [](const SessionSnapshot& last, std::size_t steps) {
            std::uint64_t youngest = 0;
            for (std::size_t i = 0; i < steps; ++i)
                youngest = std::max({youngest, last.pairings[i].first.value, last.pairings[i].second.value});
            return youngest;
        };
        const auto blocks = run("strategy: {offspring: 20}", 60);
        QVERIFY(parentsAfter(blocks, 20) <= 2);
        QVERIFY(parentsAfter(blocks, 40) <= 22);
        QVERIFY(parentsAfter(blocks, 40) > 2);
        QVERIFY(parentsAfter(run("strategy: {offspring: 1}", 60), 20) > 2);
    }

    void duplicatesStayOutWhenRefused() {
        const auto duplicates = [](const char* refuse) {
            const auto last =
                run(QString("strategy: {splits: 0, refuse_duplicates: %1}").arg(refuse).toStdString(), 100);
            std::size_t found = 0;
            for (std::size_t a = 0; a < last.members.size(); ++a)
                for (std::size_t b = 0; b < a && last.members[a]; ++b)
                    found += last.members[b] &&
                             std::ranges::equal(last.members[a]->scores.values(), last.members[b]->scores.values());
            return found;
        };
        QCOMPARE(duplicates("true"), std::size_t{0});
        QVERIFY(duplicates("false") > 0);
    }

    void fitnessFollowsTheRule_data() {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("epsilon");
        QTest::newRow("m2n2") << "kind: m2n2" << 1.0 << 0.0;
        QTest::newRow("softer") << "kind: m2n2, alpha: 0.5, epsilon: 3" << 0.5 << 3.0;
        QTest::newRow("ga") << "kind: ga" << 0.0 << 0.0;
        QTest::newRow("brute force") << "kind: brute-force" << 0.0 << 0.0;
    }
    void fitnessFollowsTheRule() {
        QFETCH(QString, strategy);
        QFETCH(double, alpha);
        QFETCH(double, epsilon);
        const auto last = run(QString("strategy: {%1}").arg(strategy).toStdString(), 40);
        Archive archive(last.members.size(), 1437, {.alpha = alpha, .epsilon = epsilon});
        for (std::size_t slot = 0; slot < last.members.size(); ++slot) archive.place(slot, last.members[slot]);
        QCOMPARE(last.fitness, archive.fitness());
    }

    void aGridOfRatiosGoesFromOneFounderToTheOther() {
        const auto last = run("strategy: {kind: brute-force, ratio: grid, archive: 20}", 9);
        const auto splices = splicesOf(last);
        QCOMPARE(splices.size(), std::size_t{9});
        for (std::size_t i = 0; i < 9; ++i) QCOMPARE(splices[i].ratio, static_cast<double>(i) / 8.0);
    }

    void mapElitesHasACellForEveryPairOfIntervals() {
        QCOMPARE(run("strategy: {kind: map-elites, cells: 3}", 5).members.size(), std::size_t{9});
    }
};

MERGARIUM_SUITE(StrategySettingsTest)
#include "strategy_settings_test.moc"
