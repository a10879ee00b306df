#include "core/configuration/yaml.h"
#include "core/evaluation/preflight.h"
#include "core/session/run_loop.h"
#include "core/tasks/causal_lm/answer_check.h"
#include "core/tasks/causal_lm/questions.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace mergarium;
using test::kResources;
using test::runToItsEnd;
namespace fs = std::filesystem;

namespace {

RunConfiguration demo(std::uint64_t evaluations, std::uint64_t seed = 1) {
    auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
    configuration.evaluations = evaluations;
    configuration.seed = seed;
    std::get<M2n2Settings>(configuration.strategy).archive = 6;
    auto& task = std::get<CausalLmSettings>(configuration.task);
    for (auto& file : task.files) file.limit = 40;
    task.batch = 10;
    return configuration;
}

}  // namespace

class CausalLmTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    fs::path newPath(const char* ending) {
        return folder_.filePath(QString("file-%1%2").arg(++files_).arg(ending)).toStdString();
    }
    /// A copy of the adding model, to be broken.
    fs::path copyOfModel() {
        const auto folder = newPath("");
        fs::copy(kResources / "models/tiny-llm/add", folder, fs::copy_options::recursive);
        for (const auto& file : fs::directory_iterator(folder))
            fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
        return folder;
    }
    static void edit(const fs::path& file, const std::function<void(nlohmann::json&)>& change) {
        std::ifstream in(file);
        auto json = nlohmann::json::parse(in);
        in.close();
        change(json);
        std::ofstream(file) << json.dump();
    }
    /// The run with `model` in place of its first founder is refused before it begins, in words that hold all of
    /// `expected`.
    void refused(const fs::path& model, const QStringList& expected) {
        auto configuration = demo(5);
        std::get<std::vector<CheckpointFounder>>(configuration.founders)[0].base = model;
        refused(configuration, expected);
    }
    void refused(const RunConfiguration& configuration, const QStringList& expected) {
        const auto database = newPath(".db");
        try {
            (void)RunLoop::begin(configuration, {.database = database, .resources = kResources, .threads = 1});
            QFAIL("it was not refused");
        } catch (const std::exception& error) {
            for (const auto& words : expected) QVERIFY2(QString(error.what()).contains(words), error.what());
        }
        QVERIFY(!fs::exists(database));
    }
    fs::path questions(const char* lines) {
        const auto file = newPath(".jsonl");
        std::ofstream(file) << lines;
        return file;
    }

private Q_SLOTS:
    void theLastNumberIsFound_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("number");
        QTest::newRow("alone") << "42" << 42.0;
        QTest::newRow("in words") << "So she makes $18 every day." << 18.0;
        QTest::newRow("the last") << "9 * 2 = 18" << 18.0;
        QTest::newRow("thousands") << "that is 1,234,567 in all" << 1234567.0;
        QTest::newRow("a list") << "3, 4, 5" << 5.0;
        QTest::newRow("decimals") << "about 3.50." << 3.5;
        QTest::newRow("negative") << "it fell to -7" << -7.0;
        QTest::newRow("a difference") << "10-7" << 7.0;
        QTest::newRow("percent") << "12.5%" << 12.5;
    }
    void theLastNumberIsFound() {
        QFETCH(QString, text);
        QFETCH(double, number);
        const auto found = lastNumber(text.toStdString());
        QVERIFY(found);
        QCOMPARE(*found, number);
    }

    void answersAreComparedAsTheTaskSays() {
        QVERIFY(!lastNumber("none at all"));
        CausalLmSettings settings;
        QVERIFY(AnswerCheck(settings).isRight(" 40\n", "40"));
        QVERIFY(!AnswerCheck(settings).isRight("40 or so", "40"));
        settings.extraction = Extraction::LastNumber;
        QVERIFY(AnswerCheck(settings).isRight("It is 1,000.0 then.", "#### 1000"));
        QVERIFY(!AnswerCheck(settings).isRight("I don't know", "5"));
        settings.extraction = Extraction::Pattern;
        settings.pattern = "#### *(-?[0-9][0-9.,]*)";
        QVERIFY(AnswerCheck(settings).isRight("first #### 3\nthen #### 18", "Janet sells 16.\n#### 18"));
        QVERIFY(!AnswerCheck(settings).isRight("18", "#### 18"));
        settings.pattern = "(unclosed";
        QVERIFY_EXCEPTION_THROWN(AnswerCheck{settings}, std::runtime_error);
    }

    void multipleChoicesAreReadInEverySpelling() {
        CausalLmSettings settings;
        settings.scoring = QuestionScoring::MultipleChoice;
        settings.files = {{.name = {},
                           .train = questions(R"({"question": "2+2", "choices": ["3", "4"], "answer": 1}
{"question": "2+3", "choices": {"text": ["5", "6"]}, "answer": "A"}

{"question": "2+4", "choices": ["7", "6"], "answer": "6"}
)"),
                           .test = {}}};
        const auto set = readQuestions(settings, Chat::none());
        QCOMPARE(set.train.size(), 3u);
        QCOMPARE(set.train[0].reference, std::string("4"));
        QCOMPARE(set.train[1].right, 0u);
        QCOMPARE(set.train[2].right, 1u);
        QVERIFY(set.train[2].place.ends_with("line 4"));
    }

    void brokenQuestionsAreRefusedWithTheirLine() {
        const auto with = [&](const char* lines) {
            auto configuration = demo(5);
            std::get<CausalLmSettings>(configuration.task).files[0].train = questions(lines);
            return configuration;
        };
        refused(with("{\"prompt\": \"1+1=\", \"answer\": \"2\"}\n{\"prompt\": \n"), {"line 2", "JSON"});
        refused(with("{\"prompt\": \"1+1=\", \"answer\": \"2\"}\n{\"question\": \"1+1=\", \"answer\": \"2\"}\n"),
                {"line 2", "prompt"});
        refused(with("{\"prompt\": \"1+1=\"}\n"), {"line 1", "answer"});
        refused(with("\n\n"), {"no questions"});
        refused(with(("{\"prompt\": \"" + std::string(400, '1') + "\", \"answer\": \"2\"}\n").c_str()),
                {"line 1", "context of 256"});
        auto missing = demo(5);
        std::get<CausalLmSettings>(missing.task).files[0].train = folder_.filePath("nowhere.jsonl").toStdString();
        refused(missing, {"nowhere.jsonl"});
    }

    void brokenFoldersAreRefused() {
        refused(folder_.filePath("nowhere").toStdString(), {"nowhere"});

        const auto noKey = copyOfModel();
        edit(noKey / "config.json", [](auto& json) { json.erase("hidden_size"); });
        refused(noKey, {"config.json", "hidden_size"});

        const auto rows = copyOfModel();
        edit(rows / "config.json", [](auto& json) { json["vocab_size"] = 300; });
        refused(rows, {"embed_tokens"});

        const auto otherTokens = copyOfModel();
        edit(otherTokens / "tokenizer.json", [](auto& json) {
            auto& words = json["model"]["vocab"];
            for (int extra = 0; extra < 50; ++extra) words["extra" + std::to_string(extra)] = 259 + extra;
        });
        refused(otherTokens, {"tokenizer"});

        const auto noWeights = copyOfModel();
        fs::remove(noWeights / "model.safetensors");
        refused(noWeights, {noWeights.filename().c_str()});

        const auto lostShard = copyOfModel();
        fs::rename(lostShard / "model.safetensors", lostShard / "elsewhere");
        std::ofstream(lostShard / "model.safetensors.index.json")
            << R"({"weight_map": {"model.embed_tokens.weight": "model-00001-of-00001.safetensors"}})";
        refused(lostShard, {"model-00001-of-00001.safetensors"});
    }

    void preflightSaysWhatARunTakes() {
        const auto report = preflight(demo(5));
        QVERIFY(!report.refusal);
        QString text;
        for (const auto& fact : report.facts) text += QString::fromStdString(fact.what + ": " + fact.text + "\n");
        QVERIFY2(text.contains("820,736") && text.contains("BF16"), qPrintable(text));
        auto broken = demo(5);
        std::get<std::vector<CheckpointFounder>>(broken.founders)[1].base = "/nowhere";
        QVERIFY(preflight(broken).refusal);
    }

    void earlyRejectionChangesNothingButTheWork() {
        std::uint64_t saved = 0;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            auto configuration = demo(40, seed);
            auto& strategy = std::get<M2n2Settings>(configuration.strategy);
            strategy.earlyRejection = false;
            const auto full = runToItsEnd(configuration, newPath(".db"));
            strategy.earlyRejection = true;
            const auto early = runToItsEnd(configuration, newPath(".db"));
            QCOMPARE(early.archiveHash, full.archiveHash);
            QCOMPARE(early.accepted, full.accepted);
            QCOMPARE(early.samplesScored + early.samplesSaved, 40u * 80u);
            QVERIFY(early.samplesSaved >= full.samplesSaved);
            // A token at least for each question, and fewer where questions were left out.
            QVERIFY(full.tokens > full.samplesScored);
            QVERIFY(early.tokens <= full.tokens);
            saved += early.samplesSaved - full.samplesSaved;
        }
        QVERIFY(saved > 0);
    }

    void membersKeepTheirAnswersAndStoredRunsShowThem() {
        const auto database = newPath(".db");
        const auto last = runToItsEnd(demo(20), database);
        SessionSnapshot stored;
        try {
            stored = RunCatalog(database).snapshot({1});
        } catch (const std::exception& error) {
            QFAIL(error.what());
        }
        for (std::size_t slot = 0; slot < last.members.size(); ++slot) {
            if (!last.members[slot]) continue;
            QVERIFY(last.members[slot]->answers);
            QCOMPARE(last.members[slot]->answers->size(), 80u);
            QVERIFY(stored.members[slot]->answers);
            QCOMPARE(*stored.members[slot]->answers, *last.members[slot]->answers);
            QVERIFY(stored.members[slot]->genome && stored.members[slot]->genome->recipe());
            QCOMPARE(*stored.members[slot]->genome->recipe(), *last.members[slot]->genome->recipe());
            // A right answer is the reference.
            for (std::size_t j = 0; j < 80; ++j)
                QCOMPARE((*last.members[slot]->answers)[j] == last.run->samples->texts[j].reference,
                         last.members[slot]->scores[j] == 1.0f);
        }
    }

    void likelihoodsAreGradedScores() {
        auto configuration = demo(6);
        std::get<CausalLmSettings>(configuration.task).scoring = QuestionScoring::Likelihood;
        std::get<M2n2Settings>(configuration.strategy).competition.capacity = Capacity::Best;
        const auto last = runToItsEnd(configuration, newPath(".db"));
        const auto scores = last.members[0]->scores.values();
        QVERIFY(std::ranges::all_of(scores, [](float s) { return s >= 0.0f && s <= 1.0f; }));
        QVERIFY(std::ranges::any_of(scores, [](float s) { return s > 0.01f && s < 0.99f; }));
    }
};

MERGARIUM_SUITE(CausalLmTest)
#include "causal_lm_test.moc"
