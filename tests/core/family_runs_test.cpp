#include "core/evaluation/checkpoint_score.h"
#include "core/evaluation/preflight.h"
#include "core/export/export_model.h"
#include "core/export/merge_models.h"
#include "core/families/families.h"
#include "core/founders/founder_source.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/random_decoder.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"
#include "tests/support/word_tokenizer.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

// What a run makes of founders of every family.
class FamilyRunsTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    fs::path questions_;
    int made_ = 0;

    fs::path newPath() { return temporary_.filePath(QString("path-%1").arg(++made_)).toStdString(); }

    /// A model of a family with a tokenizer, its weights `shaken` a little.
    fs::path model(const QString& family, bool shaken) {
        const auto from = kGoldenFamilies / family.toStdString(), folder = newPath();
        fs::create_directory(folder);
        for (const char* file : {"config.json", "generation_config.json"}) fs::copy(from / file, folder / file);
        const auto config = decoderConfigIn(from);
        std::ofstream(folder / "tokenizer.json") << wordTokenizer(config.vocabulary).dump();
        const auto stored = Checkpoint::open(from);
        std::vector<GivenTensor> tensors;
        int seed = 0;
        for (const auto& tensor : stored->tensors()) {
            auto values = storedFloats(*stored, tensor.name);
            if (shaken)
                for (auto& value : values) value *= 1.0F + 0.05F * static_cast<float>(++seed % 13 - 6) / 6.0F;
            tensors.push_back(tensorOf(tensor.name, tensor.dtype, tensor.shape, values));
        }
        writeTensors(folder / "model.safetensors", tensors);
        return folder;
    }

    RunConfiguration run(const fs::path& first, const fs::path& second) const {
        RunConfiguration configuration;
        configuration.device = "cpu";
        configuration.evaluations = 4;
        CausalLmSettings task;
        task.files = {{.name = "words", .train = questions_}};
        task.scoring = QuestionScoring::Likelihood;
        configuration.task = task;
        configuration.founders =
            std::vector<CheckpointFounder>{{.base = first, .adapter = {}}, {.base = second, .adapter = {}}};
        return configuration;
    }

    static void forFamilies() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : fs::directory_iterator(kGoldenFamilies))
            QTest::newRow(entry.path().filename().c_str()) << QString(entry.path().filename().c_str());
    }

private Q_SLOTS:
    void initTestCase() {
        questions_ = newPath();
        std::ofstream file(questions_);
        for (std::uint64_t i = 0; i < 12; ++i)
            file << json{{"question", words(randomText(3 + i * 2, i, 384))},
                         {"answer", " " + words(randomText(1 + i % 3, 100 + i, 384))}}
                 << "\n";
    }

    void aRunGivesItsFoundersWhatTheyScoreByThemselves_data() { forFamilies(); }

    void aRunGivesItsFoundersWhatTheyScoreByThemselves() {
        QFETCH(QString, family);
        const std::vector<fs::path> folders{model(family, false), model(family, true)};
        const auto configuration = run(folders[0], folders[1]);
        const auto snapshot = runToItsEnd(configuration, newPath().string() + ".db");
        std::vector<double> inRun;
        for (const auto& member : snapshot.members)
            if (member && !member->parentage) inRun.push_back(member->scores.mean());
        std::vector<double> alone;
        for (const auto& folder : folders)
            alone.push_back(scoreCheckpoint({.base = folder, .adapter = {}}, configuration, kResources, 1, anyProgram)
                                .front()
                                .train);
        QCOMPARE(inRun, alone);
        QVERIFY(alone[0] != alone[1]);
        QVERIFY(alone[0] > 0.0 && alone[0] < 1.0);
    }

    void halfTheMemoryScoresAsAnExportInThatTypeDoes() {
        auto configuration = run(model("gemma2", false), model("gemma2", true));
        std::get<CausalLmSettings>(configuration.task).weights = WeightPrecision::BFloat16;
        const auto database = newPath().string() + ".db";
        const auto snapshot = runToItsEnd(configuration, database);
        int children = 0;
        for (const auto& member : snapshot.members) {
            if (!member || !member->parentage) continue;
            const auto folder = newPath();
            exportModel(
                {.database = database, .run = {1}, .member = member->id, .folder = folder, .dtype = DType::BF16});
            for (const auto precision : {WeightPrecision::Float32, WeightPrecision::BFloat16}) {
                std::get<CausalLmSettings>(configuration.task).weights = precision;
                QCOMPARE(scoreCheckpoint({.base = folder, .adapter = {}}, configuration, kResources, 1, anyProgram)
                             .front()
                             .train,
                         member->scores.mean());
            }
            ++children;
        }
        QVERIFY(children > 0);
    }

    void aMergedModelLoadsAndComputesWhatWasMerged_data() { forFamilies(); }

    void aMergedModelLoadsAndComputesWhatWasMerged() {
        QFETCH(QString, family);
        const CheckpointFounder first{.base = model(family, false), .adapter = {}};
        const CheckpointFounder second{.base = model(family, true), .adapter = {}};
        const auto merged = newPath(), again = newPath();
        mergeModels({.first = first, .second = second, .interpolation = Interpolation::Lerp, .folder = merged},
                    newPath());
        mergeModels({.first = {.base = merged, .adapter = {}},
                     .second = {.base = merged, .adapter = {}},
                     .interpolation = Interpolation::Lerp,
                     .folder = again},
                    newPath());
        const auto network = openDecoder(merged, torch::kCPU);
        const std::vector<Tokens> texts{randomText(30, 1, 384), randomText(7, 2, 384)};
        const auto expected = whole(network, texts), found = whole(openDecoder(again, torch::kCPU), texts);
        for (std::size_t i = 0; i < texts.size(); ++i)
            QCOMPARE(distance(rowOf(found.logits, i), rowOf(expected.logits, i)), 0.0);

        auto a = openDecoder(first.base, torch::kCPU);
        const auto b = openDecoder(second.base, torch::kCPU);
        a.flat().copy_(0.5 * (a.flat() + b.flat()));
        QVERIFY(distance(rowOf(whole(a, texts).logits, 0), rowOf(expected.logits, 0)) < 1e-4);
    }

    void foundersThatComputeOtherwiseAreRefused_data() { forFamilies(); }

    // Every number and flag of config.json by itself: where the network changes and nothing else does, it is refused.
    void foundersThatComputeOtherwiseAreRefused() {
        QFETCH(QString, family);
        const auto folder = model(family, false);
        const auto config = readJson(folder / "config.json");
        const auto network = decoderConfigIn(folder);
        int changed = 0;
        for (const auto& [key, value] : config.items()) {
            auto other = config;
            if (value.is_boolean())
                other[key] = !value.get<bool>();
            else if (value.is_number_float())
                other[key] = 2.0 * value.get<double>();
            else if (value.is_number_integer() && value > 1)
                other[key] = 2 * value.get<std::int64_t>();
            else
                continue;
            try {
                if (computeTheSame(network, decoderConfigOf(other, key))) continue;
            } catch (const std::runtime_error&) {
                continue;
            }
            const auto second = newPath();
            fs::copy(folder, second);
            std::ofstream(second / "config.json") << other.dump();
            const auto message = messageOf([&] {
                openFounders({{.base = folder, .adapter = {}}, {.base = second, .adapter = {}}}, {}, newPath());
            });
            QVERIFY2(message.starts_with("The founders don't fit together:\nconfig.json"),
                     (key + ": " + message).c_str());
            ++changed;
        }
        QVERIFY(changed >= 3);
    }

    void aFamilyUnderAnotherNameThatComputesTheSameGoesWithIt() {
        const auto llama = model("smollm3", false);
        auto config = readJson(llama / "config.json");
        const auto renamed = [&](const json& changes) {
            const auto folder = newPath();
            fs::copy(llama, folder);
            auto other = config;
            other.merge_patch(changes);
            std::ofstream(folder / "config.json") << other.dump();
            return folder;
        };
        const auto rope = json{{"no_rope_layers", {1, 1, 1, 1}}};
        const auto plain = renamed(rope);
        const auto asLlama = renamed({{"model_type", "llama"}, {"architectures", nullptr}, {"layer_types", nullptr}});
        const auto asMistral =
            renamed({{"model_type", "mistral"}, {"architectures", nullptr}, {"layer_types", nullptr}});
        for (const auto& other : {asLlama, asMistral}) {
            openFounders({{.base = plain, .adapter = {}}, {.base = other, .adapter = {}}}, {}, newPath());
            const auto message = messageOf([&] {
                openFounders({{.base = llama, .adapter = {}}, {.base = other, .adapter = {}}}, {}, newPath());
            });
            QVERIFY2(message.find("no_rope_layer") != message.npos || message.find("model_type") != message.npos,
                     message.c_str());
        }
    }
};

MERGARIUM_SUITE(FamilyRunsTest)
#include "family_runs_test.moc"
