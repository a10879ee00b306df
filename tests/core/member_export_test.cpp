#include "core/configuration/yaml.h"
#include "core/evaluation/bred_again.h"
#include "core/export/export_model.h"
#include "core/export/rebuild_model.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/session/run_loop.h"
#include "core/store/run_catalog.h"
#include "tests/support/example_models.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <map>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// Members of stored runs as folders of their own.
class MemberExportTest : public QObject, private ExampleModels {
    Q_OBJECT

private Q_SLOTS:
    void init() { writeBoth(); }

    void membersOfADigitsRunAreExportedAsTheyWere_data() {
        QTest::addColumn<QString>("strategy");
        QTest::newRow("elements") << "{}";
        QTest::newRow("whole units") << "{genes: units, inherit: each, ratio: {beta: 0.3}}";
    }

    void membersOfADigitsRunAreExportedAsTheyWere() {
        QFETCH(QString, strategy);
        auto configuration = parseConfiguration("strategy: " + strategy.toStdString(), "test");
        configuration.evaluations = 60;
        const RunPlace place{.database = folder_ / "runs.db", .resources = kResources, .threads = 1};
        {
            const auto loop = RunLoop::begin(configuration, place);
            const std::atomic<bool> abandon = false;
            while (!loop->isFinished()) loop->step(abandon);
            loop->store(Phase::Finished);
        }
        const RunCatalog catalog(place.database);
        const auto snapshot = catalog.snapshot({1});
        const auto& layout = snapshot.run->layout;
        for (const auto& member : snapshot.members) {
            if (!member) continue;
            std::vector<float> parameters(layout.length());
            member->genome->materialize(parameters);
            // From the founders alone, birth by birth, it becomes the same.
            const auto ancestry = catalog.ancestry({1}, member->id);
            DenseBreeding breeding(tensorEndsOf(layout), snapshot.run->genes);
            std::map<MemberId, GenomePtr> genomes;
            for (const auto& [id, packed] : ancestry.genomes)
                if (id.value <= 2) genomes[id] = DenseGenome::unpack(packed, layout.length(), snapshot.run->genes);
            std::vector<float> again(layout.length());
            bredAgain(ancestry.line, genomes, breeding)->materialize(again);
            QVERIFY(again == parameters);
        }
        const auto& best = *snapshot.members[*bestSlot(snapshot.members)];
        std::vector<float> parameters(layout.length());
        best.genome->materialize(parameters);
        const auto result =
            exportModel({.database = place.database, .run = {1}, .member = best.id, .folder = folder_ / "best"});
        const auto model = Checkpoint::open(result.folder);
        for (const auto& tensor : layout.tensors) {
            const auto values = valuesOf(*model, tensor.name);
            QCOMPARE(values.size(), tensor.count);
            QVERIFY(std::equal(values.begin(), values.end(),
                               parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin)));
        }
        QVERIFY(textOf(result.folder / "README.md").find("| digits |") != std::string::npos);
        QVERIFY(messageOf([&] {
                    exportModel({.database = place.database, .run = {1}, .member = {9999}, .folder = folder_ / "none"});
                }).find("has no model 9999") != std::string::npos);
    }

    void membersOfACheckpointRunAreBredAgainAndExported_data() {
        QTest::addColumn<bool>("tensors");
        QTest::newRow("elements") << false;
        QTest::newRow("whole tensors") << true;
    }

    void membersOfACheckpointRunAreBredAgainAndExported() {
        QFETCH(bool, tensors);
        const std::vector<CheckpointFounder> sources{{.base = folder_ / "a", .adapter = {}},
                                                     {.base = folder_ / "b", .adapter = {}}};
        const auto database = folder_ / "runs.db";
        const auto opened = openFounders(sources, {}, founderCache(database));
        const auto genes = tensors ? tensorGenes(opened.founders->layout()) : nullptr;
        const auto gram = gramOf(opened, founderCache(database), nullptr, 0, genes);
        const auto length = opened.founders->length();
        auto configuration = parseConfiguration(tensors ? "strategy: {genes: tensors}" : "{}", "test");
        configuration.founders = sources;
        configuration.task = CommandSettings{.program = {"true"}, .samples = folder_ / "samples.jsonl"};
        std::vector<FounderRecord> records;
        for (std::size_t k = 0; k < 2; ++k)
            records.push_back(
                {.member = std::make_shared<const Member>(
                     Member{.id = {k + 1},
                            .genome = std::make_shared<const RecipeGenome>(founderRecipe(k, 2, length, genes), gram),
                            .scores = Scores({1.0f, 0.0f}),
                            .parentage = std::nullopt}),
                 .name = opened.founders->model(k).name,
                 .hash = opened.founders->model(k).hash,
                 .source = sources[k],
                 .bytes = 1,
                 .slot = k});
        auto recorder = RunRecorder::create(database,
                                            {.configuration = configuration,
                                             .layout = opened.founders->layout(),
                                             .genes = genes,
                                             .samples = nullptr,
                                             .device = "CPU"},
                                            records);
        RecipeBreeding breeding(gram);
        GenomePtr genomes[] = {records[0].member->genome, records[1].member->genome, nullptr, nullptr};
        for (std::uint64_t step = 1; step <= 2; ++step) {
            const Parentage parentage{
                {1}, {step + 1}, {.splits = {tensors ? step : 10 * step}, .ratio = 0.3 * static_cast<double>(step)}};
            genomes[step + 1] = breeding.keep(breeding.breed(*genomes[0], *genomes[step], parentage.splice));
            recorder.record(BirthRecord{.step = step,
                                        .parentage = parentage,
                                        .train = 0.5,
                                        .slot = step + 1,
                                        .child = std::make_shared<const Member>(Member{.id = {step + 2},
                                                                                       .genome = genomes[step + 1],
                                                                                       .scores = Scores({1.0f, 0.0f}),
                                                                                       .parentage = parentage,
                                                                                       .born = step})});
        }
        recorder.flush({.phase = Phase::Stopped, .message = {}, .evaluations = 2, .accepted = 2, .archiveHash = {}});

        const auto result = exportModel({.database = database,
                                         .run = recorder.run(),
                                         .member = {4},
                                         .folder = folder_ / "child",
                                         .dtype = DType::F32});
        std::vector<float> parameters(length);
        genomes[3]->materialize(parameters);
        const auto model = Checkpoint::open(result.folder);
        for (const auto& tensor : opened.founders->layout().tensors) {
            const auto values = valuesOf(*model, tensor.name);
            QVERIFY(std::equal(values.begin(), values.end(),
                               parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin)));
        }
        const auto line =
            std::string("- #4 (evaluation 2): a x #3, slerp, ratio 0.6, split at ") + (tensors ? "2" : "20");
        QVERIFY(textOf(result.folder / "README.md").find(line) != std::string::npos);
        rebuildModel({.recipe = result.folder / "recipe.yaml", .folder = folder_ / "again"}, cache());
        QVERIFY(filesIn(result.folder) == filesIn(folder_ / "again"));

        writeModel("b", 99);
        const auto message = messageOf([&] {
            exportModel({.database = database, .run = recorder.run(), .member = {4}, .folder = folder_ / "late"});
        });
        QVERIFY2(message.find("the founder has changed since run 1 began") != std::string::npos, message.c_str());
    }
};

MERGARIUM_SUITE(MemberExportTest)
#include "member_export_test.moc"
