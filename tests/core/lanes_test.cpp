#include "core/configuration/yaml.h"
#include "core/session/run_loop.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// All that is stored of each birth but when it was.
QStringList birthsIn(const std::filesystem::path& database) {
    SQLite::Database sqlite(database.string());
    SQLite::Statement rows(sqlite, "SELECT * FROM births ORDER BY step");
    QStringList births;
    while (rows.executeStep()) {
        QStringList fields;
        for (int column = 0; column < rows.getColumnCount(); ++column) {
            const auto value = rows.getColumn(column);
            const std::string name = value.getName();
            if (name == "seconds") continue;
            auto text = value.isNull()    ? QString("none")
                        : value.isFloat() ? QString::number(value.getDouble(), 'g', 17)
                        : value.isBlob()
                            ? QByteArray(static_cast<const char*>(value.getBlob()), value.getBytes()).toHex()
                            : QString::fromStdString(value.getString());
            fields << QString::fromStdString(name) + " " + text;
        }
        births << fields.join(", ");
    }
    return births;
}

struct Ended {
    std::string hash;
    QStringList births;
    SessionSnapshot last;
};

Ended finish(RunLoop& loop, const RunPlace& place) {
    while (!loop.isFinished()) loop.step(kNever);
    loop.store(Phase::Finished);
    auto last = loop.snapshot(Phase::Finished);
    return {last.archiveHash, birthsIn(place.database), last};
}

}  // namespace

// However many children are scored side by side, and in whatever order they are done, a run goes the same way. To be
// run under the thread sanitizer too.
class LanesTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    RunPlace placeWith(std::size_t lanes) {
        return {.database = folder_.filePath(QString("runs-%1.db").arg(++files_)).toStdString(),
                .resources = kResources,
                .threads = 1,
                .lanes = lanes,
                .mayStart = test::anyProgram};
    }
    Ended whole(const RunConfiguration& configuration, std::size_t lanes) {
        const auto place = placeWith(lanes);
        return finish(*RunLoop::begin(configuration, place), place);
    }

    RunConfiguration languageRun() {
        auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
        configuration.evaluations = 32;
        configuration.strategy = M2n2Settings{.archive = 4, .offspring = 4};
        auto& task = std::get<CausalLmSettings>(configuration.task);
        for (auto& file : task.files) file.limit = 20;
        task.batch = 4;
        return configuration;
    }

    /// Two models of 64 parameters under a shell script that scores them by their checksums.
    RunConfiguration commandRun() {
        for (const char* name : {"a", "b"}) {
            std::vector<float> values(64);
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = static_cast<float>((i * (name[0] == 'a' ? 7 : 11)) % 13) - 6.0f;
            test::writeTensors(folder_.filePath(name).toStdString() + ".safetensors",
                               {test::tensorOf("w", DType::F32, {64}, values)});
        }
        std::string samples;
        for (int sample = 0; sample < 12; ++sample) samples += "{\"question\": \"" + std::to_string(sample) + "\"}\n";
        test::writeText(folder_.filePath("samples.jsonl").toStdString(), samples);
        RunConfiguration configuration;
        configuration.name = "command";
        configuration.evaluations = 48;
        configuration.strategy = M2n2Settings{.archive = 4, .offspring = 6};
        configuration.founders =
            std::vector<CheckpointFounder>{{.base = folder_.filePath("a.safetensors").toStdString(), .adapter = {}},
                                           {.base = folder_.filePath("b.safetensors").toStdString(), .adapter = {}}};
        configuration.task = CommandSettings{.program = {"sh", MERGARIUM_TEST_DATA "/evaluators/checksum.sh"},
                                             .folder = folder_.path().toStdString(),
                                             .samples = folder_.filePath("samples.jsonl").toStdString(),
                                             .batch = 3};
        return configuration;
    }

    RunConfiguration configurationOf(const QString& what) {
        if (what == "language") return languageRun();
        if (what == "command") return commandRun();
        auto configuration = parseConfiguration(what.toStdString(), "test");
        configuration.name = "test";
        configuration.evaluations = 300;
        return configuration;
    }

    static void addRuns() {
        QTest::addColumn<QString>("what");
        QTest::newRow("m2n2, eight at a time") << "strategy: {offspring: 8, splits: 16, refuse_duplicates: true}";
        QTest::newRow("from scratch") << "{founders: random, strategy: {offspring: 5, mutation: 0.01}}";
        QTest::newRow("one at a time") << "strategy: {splits: 4}";
        QTest::newRow("map-elites") << "strategy: {kind: map-elites, cells: 6}";
        QTest::newRow("cma-es") << "strategy: {kind: cma-es, archive: 5}";
        QTest::newRow("brute-force") << "strategy: {kind: brute-force, archive: 3}";
        QTest::newRow("a language model") << "language";
        QTest::newRow("another program") << "command";
    }

private Q_SLOTS:
    void everyNumberOfLanesGoesTheSameWay_data() { addRuns(); }

    void everyNumberOfLanesGoesTheSameWay() {
        QFETCH(QString, what);
        const auto configuration = configurationOf(what);
        const auto alone = whole(configuration, 1);
        QCOMPARE(alone.births.size(), static_cast<int>(configuration.evaluations));
        for (const std::size_t lanes : {2u, 5u}) {
            const auto many = whole(configuration, lanes);
            QCOMPARE(many.births, alone.births);
            QCOMPARE(many.hash, alone.hash);
            QCOMPARE(many.last.accepted, alone.last.accepted);
            QCOMPARE(many.last.samplesScored, alone.last.samplesScored);
            QCOMPARE(many.last.samplesSaved, alone.last.samplesSaved);
            for (std::size_t slot = 0; slot < alone.last.members.size(); ++slot)
                if (const auto& member = alone.last.members[slot]; member && member->answers)
                    QCOMPARE(*many.last.members[slot]->answers, *member->answers);
        }
        if (what == "language") QVERIFY2(alone.births.filter("scored none").size() < 32, "none was rejected early");
        if (what == "command") QVERIFY2(!alone.births.filter("unlucky").isEmpty(), "none failed");
    }

    void stoppedInTheMiddleItGoesOnWithOtherLanesTheSameWay_data() { addRuns(); }

    void stoppedInTheMiddleItGoesOnWithOtherLanesTheSameWay() {
        QFETCH(QString, what);
        const auto configuration = configurationOf(what);
        const auto alone = whole(configuration, 1);
        auto place = placeWith(3);
        {
            const auto loop = RunLoop::begin(configuration, place);
            for (int step = 0; step < 11; ++step) loop->step(kNever);
            // As when a person pauses, takes a single step, and goes on.
            loop->pauseClock();
            loop->step(kNever, OpenSteps::Ahead::None);
            loop->resumeClock();
            for (int step = 0; step < 2; ++step) loop->step(kNever);
            loop->store(Phase::Paused);
            for (int step = 0; step < 4; ++step) loop->step(kNever);
        }
        place.lanes = 2;
        {
            const auto loop = RunLoop::goOn({1}, place);
            QVERIFY(loop->snapshot(Phase::Running).evaluations >= 14);
            for (int step = 0; step < 5; ++step) loop->step(kNever);
            loop->store(Phase::Stopped);
        }
        place.lanes = 5;
        const auto loop = RunLoop::goOn({1}, place);
        const auto goneOn = finish(*loop, place);
        QCOMPARE(goneOn.births, alone.births);
        QCOMPARE(goneOn.hash, alone.hash);
    }

    void nothingOfAnAbandonedStepIsKept() {
        const auto configuration = configurationOf("strategy: {offspring: 8}");
        const auto alone = whole(configuration, 1);
        const auto place = placeWith(3);
        const auto loop = RunLoop::begin(configuration, place);
        const std::atomic<bool> abandon = true;
        for (int step = 0; step < 100; ++step) {
            loop->step(kNever);
            if (step % 7 == 0) QCOMPARE(loop->step(abandon), StepOutcome::Abandoned);
            QCOMPARE(loop->snapshot(Phase::Running).evaluations, static_cast<std::uint64_t>(step + 1));
        }
        QCOMPARE(finish(*loop, place).births, alone.births);
    }

    void lanesAreNoMoreThanTheStrategyCanKeepBusy() {
        const auto deviceWith = [&](const char* yaml, std::size_t lanes) {
            const auto loop = RunLoop::begin(configurationOf(yaml), placeWith(lanes));
            return loop->snapshot(Phase::Running).run->device;
        };
        QCOMPARE(deviceWith("strategy: {offspring: 3}", 8), std::string("CPU, 3 lanes"));
        QCOMPARE(deviceWith("strategy: {offspring: 3}", 2), std::string("CPU, 2 lanes"));
        QCOMPARE(deviceWith("strategy: {}", 8), std::string("CPU, 1 thread"));
        // One thread was asked for.
        QCOMPARE(deviceWith("strategy: {offspring: 3}", 0), std::string("CPU, 1 thread"));
    }
};

MERGARIUM_SUITE(LanesTest)
#include "lanes_test.moc"
