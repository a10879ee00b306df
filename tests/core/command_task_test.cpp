#include "core/tasks/command/command_task.h"
#include "core/genome/dense_genome.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

using namespace mergarium;
using test::messageOf;
using test::writeText;

namespace {

/// Reads requests and answers them with the function `answer`, which sees $id.
std::string answering(const std::string& answer, const std::string& before = "") {
    return "#!/bin/sh\n" + before + "\nwhile IFS= read -r line; do\n id=${line#*: }; id=${id%%,*}\n " + answer +
           "\ndone\n";
}

/// JSON is easier to read here with ' for ".
std::string json(std::string text) {
    std::ranges::replace(text, '\'', '"');
    return text;
}

/// Answers the question that was asked with these fields.
std::string answer(const std::string& fields) { return "echo '{\"id\": '$id', " + json(fields) + "}'"; }

const std::string kGoodAnswer = answer("'scores': [0.25, 1, 0]");

std::string contentOf(const std::filesystem::path& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Writes down that it was asked; the "model" is the genome's first number.
class NotingWriter final : public GenomeWriter {
public:
    explicit NotingWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::filesystem::path write(const Genome& genome) override {
        std::vector<float> values(genome.length());
        genome.materialize(values);
        std::ofstream(folder_ / "model") << values.front() << '\n';
        ++count;
        return folder_;
    }
    int count = 0;

private:
    std::filesystem::path folder_;
};

}  // namespace

class CommandTaskTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    std::filesystem::path folder_;
    std::atomic<bool> abandon_ = false;
    NotingWriter* writer_ = nullptr;

    std::filesystem::path write(const std::string& name, const std::string& text, bool executable = false) {
        writeText(folder_ / name, text);
        if (executable) std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
        return folder_ / name;
    }

    CommandSettings settingsOf(const std::string& script) {
        write("evaluate", script, true);
        CommandSettings settings;
        settings.program = {"./evaluate"};
        settings.folder = folder_;
        settings.samples = write("samples.jsonl",
                                 "{\"group\": \"sums\", \"question\": \"1+1=\", \"reference\": \"2\"}\n"
                                 "\n"
                                 "{\"group\": \"sums\", \"prompt\": \"2+2=\", \"answer\": 4}\n"
                                 "{\"group\": \"cats\", \"image\": \"cat.png\"}\n");
        return settings;
    }

    std::unique_ptr<CommandTask> taskOf(const CommandSettings& settings) {
        Layout layout;
        layout.append("weight", {2});
        auto writer = std::make_unique<NotingWriter>(folder_);
        writer_ = writer.get();
        return std::make_unique<CommandTask>(settings, layout, readSamples(settings), std::move(writer), &abandon_);
    }
    std::unique_ptr<CommandTask> taskOf(const std::string& script) { return taskOf(settingsOf(script)); }

    /// Scores the model whose parameters are `value`; absent when that fails, which `failure_` then says.
    std::optional<std::vector<float>> score(Task& task, float value) {
        std::vector<float> scores(task.samples()->size());
        failure_.clear();
        try {
            task.load(DenseGenome({value, value}));
            scoreAll(task, scores);
            return scores;
        } catch (const EvaluationFailure& failure) {
            failure_ = failure.what();
            return std::nullopt;
        }
    }
    std::string failure_;

private Q_SLOTS:
    void init() {
        QVERIFY(temporary_.isValid());
        folder_ = temporary_.path().toStdString();
        folder_ /= QTest::currentTestFunction() + std::string(QTest::currentDataTag() ? QTest::currentDataTag() : "");
        std::filesystem::create_directories(folder_);
        abandon_ = false;
    }

    void scoresAndTextsComeBack() {
        const auto task = taskOf(answering(
            answer("'scores': [0.25, 1, 0], 'texts': ['two', null, 'a cat'], 'images': [null, null, 'out/cat.png']")));
        QCOMPARE(score(*task, 1.0f), (std::vector<float>{0.25f, 1.0f, 0.0f}));
        QCOMPARE(task->answers(), (std::vector<std::string>{"two", "", "a cat\nout/cat.png"}));
    }

    void theEvaluatorIsToldModelSamplesAndSplit() {
        auto settings = settingsOf(answering("echo \"$line\" >> asked\n case $line in *'\"split\": \"test\"'*) " +
                                             answer("'scores': [0.5]") + ";; *) " + kGoodAnswer + ";; esac"));
        settings.testSamples = write("held-out.jsonl", "{\"index\": \"mine\", \"kept\": 1.50}\n");
        const auto task = taskOf(settings);
        QVERIFY(score(*task, 1.0f));
        QCOMPARE(task->testScore(), std::optional(0.5));
        const auto place = nlohmann::json(folder_.string()).dump();
        QCOMPARE(contentOf(folder_ / "asked"),
                 "{\"id\": 1, \"checkpoint\": " + place +
                     ", \"model\": 1, \"split\": \"train\", \"count\": 3, \"samples\": ["
                     "{\"index\": 0, \"group\": \"sums\", \"question\": \"1+1=\", \"reference\": \"2\"}, "
                     "{\"index\": 1, \"group\": \"sums\", \"prompt\": \"2+2=\", \"answer\": 4}, "
                     "{\"index\": 2, \"group\": \"cats\", \"image\": \"cat.png\"}]}\n"
                     "{\"id\": 2, \"checkpoint\": " +
                     place +
                     ", \"model\": 1, \"split\": \"test\", \"count\": 1, \"samples\": [{\"index\": \"mine\", \"kept\": "
                     "1.50}]}\n");
    }

    void aModelIsWrittenOnceForScoringAndTesting() {
        const auto task = taskOf(answering(kGoodAnswer));
        QVERIFY(score(*task, 1.0f));
        QVERIFY(score(*task, 1.0f));
        QCOMPARE(writer_->count, 1);
        QVERIFY(score(*task, 2.0f));
        QCOMPARE(writer_->count, 2);
        QCOMPARE(task->testScore(), std::nullopt);
    }

    void batchesCoverEverySampleInOrder() {
        auto settings = settingsOf(answering("case $line in *'\"count\": 2'*) " +
                                             answer("'scores': [0.1, 0.2], 'texts': ['a', 'b']") + ";; *) " +
                                             answer("'scores': [0.3]") + ";; esac"));
        settings.batch = 2;
        const auto task = taskOf(settings);
        QCOMPARE(task->batchCount(), 2u);
        QCOMPARE(std::vector(task->batch(1).begin(), task->batch(1).end()), std::vector<std::uint32_t>{2});
        QCOMPARE(score(*task, 1.0f), (std::vector<float>{0.1f, 0.2f, 0.3f}));
        QCOMPARE(task->answers(), (std::vector<std::string>{"a", "b", ""}));
    }

    void whatIsNoAnswerIsAFailureWithItsReason_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& script, const char* reason) {
            QTest::newRow(name) << QString::fromStdString(script) << reason;
        };
        const auto says = [](const std::string& line) { return answering("echo '" + json(line) + "'"); };
        row("crash", answering("echo 'no such layer' >&2; exit 3"),
            "The evaluator ended with exit code 3 before it answered; its stderr ends with: no such layer");
        row("signal", answering("kill -SEGV $$"),
            "The evaluator was ended by signal 11 (Segmentation fault) before it answered, and wrote nothing on "
            "stderr.");
        row("silent end", answering("exit 0"), "The evaluator ended with exit code 0 before it answered");
        row("half a line", answering("printf '{\"id\": 1'; exit 0"), "ended with exit code 0 before it answered");
        row("garbage", says("Loading model ..."),
            "gave an answer that can't be read: this is not valid JSON, at byte 1: Loading model ...");
        row("no text at all", answering("printf 'na\\303\\257ve \\377\\n' >&2; printf '\\377\\376\\n'"),
            "its stderr ends with: na\xc3\xafve \xef\xbf\xbd");
        row("no object", says("[0.5, 0.5, 0.5]"), "not a JSON object");
        row("nested deep", says(std::string(5000, '[')), "nested more than 100 deep");
        row("NaN", says("{'id': 1, 'scores': [NaN, 0.5, 0.5]}"),
            "not valid JSON, at byte 22: {\"id\": 1, \"scores\": [NaN, 0.5, 0.5]}");
        row("null", says("{'id': 1, 'scores': [0.5, null, 0.5]}"), "gave null as score 2, which is no number");
        row("beyond every number", says("{'id': 1, 'scores': [0.5, 1e999, 0.5]}"), "larger than a number can be");
        row("above 1", says("{'id': 1, 'scores': [0.5, 0.5, 1.5]}"),
            "gave 1.5 as score 3, but scores lie between 0 and 1");
        row("below 0", says("{'id': 1, 'scores': [-0.5, 0.5, 0.5]}"),
            "gave -0.5 as score 1, but scores lie between 0 and 1");
        row("too few", says("{'id': 1, 'scores': [0.5, 0.5]}"), "gave 2 scores for 3 samples");
        row("too many", says("{'id': 1, 'scores': [0.5, 0.5, 0.5, 0.5]}"), "gave 4 scores for 3 samples");
        row("no scores", says("{'id': 1}"), "gave an answer without scores");
        row("scores no list", says("{'id': 1, 'scores': 0.5}"), "gave 'scores' that are no list");
        row("too few texts", says("{'id': 1, 'scores': [0, 0, 0], 'texts': ['a']}"), "gave 1 texts for 3 samples");
        row("texts no texts", says("{'id': 1, 'scores': [0, 0, 0], 'texts': [1, 2, 3]}"),
            "gave texts that are no texts");
        row("another id", says("{'id': 7, 'scores': [0, 0, 0]}"), "answered question 7 when it was asked question 1");
        row("no id", says("{'scores': [0, 0, 0]}"), "gave an answer without the question's id");
        row("its own error", says("{'id': 1, 'error': 'out of memory'}"), "could not score the model: out of memory");
        row("closes stdout", answering("exec >&-; sleep 1000"), "closed its standard output before it answered");
        row("many lists", "#!/bin/sh\nread -r line\nprintf '['; yes '[],' | head -n 20000000 | tr -d '\\n'; echo\n",
            "there are more than the 100012 values");
        row("an endless line", "#!/bin/sh\nread -r line\ntr '\\0' x < /dev/zero\n",
            "wrote more than 64 MiB for an answer");
    }
    void whatIsNoAnswerIsAFailureWithItsReason() {
        QFETCH(QString, script);
        QFETCH(QString, reason);
        const auto task = taskOf(script.toStdString());
        QVERIFY(!score(*task, 1.0f));
        QVERIFY2(QString::fromStdString(failure_).contains(reason), failure_.c_str());
    }

    // Sixty million blank lines while the question is still being written; looking at them again and again took hours.
    void blankLinesAreSkippedInLinearTime() {
        auto settings =
            settingsOf("#!/bin/sh\nhead -c 60000000 /dev/zero | tr '\\0' '\\n'\nread -r line\n" + kGoodAnswer);
        settings.samples = write("samples.jsonl", "{\"question\": \"" + std::string(1 << 18, 'x') + "\"}\n");
        const auto task = taskOf(settings);
        QElapsedTimer timer;
        timer.start();
        score(*task, 1.0f);
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }

    void noAnswerInTimeIsAFailure() {
        auto settings = settingsOf(answering("echo 'thinking' >&2; sleep 1000"));
        settings.timeout = 0.2;
        const auto task = taskOf(settings);
        QVERIFY(!score(*task, 1.0f));
        QCOMPARE(failure_, std::string("The evaluator did not answer within 0.2 s; its stderr ends with: thinking"));
    }

    void aClosedStdinIsAFailure() {
        auto settings = settingsOf("#!/bin/sh\nexec <&-\nsleep 1000\n");
        // More than a pipe holds, so that writing it ends only when it was read.
        settings.samples = write("samples.jsonl", "{\"question\": \"" + std::string(1 << 18, 'x') + "\"}\n");
        const auto task = taskOf(settings);
        QVERIFY(!score(*task, 1.0f));
        QVERIFY2(failure_.find("closed its standard input before it had read the question") != std::string::npos,
                 failure_.c_str());
    }

    void aProgramThatCantBeStartedSaysSoAtOnce() {
        auto settings = settingsOf(answering(kGoodAnswer));
        settings.program = {"./nothing"};
        QCOMPARE(messageOf([&] { taskOf(settings); }),
                 std::string("The evaluator can't be started (./nothing): No such file or directory."));
        settings.program = {"./samples.jsonl"};
        QCOMPARE(messageOf([&] { taskOf(settings); }),
                 std::string("The evaluator can't be started (./samples.jsonl): Permission denied."));
        settings.folder = folder_ / "nowhere";
        QCOMPARE(messageOf([&] { taskOf(settings); }), "The evaluator can't be started in the folder " +
                                                           settings.folder.string() + ": No such file or directory.");
    }

    void afterAFailureTheNextModelMeetsANewProgram() {
        const auto task =
            taskOf(answering("case $(cat model) in 2) exit 1;; esac; " + kGoodAnswer, "echo started >> starts"));
        QVERIFY(score(*task, 1.0f));
        QVERIFY(!score(*task, 2.0f));
        QVERIFY(score(*task, 3.0f));
        QVERIFY(score(*task, 4.0f));
        QCOMPARE(contentOf(folder_ / "starts"), std::string("started\nstarted\n"));
    }

    void aProgramThatEndsBetweenModelsFailsTheNextAndIsStartedAgain() {
        const auto task = taskOf("#!/bin/sh\nread -r line\nid=${line#*: }; id=${id%%,*}\n" + kGoodAnswer + "\n");
        QVERIFY(score(*task, 1.0f));
        QVERIFY(!score(*task, 2.0f));
        QVERIFY(score(*task, 3.0f));
    }

    void aProgramPerModelAnswersForOne() {
        auto settings = settingsOf("#!/bin/sh\necho started >> starts\nread -r line\nid=${line#*: }; id=${id%%,*}\n" +
                                   kGoodAnswer + "\n");
        settings.lifetime = EvaluatorLifetime::PerChild;
        const auto task = taskOf(settings);
        for (const float value : {1.0f, 2.0f, 3.0f}) QVERIFY(score(*task, value));
        QCOMPARE(contentOf(folder_ / "starts"), std::string("started\nstarted\nstarted\n"));
    }

    void whoeverWaitsCanBeCalledOff() {
        const auto task = taskOf(answering("touch asked; sleep 1000"));
        std::thread stops([&] {
            while (!std::filesystem::exists(folder_ / "asked")) std::this_thread::yield();
            abandon_ = true;
        });
        // The time-out is ten minutes.
        QVERIFY(!score(*task, 1.0f));
        stops.join();
        QVERIFY2(failure_.find("was not waited for") != std::string::npos, failure_.c_str());
    }

    void ofALongStderrTheEndIsTold() {
        const auto task =
            taskOf(answering("head -c 100000 /dev/zero | tr '\\0' e >&2; echo ' the reason' >&2; exit 1"));
        QVERIFY(!score(*task, 1.0f));
        QVERIFY(failure_.ends_with("eee the reason"));
        QVERIFY(failure_.size() < 2000);
    }
};

MERGARIUM_SUITE(CommandTaskTest)
#include "command_task_test.moc"
