#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <fmt/format.h>

#include <cmath>
#include <map>

using namespace mergarium;
namespace fs = std::filesystem;

// How the model that adds scores on questions that are put to it.
class QuestionScoringTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    fs::path newPath(const char* ending) {
        return folder_.filePath(QString("file-%1%2").arg(++files_).arg(ending)).toStdString();
    }
    /// The adding model's scores and answers on these lines.
    MemberPtr scored(const std::string& lines, QuestionScoring scoring, bool lengthNormalized = true,
                     const std::string& stop = {}) {
        auto configuration = readConfiguration(test::kResources / "presets/language-demo.yaml");
        auto& task = std::get<CausalLmSettings>(configuration.task);
        const auto file = newPath(".jsonl");
        test::writeText(file, lines);
        task.files = {{.name = {}, .train = file, .test = {}}};
        task.scoring = scoring;
        task.lengthNormalized = lengthNormalized;
        if (!stop.empty()) task.stop = {stop};
        const auto loop =
            RunLoop::begin(configuration, {.database = newPath(".db"), .resources = test::kResources, .threads = 1});
        return loop->snapshot(Phase::Running).members[0];
    }
    static std::string line(const std::string& prompt, const std::string& answer, const std::string& choices = {}) {
        return fmt::format("{{\"prompt\": \"{}\", \"answer\": \"{}\"{}}}\n", prompt, answer,
                           choices.empty() ? std::string() : ", \"choices\": " + choices);
    }

private Q_SLOTS:
    void aMultipleChoiceTakesTheLikeliest() {
        const auto member =
            scored(line("12+34=", "46", R"(["45", "46", "99"])") + line("12+34=", "46", R"(["46", "7"])") +
                       line("12+34=", "45", R"(["45", "46"])") + line("52+34=", "C", R"(["64", "68", "86", "88"])"),
                   QuestionScoring::MultipleChoice);
        QCOMPARE(*member->answers, (std::vector<std::string>{"46", "46", "46", "86"}));
        const auto scores = member->scores.values();
        QCOMPARE((std::vector<float>{scores.begin(), scores.end()}), (std::vector<float>{1, 1, 0, 1}));
    }

    // Behind a wrong digit, the one that the model expects there raises the mean and can only lower the sum.
    void theLengthOfAChoiceCountsUnlessNormalized() {
        const auto question = line("12+34=", "56", R"(["5", "56"])");
        QCOMPARE(scored(question, QuestionScoring::MultipleChoice, true)->answers->front(), std::string("56"));
        QCOMPARE(scored(question, QuestionScoring::MultipleChoice, false)->answers->front(), std::string("5"));
    }

    void aLikelihoodIsTheGeometricMeanOverTheTokens() {
        const auto member = scored(line("12+34=", "4") + line("12+34=4", "6") + line("12+34=", "46") +
                                       line("12+34=", "5") + line("12+34=5", "6") + line("12+34=", "56"),
                                   QuestionScoring::Likelihood);
        const auto& scores = member->scores;
        QVERIFY(scores[0] > 0.5f && scores[3] < 0.5f);
        for (const std::size_t first : {0u, 3u})
            QVERIFY(std::abs(std::sqrt(scores[first] * scores[first + 1]) / scores[first + 2] - 1.0) < 1e-3);
    }

    void anAnswerEndsBeforeItsStopText() {
        const auto question = line("12+34=", "4");
        QCOMPARE(scored(question, QuestionScoring::ExactMatch)->answers->front(), std::string("46"));
        const auto stopped = scored(question, QuestionScoring::ExactMatch, true, "6");
        QCOMPARE(stopped->answers->front(), std::string("4"));
        QCOMPARE(stopped->scores[0], 1.0f);
    }

    void likelihoodsOfWhatCanComeNextSumToOne() {
        std::string lines;
        for (char digit = '0'; digit <= '9'; ++digit) lines += line("12+34=", std::string(1, digit));
        const auto total = scored(lines, QuestionScoring::Likelihood)->scores.total();
        QVERIFY2(total > 0.95 && total < 1.0001, qPrintable(QString::number(total)));
    }

    void aChildCutShortHasTheMeanOfWhatWasScored() {
        const auto births = [&](const char* rejectsEarly) {
            auto configuration =
                readConfiguration(test::kResources / "presets/language-demo.yaml",
                                  {{"strategy.archive", "6"}, {"strategy.early_rejection", rejectsEarly}});
            configuration.evaluations = 40;
            auto& task = std::get<CausalLmSettings>(configuration.task);
            for (auto& file : task.files) file.limit = 20;
            task.batch = 5;
            const auto database = newPath(".db");
            test::runToItsEnd(configuration, database);
            return RunCatalog(database).births({1});
        };
        const auto full = births("false");
        const auto early = births("true");
        int partly = 0;
        for (std::size_t i = 0; i < early.size(); ++i) {
            QVERIFY(!full[i].scored);
            if (!early[i].scored) {
                QCOMPARE(early[i].childTrain, full[i].childTrain);
                continue;
            }
            QVERIFY(!early[i].accepted && !full[i].accepted);
            const auto scored = static_cast<double>(*early[i].scored);
            const double right = early[i].childTrain * scored;
            const double all = full[i].childTrain * 40.0;
            QVERIFY(std::abs(right - std::round(right)) < 1e-9);
            QVERIFY(right < all + 1e-9 && right > all - (40.0 - scored) - 1e-9);
            partly += right > 0.0;
        }
        QVERIFY(partly > 0);
    }
};

MERGARIUM_SUITE(QuestionScoringTest)
#include "question_scoring_test.moc"
