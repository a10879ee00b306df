#include "core/evaluation/experiment.h"
#include "core/evaluation/preflight.h"
#include "core/session/stored_session.h"
#include "core/trial/trial.h"
#include "tests/support/command_line.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

constexpr const char* kOwnTemplate =
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('No system text') }}"
    "{% endif %}{{ m.content }}{% endfor %}";

}  // namespace

// Runs whose models are asked with the first founder's own chat template.
class OwnTemplateTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    void write(const char* name, std::string_view text) const { test::writeText(folder_ / name, text); }
    RunPlace place() const { return {.database = folder_ / "runs.db", .resources = test::kResources, .threads = 1}; }
    static CausalLmSettings& taskOf(RunConfiguration& configuration) {
        return std::get<CausalLmSettings>(configuration.task);
    }
    /// The demo with copies of its founders, asked as they say.
    RunConfiguration demo() const {
        auto configuration = readConfiguration(test::kResources / "presets/language-demo.yaml");
        configuration.device = "cpu";
        configuration.evaluations = 2;
        configuration.founders = std::vector<CheckpointFounder>{{.base = folder_ / "add", .adapter = {}},
                                                                {.base = folder_ / "sort", .adapter = {}}};
        auto& task = taskOf(configuration);
        task.prompt = "{prompt}";
        task.chat = "model";
        for (auto& file : task.files) file.limit = 8;
        return configuration;
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
        for (const char* name : {"add", "sort"}) {
            fs::copy(test::kResources / "models/tiny-llm" / name, folder_ / name);
            test::writeText(folder_ / name / "chat_template.jinja", kOwnTemplate);
            test::writeText(folder_ / name / "tokenizer_config.json", R"({"bos_token": "<s>", "add_bos_token": true})");
        }
    }

    // The tokenizer would add the token that the template writes: it is there once.
    void modelsAreAskedAsTheTemplateSays() {
        const auto trial = tryFounders(demo(), place());
        QVERIFY(!trial.isWaste());
        for (const auto& founder : trial.founders)
            for (const auto& attempt : founder.attempts) {
                QCOMPARE(attempt.prompt.size(), std::size_t{2});
                QCOMPARE(attempt.prompt[0], (ReadPiece{.text = "<s>", .special = true}));
                QCOMPARE("<s>" + attempt.prompt[1].text, trial.samples->texts[attempt.sample].question);
                QCOMPARE(attempt.doubt, std::string());
            }
        auto fixed = demo();
        taskOf(fixed).chat = "plain";
        const auto plain = tryFounders(fixed, place());
        for (std::size_t k = 0; k < 2; ++k) {
            QCOMPARE(trial.founders[k].score, plain.founders[k].score);
            QVERIFY(trial.founders[k].attempts.front().prompt == plain.founders[k].attempts.front().prompt);
        }
    }

    void choicesAndLikelihoodsGoOnBehindTheTemplate() {
        write("choices.jsonl", R"({"prompt": "12+34=", "choices": ["45", "46"], "answer": "46"})");
        auto configuration = demo();
        auto& task = taskOf(configuration);
        task.files = {{.name = {}, .train = folder_ / "choices.jsonl", .test = {}}};
        for (const auto scoring : {QuestionScoring::MultipleChoice, QuestionScoring::Likelihood}) {
            task.scoring = scoring;
            task.chat = "model";
            const auto own = tryFounders(configuration, place());
            task.chat = "plain";
            const auto plain = tryFounders(configuration, place());
            QCOMPARE(own.founders[0].score, plain.founders[0].score);
            QVERIFY(own.founders[0].score > 0.5);
        }
    }

    void aTokenThatThePromptWritesAgainIsDoubted() {
        auto configuration = demo();
        taskOf(configuration).prompt = "<s>{prompt}";
        const auto doubt = tryFounders(configuration, place(), 1).founders[0].attempts.front().doubt;
        QVERIFY2(doubt.find("twice, once by the model's chat template") != std::string::npos, doubt.c_str());
    }

    // What a model's template leaves out it has never read.
    void aTemplateWithoutTheBeginTokenIsNotDoubted() {
        write("add/chat_template.jinja", "{{ messages[0].content }}");
        const auto attempt = tryFounders(demo(), place(), 1).founders[0].attempts.front();
        QCOMPARE(attempt.doubt, std::string());
        QVERIFY(!attempt.prompt.front().special);
    }

    void promptsAreShownBeforeARun() {
        const auto result = preflight(demo());
        QVERIFY2(!result.refusal, result.refusal.value_or("").c_str());
        QVERIFY2(result.prompts.at(0).starts_with("<s>"), result.prompts.at(0).c_str());
    }

    void whatATemplateRefusesIsSaidBeforeARun() {
        auto configuration = demo();
        taskOf(configuration).system = "Add.";
        const auto refusal = preflight(configuration).refusal.value_or("");
        QVERIFY2(refusal.find("add-train.jsonl, line 1: ") != std::string::npos, refusal.c_str());
        QVERIFY2(refusal.ends_with("add/chat_template.jinja, line 1: it refuses what it is asked: No system text."),
                 refusal.c_str());
    }

    void withoutATemplateTheFixedOnesAreNamed() {
        fs::remove(folder_ / "add/chat_template.jinja");
        const auto refusal = preflight(demo()).refusal.value_or("");
        QVERIFY2(refusal.find("take one of plain, alpaca, chatml") != std::string::npos, refusal.c_str());
        auto unknown = demo();
        taskOf(unknown).chat = "llama9";
        const auto other = preflight(unknown).refusal.value_or("");
        QVERIFY2(other.find("'llama9'") != std::string::npos && other.find("model:NAME") != std::string::npos,
                 other.c_str());
    }

    void foundersWithOtherTemplatesAreNamed() {
        QCOMPARE(prepare(demo(), place()).caution, std::string());
        write("sort/chat_template.jinja", "{{ bos_token }}{{ messages[-1].content|trim }}");
        QCOMPARE(
            prepare(demo(), place()).caution,
            std::string("All models of a run are asked as its first founder, add; by themselves sort would be asked "
                        "with another chat template, or none of their own (task.chat), and may score otherwise."));
    }

    void theCommandLineAsksTheSameWay() {
        const auto tokenized = [&](const QStringList& more) {
            QProcess process;
            process.start(MERGARIUM_CLI, QStringList{"tokenize", QString::fromStdString(folder_ / "add")} + more);
            process.write("\"12+34=\"\n");
            process.closeWriteChannel();
            return test::endOf(process);
        };
        const auto own = tokenized({"--chat", "model"});
        QCOMPARE(own.code, 0);
        QCOMPARE(own.json().at("prompts").dump(), std::string(R"(["<s>12+34="])"));
        QCOMPARE(own.json().at("ids"), tokenized({}).json().at("ids"));
        QVERIFY(!tokenized({}).json().contains("prompts"));
        const auto refused = tokenized({"--chat", "model", "--system", "Add."});
        QVERIFY2(refused.code != 0 && refused.errors.contains("No system text"), refused.errors);
        const QStringList generates{
            "generate", QString::fromStdString(folder_ / "add"), "--prompt", "12+34=", "--max-new-tokens", "4"};
        const auto answer = test::cli(generates + QStringList{"--chat", "model", "--json"});
        QVERIFY2(answer.code == 0, answer.errors);
        QCOMPARE(answer.json().at("text").at(0), "46");
    }

    void aRunGoesOnAskedAsItWas() {
        const auto run = [&] {
            const auto loop = RunLoop::begin(demo(), place());
            loop->store(Phase::Paused);
            return loop->snapshot(Phase::Paused).run->id;
        }();
        QCOMPARE(RunLoop::goOn(run, place())->snapshot(Phase::Running).run->id, run);
        write("add/chat_template.jinja", "{{ bos_token }}Q: {{ messages[0].content }}");
        const auto refusal = test::messageOf([&] { (void)RunLoop::goOn(run, place()); });
        QVERIFY2(refusal.find("or the chat template around them has") != std::string::npos, refusal.c_str());
    }

    void aStoredRunShowsItsQuestionsAlsoWithoutTheModel() {
        const auto last = test::runToItsEnd(demo(), folder_ / "runs.db");
        const auto questionOf = [&] {
            return storedSnapshot(folder_ / "runs.db", {1}, test::kResources)->run->samples->texts[0].question;
        };
        QCOMPARE(questionOf(), last.run->samples->texts[0].question);
        fs::remove_all(folder_ / "add");
        QCOMPARE("<s>" + questionOf(), last.run->samples->texts[0].question);
    }
};

MERGARIUM_SUITE(OwnTemplateTest)
#include "own_template_test.moc"
