#include "core/configuration/yaml.h"
#include "core/session/session.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/command_line.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>

using namespace mergarium;
using namespace mergarium::test;
using namespace std::chrono_literals;
using test::cli;
using test::Ended;
using test::endOf;

namespace {

const QString kExample = MERGARIUM_SOURCE_DIR "/resources/evaluators/example.yaml";
const QString kStandIn = "task.program=[./example.sh]";

}  // namespace

// Two small language models under programs that score them, by way of the command line.
class CommandRunTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    QString folder_;

    QString pathOf(const char* name) const { return folder_ + "/" + name; }

    QStringList runOf(const char* database, int evaluations, const QStringList& settings = {kStandIn}) const {
        QStringList arguments{
            "run",       kExample, "--json", "--db", pathOf(database), "--evaluations", QString::number(evaluations),
            "--threads", "1"};
        arguments << "--set"
                  << "task.scratch=" + folder_;
        for (const auto& one : settings) arguments << "--set" << one;
        if (settings.isEmpty()) arguments << "--trust-program";
        return arguments;
    }
    Ended resume(const char* database) const { return cli({"resume", "1", "--json", "--db", pathOf(database)}); }

    /// Starts a run, and when births are stored sends `signal`.
    Ended interrupted(const char* database, int evaluations, int signal) const {
        QProcess process;
        process.start(MERGARIUM_CLI, runOf(database, evaluations));
        const auto births = [&]() -> std::uint64_t {
            try {
                return RunCatalog(pathOf(database).toStdString()).snapshot({1}).evaluations;
            } catch (const std::exception&) {
                return 0;  // not there yet
            }
        };
        while (births() == 0 && !process.waitForFinished(20)) {
        }
        ::kill(static_cast<pid_t>(process.processId()), signal);
        return endOf(process);
    }

    QString fickle(const std::string& then) const {
        test::writeText(pathOf("fickle").toStdString(), test::fickleEvaluator(then));
        return "task.program=[sh, " + pathOf("fickle") + "]";
    }

    bool isClean() const {
        for (const auto& entry : std::filesystem::directory_iterator(folder_.toStdString()))
            if (entry.path().filename().string().starts_with(".mergarium-scratch")) return false;
        return true;
    }

private Q_SLOTS:
    void init() {
        QVERIFY(temporary_.isValid());
        // Nothing that is approved here is approved for the person.
        qputenv("XDG_CONFIG_HOME", temporary_.filePath("configuration").toUtf8());
        folder_ = temporary_.filePath(QTest::currentTestFunction());
        QVERIFY(QDir().mkpath(folder_));
    }

    void theExampleInPythonFindsWhatBothModelsKnow() {
        if (QStandardPaths::findExecutable("python3").isEmpty()) QSKIP("python3 is not installed");
        const auto ended = cli(runOf("runs.db", 40, {}));
        QVERIFY2(ended.code == 0, ended.errors);
        const auto summary = ended.json();
        QCOMPARE(summary["founders_train"], nlohmann::json({0.5, 0.5}));
        QCOMPARE(summary["founders_test"], nlohmann::json({0.5, 0.5}));
        QVERIFY(summary["best_train"] > 0.6);
        const auto stored = storedSnapshot(pathOf("runs.db").toStdString(), {1}, kResources);
        QVERIFY(stored->members.front()->answers);
        QCOMPARE(stored->members.front()->answers->size(), 24u);
        QVERIFY(isClean());
    }

    void aRunInPlaceGoesAsOneInFolders() {
        const auto inFolders = cli(runOf("folders.db", 20));
        QVERIFY2(inFolders.code == 0, inFolders.errors);
        const auto inPlace =
            cli(runOf("in-place.db", 20, {kStandIn, "task.handover=in-place", "task.lifetime=per-child"}));
        QVERIFY2(inPlace.code == 0, inPlace.errors);
        QCOMPARE(inPlace.hash(), inFolders.hash());
        QVERIFY(isClean());
    }

    void aStoppedAndAKilledRunEndAsOneThatNeverWas() {
        // Births are stored a second after it began: it must go on for a good while then, however fast the machine is.
        const int evaluations = 800;
        const auto whole = cli(runOf("whole.db", evaluations));
        QVERIFY2(whole.code == 0, whole.errors);

        const auto stopped = interrupted("stopped.db", evaluations, SIGINT);
        QVERIFY2(stopped.code == 130, stopped.errors);
        const auto goneOn = resume("stopped.db");
        QVERIFY2(goneOn.code == 0, goneOn.errors);
        QCOMPARE(goneOn.hash(), whole.hash());
        QVERIFY(isClean());

        QCOMPARE(interrupted("killed.db", evaluations, SIGKILL).code, -1);
        QVERIFY(!isClean());
        const auto revived = resume("killed.db");
        QVERIFY2(revived.code == 0, revived.errors);
        QCOMPARE(revived.hash(), whole.hash());
        QVERIFY(isClean());
    }

    void aRunKilledWhileItsFoundersAreComparedLeavesNothingThatHarms() {
        // Large enough that comparing them takes a while.
        constexpr std::int64_t kRows = 2048, kColumns = 16384;
        for (const char* name : {"one", "other"}) {
            test::GivenTensor tensor{.name = "weight", .dtype = DType::BF16, .shape = {kRows, kColumns}, .bytes = {}};
            tensor.bytes.resize(2 * kRows * kColumns);
            for (std::size_t i = 0; i < tensor.bytes.size(); i += 2) {
                tensor.bytes[i] = static_cast<std::byte>(i / 2 * (name[0] == 'o' && name[1] == 'n' ? 7 : 11));
                tensor.bytes[i + 1] = std::byte{0x3d};
            }
            test::writeTensors(pathOf(name).toStdString() + ".safetensors", {tensor});
        }
        test::writeText(pathOf("samples.jsonl").toStdString(), "{\"a\": 1}\n{\"a\": 2}\n");
        fickle(":");
        test::writeText(pathOf("run.yaml").toStdString(),
                        "task: {kind: command, program: [sh, fickle], samples: samples.jsonl, handover: in-place}\n"
                        "founders: [one.safetensors, other.safetensors]\n"
                        "strategy: {archive: 4}\nbudget: {evaluations: 4}\n");
        const auto arguments = [&](const QString& database) {
            return QStringList{"run", pathOf("run.yaml"), "--json", "--db", database, "--trust-program"};
        };
        const auto filesIn = [](const QString& cache, const char* pattern) {
            return QDir(cache).entryList({pattern}, QDir::Files).size();
        };

        // Both founders' hashes are kept and their Gram matrices not yet: they are being computed.
        QString killed;
        for (int attempt = 0; killed.isEmpty() && attempt < 10; ++attempt) {
            const auto database = pathOf("killed") + QString::number(attempt) + ".db";
            QProcess process;
            process.start(MERGARIUM_CLI, arguments(database));
            while (filesIn(database + ".cache", "*.hash") < 2 && !process.waitForFinished(1)) {
            }
            process.kill();
            QCOMPARE(endOf(process).code, -1);
            if (filesIn(database + ".cache", "*.gram") == 0) killed = database;
        }
        QVERIFY(!killed.isEmpty());

        const auto whole = cli(arguments(pathOf("whole.db")));
        QVERIFY2(whole.code == 0, whole.errors);
        const auto again = cli(arguments(killed));
        QVERIFY2(again.code == 0, again.errors);
        QCOMPARE(again.hash(), whole.hash());
        QCOMPARE(filesIn(killed + ".cache", "*.gram"), 1);
    }

    void threeFailuresEndTheSittingAndTheRunCanBeResumed() {
        const auto failed = cli(runOf("runs.db", 10, {fickle("echo 'no GPU' >&2; exit 1")}));
        QCOMPARE(failed.code, 3);
        QVERIFY2(failed.errors.contains("3 models in a row could not be scored. The last: The evaluator ended with "
                                        "exit code 1 before it answered; "
                                        "its stderr ends with: no GPU"),
                 failed.errors);
        QCOMPARE(failed.json()["evaluations"], 3);
        const auto snapshot = RunCatalog(pathOf("runs.db").toStdString()).snapshot({1});
        QCOMPARE(snapshot.pairings.size(), 3u);
        QVERIFY(snapshot.pairings.back().failure.find("no GPU") != std::string::npos);

        fickle(":");
        const auto goneOn = resume("runs.db");
        QVERIFY2(goneOn.code == 0, goneOn.errors);
        QCOMPARE(goneOn.json()["evaluations"], 10);
    }

    void aRunGoesOnOnTheSamplesItBeganOnOnly() {
        const auto samples = pathOf("samples.jsonl").toStdString();
        const std::string models = MERGARIUM_SOURCE_DIR "/resources/models/tiny-llm";
        test::writeText(samples, "{\"a\": 1}\n{\"a\": 2}\n");
        test::writeText(pathOf("run.yaml").toStdString(),
                        "task: {kind: command, program: [sh, fickle], samples: samples.jsonl}\n"
                        "founders: [" +
                            models + "/add, " + models +
                            "/sort]\n"
                            "strategy: {archive: 4}\nbudget: {evaluations: 6}\n");
        fickle("exit 1");
        QCOMPARE(cli({"run", pathOf("run.yaml"), "--json", "--db", pathOf("runs.db"), "--trust-program"}).code, 3);

        fickle(":");
        test::writeText(samples, "{\"a\": 1}\n{\"a\": 3}\n");
        const auto refused = resume("runs.db");
        QVERIFY2(refused.code != 0 && refused.errors.contains("the samples that run 1 is scored on have changed"),
                 refused.errors);
        test::writeText(samples, "{\"a\": 1}\n\n{\"a\": 2}");
        const auto goneOn = resume("runs.db");
        QVERIFY2(goneOn.code == 0, goneOn.errors);
        QCOMPARE(goneOn.json()["evaluations"], 6);
    }

    void aFailureNowAndThenIsRecordedAndTheRunGoesOn() {
        const auto ended =
            cli(runOf("runs.db", 8, {fickle("n=${line#*'\"model\": '}; case ${n%%,*} in *[05]) exit 1;; esac")}));
        QVERIFY2(ended.code == 0, ended.errors);
        const auto snapshot = RunCatalog(pathOf("runs.db").toStdString()).snapshot({1});
        QCOMPARE(std::ranges::count_if(snapshot.pairings, [](const auto& pairing) { return !pairing.failure.empty(); }),
                 2);
    }

    void whatFailsOnAFounderIsBadInput() {
        const auto missing = cli(runOf("runs.db", 10, {"task.program=[./nothing]"}));
        QCOMPARE(missing.code, 2);
        QCOMPARE(missing.errors,
                 QByteArray("mergarium-cli: The evaluator can't be started (./nothing): No such file or directory.\n"));
        const auto broken = cli(runOf("runs.db", 10, {"task.program=[sh, -c, 'echo broken >&2']"}));
        QCOMPARE(broken.code, 2);
        QVERIFY2(broken.errors.startsWith(
                     "mergarium-cli: The founder add can't be scored: The evaluator ended with exit code 0"),
                 broken.errors);
        QVERIFY2(broken.errors.contains("broken"), broken.errors);
        QVERIFY(isClean());
    }

    void aHangingEvaluatorDoesntKeepARunFromStopping() {
        QFile::remove(pathOf("asked"));
        auto configuration = readConfiguration(
            kExample.toStdString(),
            {{"task.program",
              fickle("touch " + pathOf("asked").toStdString() + "; sleep 1000").mid(13).toStdString()}});
        Session session({.run = NewRun{configuration},
                         .database = pathOf("runs.db").toStdString(),
                         .resources = kResources,
                         .threads = 1,
                         .startPaused = false,
                         .mayStart = [](const Program&) { return true; }},
                        nullptr);
        while (!QFile::exists(pathOf("asked")) && !session.waitFor(10ms)) {
        }
        session.stop();
        // The time-out is a minute.
        QVERIFY(session.waitFor(30s));
        const auto last = session.take();
        QVERIFY(last);
        QCOMPARE(last->phase, Phase::Stopped);
        QCOMPARE(last->evaluations, 0u);
    }

    void aStoredRunOpensWithoutItsSamples() {
        const auto samples = pathOf("samples.jsonl");
        QVERIFY(QFile::copy(MERGARIUM_SOURCE_DIR "/resources/evaluators/example.jsonl", samples));
        const auto ended = cli(runOf("runs.db", 2, {kStandIn, "task.samples=" + samples}));
        QVERIFY2(ended.code == 0, ended.errors);
        const auto database = std::filesystem::path(pathOf("runs.db").toStdString());
        QCOMPARE(storedSnapshot(database, {1}, kResources)->run->samples->groupNames,
                 (std::vector<std::string>{"like add", "like sort"}));

        for (const bool shorter : {true, false}) {
            QVERIFY(QFile::remove(samples));
            if (shorter) test::writeText(samples.toStdString(), "{}\n");
            const auto set = storedSnapshot(database, {1}, kResources)->run->samples;
            QCOMPARE(set->size(), 24u);
            QCOMPARE(set->texts.size(), 24u);
            QCOMPARE(set->texts.front().question, std::string());
        }
    }
};

MERGARIUM_SUITE(CommandRunTest)
#include "command_run_test.moc"
