#include "core/tasks/causal_lm/questions.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <fmt/format.h>

using namespace mergarium;
namespace fs = std::filesystem;

class QuestionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    /// Questions "NAME 1", "NAME 2", ...
    fs::path file(const std::string& name, int lines) const {
        std::string text;
        for (int line = 1; line <= lines; ++line)
            text += fmt::format("{{\"question\": \"{} {}\", \"answer\": \"{}\"}}\n", name, line, line);
        const fs::path path = folder_.filePath(QString::fromStdString(name + ".jsonl")).toStdString();
        test::writeText(path, text);
        return path;
    }
    static std::vector<std::string> promptsOf(const std::vector<Question>& questions) {
        std::vector<std::string> prompts;
        for (const auto& question : questions) prompts.push_back(question.prompt);
        return prompts;
    }
    static QuestionSet readPlain(const CausalLmSettings& settings) { return readQuestions(settings, Chat::none()); }
    static CausalLmSettings of(std::vector<QuestionFile> files) {
        CausalLmSettings settings;
        settings.files = std::move(files);
        return settings;
    }

private Q_SLOTS:
    void theLastShareIsHeldOut() {
        const auto set = readPlain(of({{.name = {}, .train = file("a", 10), .test = {}, .heldOut = 0.3}}));
        QCOMPARE(promptsOf(set.train), (std::vector<std::string>{"a 1", "a 2", "a 3", "a 4", "a 5", "a 6", "a 7"}));
        QCOMPARE(promptsOf(set.test), (std::vector<std::string>{"a 8", "a 9", "a 10"}));
    }

    void aShareOfAQuestionIsNotHeldOut() {
        const auto set = readPlain(of({{.name = {}, .train = file("a", 7), .test = {}, .heldOut = 0.25}}));
        QCOMPARE(promptsOf(set.test), std::vector<std::string>{"a 7"});
        QVERIFY(readPlain(of({{.name = {}, .train = file("a", 7), .test = {}, .heldOut = 0.1}})).test.empty());
        const auto all = of({{.name = {}, .train = file("a", 3), .test = {}, .heldOut = 1.0}});
        QVERIFY(test::messageOf([&] { readPlain(all); }).ends_with("held_out leaves no question to evolve on."));
    }

    void aLimitTakesTheFirstQuestionsOfEachFile() {
        const auto limited = readPlain(of(
            {{.name = {}, .train = file("a", 10), .test = file("t", 10), .heldOut = 0.0, .weight = 1.0, .limit = 2}}));
        QCOMPARE(promptsOf(limited.train), (std::vector<std::string>{"a 1", "a 2"}));
        QCOMPARE(promptsOf(limited.test), (std::vector<std::string>{"t 1", "t 2"}));
        const auto held = readPlain(
            of({{.name = {}, .train = file("a", 10), .test = {}, .heldOut = 0.5, .weight = 1.0, .limit = 4}}));
        QCOMPARE(promptsOf(held.train), (std::vector<std::string>{"a 1", "a 2"}));
        QCOMPARE(promptsOf(held.test), (std::vector<std::string>{"a 3", "a 4"}));
    }

    void everyQuestionCountsAsItsFileDoes() {
        const auto heavy = readPlain(of({{.name = "sums", .train = file("a", 2), .test = {}},
                                         {.name = {}, .train = file("b", 3), .test = {}, .weight = 2.5}}));
        const auto samples = samplesOf(heavy);
        QCOMPARE(samples.groupNames, (std::vector<std::string>{"sums", "b"}));
        QCOMPARE(samples.groups, (std::vector<std::uint32_t>{0, 0, 1, 1, 1}));
        QCOMPARE(samples.weights, (std::vector<double>{1.0, 1.0, 2.5, 2.5, 2.5}));
        QCOMPARE(samples.texts[4].question, std::string("b 3"));
        QCOMPARE(samples.texts[4].reference, std::string("3"));
        const auto equal = of({{.name = {}, .train = file("a", 2), .test = {}}});
        QVERIFY(samplesOf(readPlain(equal)).weights.empty());
    }

    void theHashIsThatOfTheTrainingQuestions() {
        const auto hashOf = [&](int lines, double heldOut) {
            return samplesOf(readPlain(of({{.name = {}, .train = file("a", lines), .test = {}, .heldOut = heldOut}})))
                .hash;
        };
        QCOMPARE(hashOf(10, 0.3), hashOf(7, 0.0));
        QVERIFY(hashOf(10, 0.3) != hashOf(10, 0.2));
    }
};

MERGARIUM_SUITE(QuestionsTest)
#include "questions_test.moc"
