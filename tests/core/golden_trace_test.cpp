#include "core/archive/archive.h"
#include "core/checkpoint/safetensors.h"
#include "core/genome/dense_genome.h"
#include "core/mating/attraction.h"
#include "core/tasks/digits/classifier.h"
#include "core/tasks/digits/digits.h"
#include "tests/support/suite.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace mergarium;

// Feeds the recorded draws of an independent NumPy program into our breeding, scoring and archive: every child's number
// of right samples, every replacement, every fitness and attraction must agree.
class GoldenTraceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStepAgrees_data() {
        QTest::addColumn<QString>("trace");
        for (const char* name : {"m2n2", "ga", "m2n2_without_split_point"}) QTest::newRow(name) << QString(name);
    }

    void everyStepAgrees() {
        QFETCH(QString, trace);
        std::ifstream stream(QString(MERGARIUM_TEST_DATA "/trace/%1.json").arg(trace).toStdString());
        const auto golden = nlohmann::json::parse(stream);

        const std::string resources = MERGARIUM_SOURCE_DIR "/resources";
        const auto digits = readDigits(resources + "/data/digits.csv.gz");
        ClassifierTask task(digits.train, digits.test, std::make_shared<const SampleSet>(pictures(digits.train)), {},
                            torch::kCPU);
        Archive archive(golden["archive"].get<std::size_t>(), digits.train.size(),
                        {.alpha = golden["alpha"].get<double>()});
        DenseBreeding breeding({task.layout().length()});

        const auto admitted = [&](std::uint64_t id, GenomePtr genome) {
            std::vector<float> scores(digits.train.size());
            task.load(*genome);
            scoreAll(task, scores);
            Member member;
            member.id = {id};
            member.genome = std::move(genome);
            member.scores = Scores(std::move(scores));
            return std::make_shared<const Member>(std::move(member));
        };

        std::size_t slot = 0;
        for (const char* name : {"model_0_to_4", "model_5_to_9"}) {
            const auto founder =
                admitted(slot + 1, std::make_shared<DenseGenome>(readFloatTensor(
                                       resources + "/founders/reference-specialists.safetensors", name)));
            QCOMPARE(founder->scores.total(), golden["first_archive_correct"][slot].get<double>());
            archive.place(slot++, founder);
        }

        std::uint64_t id = 3;
        for (const auto& step : golden["steps"]) {
            const auto first = step["parent_1"].get<std::size_t>();
            const auto second = step["parent_2"].get<std::size_t>();
            std::vector<double> attracted(archive.slots().size());
            attractions(archive.rows()[first], archive.rows(), archive.niches().worth, attracted);
            for (std::size_t k = 0; k < attracted.size(); ++k) {
                QVERIFY(std::abs(archive.fitness()[k] - step["fitness"][k].get<double>()) < 1e-5);
                QVERIFY(std::abs(attracted[k] - step["attraction_to_parent_1"][k].get<double>()) < 1e-5);
            }

            Splice splice{.splits = {}, .ratio = step["mixing_ratio"].get<double>()};
            if (!step["split_point"].is_null()) splice.splits = {step["split_point"].get<std::uint64_t>()};
            const auto child = admitted(id++, breeding.keep(breeding.breed(*archive.slots()[first]->genome,
                                                                           *archive.slots()[second]->genome, splice)));
            QCOMPARE(child->scores.total(), step["child_correct"].get<double>());
            const auto admission = archive.admit(child);
            QCOMPARE(admission.accepted() ? static_cast<int>(*admission.slot) : -1, step["replaced"].get<int>());
        }

        MemberPtr best;
        for (std::size_t k = 0; k < archive.slots().size(); ++k) {
            QCOMPARE(archive.slots()[k]->scores.total(), golden["final_archive_correct"][k].get<double>());
            if (!best || archive.slots()[k]->scores.total() > best->scores.total()) best = archive.slots()[k];
        }
        task.load(*best->genome);
        QVERIFY(std::abs(*task.testScore() - golden["best_test"].get<double>()) < 1e-6);
    }
};

MERGARIUM_SUITE(GoldenTraceTest)
#include "golden_trace_test.moc"
