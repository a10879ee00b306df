#include "core/trial/trial.h"

#include "core/progress/progress.h"
#include "core/trial/findings.h"
#include "tests/support/command_line.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

/// What a founder of that name scored on samples of two groups, four each, in order.
FounderTrial founder(const char* name, const std::vector<float>& scores, double chance = 0.0) {
    FounderTrial one{.name = name, .attempts = {}, .chance = chance, .failure = {}};
    for (std::uint32_t sample = 0; sample < scores.size(); ++sample) {
        one.attempts.push_back({.sample = sample, .score = scores[sample], .chance = chance});
        one.score += static_cast<double>(scores[sample]) / static_cast<double>(scores.size());
    }
    return one;
}

Trial trialOf(std::vector<FounderTrial> founders) {
    SampleSet samples;
    samples.groupNames = {"sums", "cats"};
    samples.groups = {0, 0, 0, 0, 1, 1, 1, 1};
    Trial trial;
    trial.founders = std::move(founders);
    trial.samples = std::make_shared<const SampleSet>(samples);
    trial.evaluations = 300;
    return trial;
}

bool says(const std::vector<Finding>& findings, Severity severity, const char* words) {
    return std::ranges::any_of(findings, [&](const auto& finding) {
        return finding.severity == severity && finding.sentence.find(words) != std::string::npos;
    });
}

const char* said(const std::vector<Finding>& findings) {
    static std::string all;
    all.clear();
    for (const auto& [severity, sentence] : findings) all += std::string(nameOf(severity)) + ": " + sentence + "\n";
    return all.c_str();
}

}  // namespace

class TrialTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    fs::path folder_;
    std::atomic<bool> abandon_ = false;

    RunPlace place(MayStart mayStart = nullptr) {
        return {.database = folder_ / "runs.db",
                .resources = test::kResources,
                .threads = 1,
                .abandon = &abandon_,
                .mayStart = std::move(mayStart)};
    }

    static RunConfiguration languageDemo(const char* prompt) {
        auto configuration = readConfiguration(test::kResources / "presets/language-demo.yaml");
        auto& task = std::get<CausalLmSettings>(configuration.task);
        task.prompt = prompt;
        for (auto& file : task.files) file.limit = 8;
        configuration.device = "cpu";
        return configuration;
    }

    /// The two small language models, scored by a shell script.
    RunConfiguration scoredBy(const std::string& script) {
        auto configuration = readConfiguration(test::kResources / "evaluators/example.yaml");
        auto& task = std::get<CommandSettings>(configuration.task);
        test::writeText(folder_ / "evaluate", "#!/bin/sh\n" + script + "\n");
        fs::permissions(folder_ / "evaluate", fs::perms::owner_all);
        task.program = {"./evaluate"};
        task.folder = folder_;
        task.scratch = folder_;
        return configuration;
    }

private Q_SLOTS:
    void init() {
        QVERIFY(temporary_.isValid());
        folder_ = temporary_.path().toStdString();
        folder_ /= QTest::currentTestFunction();
        fs::create_directories(folder_);
        abandon_ = false;
    }

    void foundersThatMissTheBeginTokenAreFoundOutBeforeARun() {
        const auto trial = tryFounders(languageDemo("{prompt}"), place());
        QCOMPARE(trial.founders.size(), std::size_t{2});
        QVERIFY2(trial.isWaste(), said(trial.findings));
        // The cause before the consequence, each with what to do.
        QVERIFY2(trial.findings.front().sentence.find("put <s> in front of the prompt's template (task.prompt)") !=
                     std::string::npos,
                 said(trial.findings));
        QVERIFY2(says(trial.findings, Severity::Warning, "add scores 0 %"), said(trial.findings));
        QVERIFY2(says(trial.findings, Severity::Warning, "the samples of sums"), said(trial.findings));
        QVERIFY(!trial.founders[0].attempts.front().prompt.front().special);
    }

    void foundersAreShownAndScoredAsInARun() {
        const auto configuration = languageDemo("<s>{prompt}");
        std::uint64_t last = 0;
        const auto trial = tryFounders(configuration, place(), 8, [&](std::string_view, auto done, auto) {
            last = done;
            return true;
        });
        QVERIFY2(!trial.isWaste(), said(trial.findings));
        QCOMPARE(last, std::uint64_t{32});
        const auto loop = RunLoop::begin(configuration, place());
        const auto members = loop->snapshot(Phase::Running).members;
        for (std::size_t k = 0; k < 2; ++k) {
            const auto& tried = trial.founders[k];
            QCOMPARE(tried.attempts.size(), std::size_t{16});
            QVERIFY(tried.seconds > 0.0 && tried.bytes > 0);
            for (const auto& attempt : tried.attempts) {
                QCOMPARE(attempt.score, members[k]->scores[attempt.sample]);
                QCOMPARE(attempt.answer, (*members[k]->answers)[attempt.sample]);
                QCOMPARE(attempt.prompt.front(), (ReadPiece{.text = "<s>", .special = true}));
                QCOMPARE("<s>" + attempt.prompt.at(1).text, trial.samples->texts[attempt.sample].question);
                QCOMPARE(attempt.reference, trial.samples->texts[attempt.sample].reference);
                QVERIFY(attempt.newTokens > 0 && attempt.promptTokens > 1);
                QVERIFY(attempt.doubt.empty());
            }
        }
        QVERIFY(trial.secondsInAll() > 0.0);
    }

    void aPromptWithTwoBeginTokensIsDoubted() {
        const auto trial = tryFounders(languageDemo("<s><s>{prompt}"), place(), 1);
        QVERIFY2(trial.founders[0].attempts.front().doubt.find("twice") != std::string::npos, said(trial.findings));
    }

    void digitsAreTriedToo() {
        const auto trial = tryFounders(test::shortRun(100), place(), 3);
        QCOMPARE(trial.founders.size(), std::size_t{2});
        QCOMPARE(trial.founders[0].attempts.size(), std::size_t{30});
        QVERIFY2(trial.findings.empty(), said(trial.findings));
        for (const auto& attempt : trial.founders[0].attempts)
            QCOMPARE(attempt.score, attempt.answer == attempt.reference ? 1.0f : 0.0f);
    }

    void aProgramThatNobodyApprovedIsNotStarted() {
        const auto configuration = scoredBy("touch started");
        for (const MayStart& mayStart : {MayStart(), MayStart([](const Program&) { return false; })}) {
            const auto trial = tryFounders(configuration, place(mayStart));
            QVERIFY2(says(trial.findings, Severity::Warning, "you have not approved"), said(trial.findings));
            QVERIFY(trial.founders.empty());
        }
        QVERIFY(!fs::exists(folder_ / "started"));
    }

    void aProgramThatIsNotThereIsAFinding() {
        auto configuration = scoredBy("");
        std::get<CommandSettings>(configuration.task).program = {"./not-there"};
        const auto trial = tryFounders(configuration, place(test::anyProgram));
        QVERIFY2(says(trial.findings, Severity::Waste, "not-there"), said(trial.findings));
    }

    void aProgramThatDoesNotAnswerIsAFinding_data() {
        QTest::addColumn<QString>("script");
        QTest::newRow("never") << "while read -r line; do :; done";
        QTest::newRow("ended") << "read -r line; echo out of memory >&2; exit 3";
        QTest::newRow("nonsense") << "while read -r line; do echo Hello; done";
    }
    void aProgramThatDoesNotAnswerIsAFinding() {
        QFETCH(QString, script);
        auto configuration = scoredBy(script.toStdString());
        std::get<CommandSettings>(configuration.task).timeout = 0.2;
        const auto trial = tryFounders(configuration, place(test::anyProgram));
        QVERIFY2(says(trial.findings, Severity::Waste, "add could not be scored"), said(trial.findings));
        // A run would not come to the second one.
        QCOMPARE(trial.founders.size(), std::size_t{1});
    }

    void aProgramIsAskedAboutTheSamplesThatAreTriedAlone() {
        const auto trial = tryFounders(
            scoredBy("while IFS= read -r line; do id=${line#*: }; id=${id%%,*}; n=${line#*\\\"count\\\": }; n=${n%%,*};"
                     " s=0.5; while [ $n -gt 1 ]; do s=\"$s, 0.5\"; n=$((n-1)); done;"
                     " echo \"$line\" >> asked; echo \"{\\\"id\\\": $id, \\\"scores\\\": [$s]}\"; done"),
            place(test::anyProgram), 2);
        QVERIFY2(!trial.isWaste(), said(trial.findings));
        QCOMPARE(trial.founders.size(), std::size_t{2});
        QCOMPARE(trial.founders[1].score, 0.5);
        QVERIFY(trial.onDisk && trial.founders[1].attempts.size() < trial.samples->size());
    }

    void waitingForAProgramCanBeCancelled() {
        // Answers never, and has said so before anybody cancels.
        const auto configuration = scoredBy("read -r line; touch asked; while read -r line; do :; done");
        std::jthread impatient([this](const std::stop_token& stop) {
            while (!stop.stop_requested() && !fs::exists(folder_ / "asked")) std::this_thread::yield();
            abandon_ = true;
        });
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)tryFounders(configuration, place(test::anyProgram)));
    }

    void modelsCanBeCancelled() {
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)tryFounders(languageDemo("<s>{prompt}"), place(), 8,
                                                              [](std::string_view what, auto done, auto) {
                                                                  return !(what == "Trying add" && done == 1);
                                                              }));
        abandon_ = true;
        QVERIFY_THROWS_EXCEPTION(Cancelled, (void)tryFounders(languageDemo("<s>{prompt}"), place()));
    }

    void whatNoRunCouldBeginWithIsThrown() {
        auto configuration = languageDemo("<s>{prompt}");
        std::get<std::vector<CheckpointFounder>>(configuration.founders).front().base = folder_ / "none";
        QVERIFY(test::messageOf([&] { (void)tryFounders(configuration, place()); }).find("none") != std::string::npos);
    }

    void whatIsSmallAndStartsNoProgramIsQuickToTry() {
        QVERIFY(isQuickToTry(test::shortRun(100)));
        QVERIFY(!isQuickToTry(scoredBy("")));
        auto language = languageDemo("<s>{prompt}");
        QVERIFY(isQuickToTry(language));
        const auto large = folder_ / "large.safetensors";
        const std::string header = R"({"w": {"dtype": "F32", "shape": [16000001], "data_offsets": [0, 64000004]}})";
        test::writeText(large, test::safetensorsText(header, 0));
        std::filesystem::resize_file(large, std::filesystem::file_size(large) + 64'000'004);
        std::get<std::vector<CheckpointFounder>>(language.founders).back().base = large;
        QVERIFY(!isQuickToTry(language));
    }

    void theCommandLineSaysTheSame() {
        qputenv("XDG_CONFIG_HOME", temporary_.filePath("configuration").toUtf8());
        const auto database = QString::fromStdString((folder_ / "runs.db").string());
        const auto tried = [&](const QStringList& more) {
            return test::cli(QStringList{"try", "--db", database, "--samples", "2", "--threads", "1"} + more);
        };
        const auto language = tried({"language-demo", "--json", "--set", "task.prompt=\"{prompt}\""});
        QVERIFY2(language.code == 0, language.errors);
        const auto document = language.json();
        QCOMPARE(document["findings"][0]["severity"], nlohmann::json("waste"));
        QVERIFY(document["findings"][0]["sentence"].get<std::string>().find("<s>") != std::string::npos);
        QCOMPARE(document["founders"].size(), std::size_t{2});
        QCOMPARE(document["founders"][0]["attempts"].size(), std::size_t{4});
        // Nothing is started that nobody has approved, and that is no failure of the trial.
        const auto program = tried({MERGARIUM_SOURCE_DIR "/resources/evaluators/example.yaml"});
        QVERIFY2(program.code == 0 && program.output.startsWith("warning: Nothing was tried"), program.output);
        const auto wrong = tried({"no-such-preset"});
        QCOMPARE(wrong.code, 2);
        QVERIFY2(wrong.errors.contains("no-such-preset"), wrong.errors);
        QVERIFY(!QFile::exists(database));
    }

    void aFounderAtChanceIsNamed() {
        const auto findings =
            findingsOf(trialOf({founder("good", {1, 1, 0, 0, 1, 1, 0, 0}), founder("bad", {0, 0, 0, 0, 0, 0, 0, 0})}));
        QCOMPARE(findings.size(), std::size_t{1});
        QVERIFY2(says(findings, Severity::Warning, "bad scores 0 %, where others reach 50 %"), said(findings));
        // Half of the answers are right where two can be guessed.
        const auto guessed = findingsOf(trialOf(
            {founder("good", {1, 1, 1, 1, 1, 1, 1, 0}, 0.5), founder("guesses", {1, 1, 0, 0, 1, 1, 0, 0}, 0.5)}));
        QVERIFY2(says(guessed, Severity::Warning, "guesses scores 50 %, as guessing does"), said(guessed));
    }

    void randomFoundersNeedNotScore() {
        auto trial = trialOf({founder("one", std::vector<float>(8)), founder("two", std::vector<float>(8))});
        QVERIFY2(says(findingsOf(trial), Severity::Waste, "No founder scores more than nothing: one 0 % and two 0 %"),
                 said(findingsOf(trial)));
        trial.toMend = "the text (task.text)";
        QVERIFY2(says(findingsOf(trial), Severity::Waste, "and mend the text (task.text), or take other founders."),
                 said(findingsOf(trial)));
        trial.untrained = true;
        QVERIFY2(findingsOf(trial).empty(), said(findingsOf(trial)));
    }

    void samplesThatNobodySolvesAreNamed() {
        const auto findings =
            findingsOf(trialOf({founder("a", {1, 1, 0, 0, 0, 0, 0, 0}), founder("b", {0, 0, 1, 1, 0, 0, 0, 0})}));
        QVERIFY2(says(findings, Severity::Warning, "the samples of cats"), said(findings));
    }

    void samplesThatAllSolveLeaveNothingToGain() {
        const auto findings = findingsOf(trialOf({founder("a", std::vector<float>(8, 1.0f))}));
        QVERIFY2(says(findings, Severity::Warning, "nothing is left to be gained"), said(findings));
    }

    void answersThatNeverEndAreSaid() {
        auto endless = founder("endless", {1, 1, 1, 0, 1, 1, 0, 0});
        for (auto& attempt : endless.attempts) attempt.ending = Attempt::Ending::CutOff;
        auto some = founder("some", {1, 1, 1, 0, 1, 1, 0, 0});
        for (auto& attempt : some.attempts)
            attempt.ending = attempt.sample < 2 ? Attempt::Ending::CutOff : Attempt::Ending::ByItself;
        const auto findings = findingsOf(trialOf({endless, some}));
        QVERIFY2(says(findings, Severity::Warning, "endless (8 of 8). Name a text that ends"), said(findings));
        QVERIFY2(says(findings, Severity::Note, "some (2 of 8)"), said(findings));
    }

    void samplesAreSpreadEvenlyOverEveryGroup() {
        SampleSet set;
        set.groups = {0, 0, 0, 0, 0, 0, 1, 1};
        QCOMPARE(samplesToTry(set, 2), (std::vector<std::uint32_t>{0, 3, 6, 7}));
        QCOMPARE(samplesToTry(set, 3), (std::vector<std::uint32_t>{0, 2, 4, 6, 7}));
        set.groups.resize(10'000);
        std::iota(set.groups.begin(), set.groups.end(), 0u);
        QCOMPARE(samplesToTry(set, 8).size(), std::size_t{512});
    }
};

MERGARIUM_SUITE(TrialTest)
#include "trial_test.moc"
