#include "core/archive/archive.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>
#include <limits>

using namespace mergarium;
namespace fs = std::filesystem;

// Questions that count differently, from the files through the competition to the database and back.
class WeightedQuestionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path questions_, database_;
    SessionSnapshot live_;

    fs::path path(const char* name) const { return folder_.filePath(name).toStdString(); }
    RunConfiguration configuration() const {
        auto configuration =
            readConfiguration(test::kResources / "presets/language-demo.yaml", {{"strategy.archive", "6"}});
        configuration.evaluations = 16;
        auto& task = std::get<CausalLmSettings>(configuration.task);
        task.batch = 10;
        for (auto& file : task.files) {
            file.train = questions_ / file.train.filename();
            file.test.clear();
            file.heldOut = 0.2;
            file.limit = 25;
        }
        task.files[0].weight = 3.0;
        task.files[1].weight = 0.5;
        return configuration;
    }
    /// A copy of the run's database whose weights are these bytes.
    fs::path withWeights(const std::vector<double>& weights) const {
        const auto copy = path("damaged.db");
        fs::copy_file(database_, copy, fs::copy_options::overwrite_existing);
        SQLite::Database database(copy.string(), SQLite::OPEN_READWRITE);
        SQLite::Statement update(database, "UPDATE runs SET sample_weights = ?");
        update.bind(1, weights.data(), static_cast<int>(weights.size() * sizeof(double)));
        update.exec();
        return copy;
    }

private Q_SLOTS:
    void initTestCase() {
        questions_ = path("questions");
        fs::copy(test::kResources / "questions", questions_);
        database_ = path("runs.db");
        live_ = test::runToItsEnd(configuration(), database_);
    }

    void aStoredRunShowsTheFitnessThatTheLiveOneDid() {
        const auto stored = RunCatalog(database_).snapshot({1});
        QCOMPARE(stored.fitness, live_.fitness);
        Archive unweighted(live_.members.size(), 40, {});
        for (std::size_t slot = 0; slot < live_.members.size(); ++slot) unweighted.place(slot, live_.members[slot]);
        QVERIFY2(unweighted.fitness() != live_.fitness, "the weights count");
    }

    void aStoredRunKeepsItsWeightsWhenItsQuestionsAreGone() {
        std::vector<double> expected(20, 3.0);
        expected.resize(40, 0.5);
        QCOMPARE(live_.run->sampleWeights, expected);
        fs::rename(questions_, path("elsewhere"));
        const auto stored = storedSnapshot(database_, {1}, test::kResources);
        fs::rename(path("elsewhere"), questions_);
        QCOMPARE(stored->run->samples->groupNames, std::vector<std::string>{"samples not found"});
        QCOMPARE(stored->run->sampleWeights, expected);
        QCOMPARE(stored->fitness, live_.fitness);
    }

    void aRunWithWeightsEndsAsUninterrupted() {
        const RunPlace place{.database = path("stopped.db"), .resources = test::kResources, .threads = 1};
        {
            const auto loop = RunLoop::begin(configuration(), place);
            const std::atomic<bool> never = false;
            for (int step = 0; step < 7; ++step) loop->step(never);
            loop->store(Phase::Stopped);
        }
        const auto last = test::finish(*RunLoop::goOn({1}, place));
        QCOMPARE(last.archiveHash, live_.archiveHash);
        QCOMPARE(last.fitness, live_.fitness);
        QCOMPARE(last.run->sampleWeights, live_.run->sampleWeights);
    }

    void aRunIsNotGoneOnWithOnOtherQuestions() {
        const RunPlace place{.database = path("other.db"), .resources = test::kResources, .threads = 1};
        RunLoop::begin(configuration(), place)->store(Phase::Stopped);
        const auto file = questions_ / "add-train.jsonl";
        const auto kept = path("kept.jsonl");
        fs::rename(file, kept);
        std::ifstream was(kept);
        std::string text(std::istreambuf_iterator<char>(was), {});
        test::writeText(file, text.replace(text.find("\"answer\": \"") + 11, 1, "9"));
        const auto message = test::messageOf([&] { RunLoop::goOn({1}, place); });
        fs::rename(kept, file);
        QVERIFY2(message.find("the samples that run 1 is scored on have changed") != std::string::npos,
                 message.c_str());
        QVERIFY(RunLoop::goOn({1}, place));
    }

    void weightsThatCannotBeAreRefused() {
        const double infinity = std::numeric_limits<double>::infinity();
        std::vector<double> weights(40, 2.0);
        (void)RunCatalog(withWeights(weights)).snapshot({1});
        for (const double wrong : {0.0, -1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
            weights[39] = wrong;
            const auto message = test::messageOf([&] { (void)RunCatalog(withWeights(weights)).snapshot({1}); });
            QVERIFY2(message.find("sample_weights holds weights that aren't above 0") != std::string::npos,
                     message.c_str());
        }
        weights.pop_back();
        const auto message = test::messageOf([&] { (void)RunCatalog(withWeights(weights)).snapshot({1}); });
        QVERIFY2(message.find("doesn't hold one number for each sample") != std::string::npos, message.c_str());
    }
};

MERGARIUM_SUITE(WeightedQuestionsTest)
#include "weighted_questions_test.moc"
