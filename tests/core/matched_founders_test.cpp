#include "core/founders/matched_founders.h"
#include "core/configuration/yaml.h"
#include "core/evaluation/experiment.h"
#include "core/evaluation/preflight.h"
#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_genes.h"
#include "core/genome/dense_genome.h"
#include "core/tasks/task.h"
#include "tests/support/runs.h"
#include "tests/support/shuffled_units.h"
#include "tests/support/small_llama.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// tensors.align, from the setting to what is written.
class MatchedFoundersTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    /// "moved" computes what "first" does, its units elsewhere; "strange" is another model.
    void writeFounders() {
        const auto config = smallLlama(9);
        for (const char* name : {"first", "strange", "moved"}) {
            fs::create_directories(folder_ / name);
            writeText(folder_ / name / "config.json", config.dump());
        }
        writeLlama(folder_ / "first", config, DType::F32, 1);
        writeLlama(folder_ / "strange", config, DType::F32, 77);
        const auto first = openFounder({folder_ / "first", {}}, scratchPlace());
        Layout layout;
        for (const auto& tensor : first->tensors()) layout.append(tensor.name, tensor.shape);
        const auto groups = unitGroupsOf(layout, first.get());
        RandomStream random(3, 0, Purpose::FounderWeights);
        std::vector<UnitOrder> orders;
        for (const auto& group : groups)
            orders.push_back(group.interchangeable ? shuffled(group, random) : UnitOrder::unchanged(group));
        const auto moved = rearrangedFounder(first, groups, orders, scratchPlace());
        std::vector<GivenTensor> tensors;
        for (const auto& tensor : moved->tensors())
            tensors.push_back(tensorOf(tensor.name, DType::F32, tensor.shape, valuesOf(*moved, tensor.name)));
        writeTensors(folder_ / "moved" / "model.safetensors", tensors);
    }

    MergeRequest merging(const char* second, const char* out, UnitAlignment align) const {
        return {.first = {folder_ / "first", {}},
                .second = {folder_ / second, {}},
                .ratio = 0.5,
                .interpolation = Interpolation::Lerp,
                .tensors = {.align = align},
                .folder = folder_ / out};
    }

    std::string tensorsIn(const char* model) const { return textOf(folder_ / model / "model.safetensors"); }

    std::vector<float> values(const char* model) const {
        return valuesOf(*Checkpoint::open(folder_ / model), "model.layers.1.mlp.up_proj.weight");
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
    }

    void aModelWhoseUnitsStandElsewhereIsMergedAsTheFirst() {
        writeFounders();
        QVERIFY(values("moved") != values("first"));
        mergeModels(merging("moved", "matched", UnitAlignment::Units), folder_ / "cache");
        mergeModels(merging("moved", "plain", UnitAlignment::None), folder_ / "cache");
        QCOMPARE(values("matched"), values("first"));
        QVERIFY(values("plain") != values("first"));
    }

    void rebuildingMatchesUnitsAgain() {
        writeFounders();
        auto request = merging("strange", "merged", UnitAlignment::Units);
        request.interpolation = Interpolation::Slerp;
        request.ratio = 0.3;
        const auto result = mergeModels(request, folder_ / "cache");
        QVERIFY(textOf(folder_ / "merged" / "recipe.yaml").find("align: units") != std::string::npos);
        const auto again = rebuildModel({.recipe = folder_ / "merged" / "recipe.yaml", .folder = folder_ / "again"},
                                        folder_ / "another cache");
        QCOMPARE(again.hash, result.hash);
        QCOMPARE(tensorsIn("again"), tensorsIn("merged"));
    }

    // What is kept of founders by their contents is another thing once they are rearranged.
    void anglesAreThoseOfTheRearrangedFounders() {
        writeFounders();
        auto request = merging("strange", "plain", UnitAlignment::None);
        request.interpolation = Interpolation::Slerp;
        mergeModels(request, folder_ / "cache");
        request.tensors.align = UnitAlignment::Units;
        for (const char* out : {"same cache", "other cache"}) {
            request.folder = folder_ / out;
            mergeModels(request, folder_ / (out == std::string("same cache") ? "cache" : "another cache"));
        }
        QCOMPARE(tensorsIn("same cache"), tensorsIn("other cache"));
        QVERIFY(tensorsIn("same cache") != tensorsIn("plain"));
    }

    void networksOfADigitsRunAreMatchedAndScoreTheSame() {
        auto configuration = shortRun(1);
        const auto opened = [&](UnitAlignment align) {
            configuration.tensors.align = align;
            return prepare(configuration, {.database = {}, .resources = kResources, .threads = 1});
        };
        const auto plain = opened(UnitAlignment::None), matched = opened(UnitAlignment::Units);
        const auto parametersOf = [](const Founder& founder) {
            const auto values = dynamic_cast<const DenseGenome&>(*founder.genome).values();
            return std::vector<float>(values.begin(), values.end());
        };
        QCOMPARE(parametersOf(matched.founders[0]), parametersOf(plain.founders[0]));
        auto before = parametersOf(plain.founders[1]), after = parametersOf(matched.founders[1]);
        QVERIFY(before != after);
        QVERIFY(matched.founders[1].hash != plain.founders[1].hash);
        std::ranges::sort(before);
        std::ranges::sort(after);
        QCOMPARE(after, before);
        const auto scoresOf = [](const Experiment& experiment) {
            std::vector<float> scores(experiment.task->samples()->size());
            experiment.task->load(*experiment.founders[1].genome);
            scoreAll(*experiment.task, scores);
            return scores;
        };
        QCOMPARE(scoresOf(matched), scoresOf(plain));
    }

    void aLanguageModelIsMatchedAndScoresTheSame() {
        auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
        for (auto& file : std::get<CausalLmSettings>(configuration.task).files) file.limit = 20;
        const auto scoresOf = [&](UnitAlignment align) {
            configuration.tensors.align = align;
            const auto experiment = prepare(configuration, {.database = {}, .resources = kResources, .threads = 1});
            std::vector<float> scores(experiment.task->samples()->size());
            experiment.task->load(*experiment.founders[1].genome);
            scoreAll(*experiment.task, scores);
            return std::pair(scores, experiment.founders[1].hash);
        };
        QCOMPARE(scoresOf(UnitAlignment::Units), scoresOf(UnitAlignment::None));
        // 4 layers of 384 neurons and 2 heads of keys.
        configuration.tensors.align = UnitAlignment::Units;
        const auto report = preflight(configuration);
        QVERIFY2(!report.refusal, report.refusal.value_or("").c_str());
        const auto told = std::ranges::find(report.facts, "Matching", &TaskOutline::Fact::what);
        QVERIFY(told != report.facts.end());
        QVERIFY2(told->text.starts_with("1,544 units of each founder behind the first"), told->text.c_str());
    }

    void theSettingIsReadAndWritten() {
        auto configuration = shortRun(1);
        configuration.tensors.align = UnitAlignment::Units;
        const auto yaml = toYaml(configuration);
        QVERIFY(yaml.find("align: units") != std::string::npos);
        QVERIFY(parseConfiguration(yaml, "test") == configuration);
        const auto message = messageOf([] { (void)parseConfiguration("tensors: {align: heads}", "test.yaml"); });
        QVERIFY2(message.find("must be one of: none, units") != std::string::npos, message.c_str());
    }
};

MERGARIUM_SUITE(MatchedFoundersTest)
#include "matched_founders_test.moc"
