#include "core/evaluation/checkpoint_score.h"
#include "core/evaluation/preflight.h"
#include "core/export/export_model.h"
#include "core/families/families.h"
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
#include <cmath>
#include <filesystem>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

// Classifiers of texts: the golden families with a head of three labels in place of their own. What the head reads, the
// last token's normalised state, is known of the first text.
class TextClassificationTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    int made_ = 0;

    fs::path newPath(const char* ending = "") {
        return temporary_.filePath(QString("path-%1%2").arg(++made_).arg(ending)).toStdString();
    }

    static std::vector<float> head(std::int64_t hidden, int seed) {
        std::vector<float> weights(3 * static_cast<std::size_t>(hidden));
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = 0.2F * std::sin(static_cast<float>(i * 7 + static_cast<std::size_t>(seed)));
        return weights;
    }

    fs::path model(const QString& family, int seed = 1, const json& changes = json::object(), bool overflows = false) {
        const auto from = kGoldenFamilies / family.toStdString(), folder = newPath();
        fs::create_directory(folder);
        auto config = readJson(from / "config.json");
        std::string name = config["architectures"][0];
        for (const std::string end : {"ForCausalLM", "LMHeadModel"})
            if (name.ends_with(end)) name.resize(name.size() - end.size());
        config["architectures"] = {name + "ForSequenceClassification"};
        config["id2label"] = {{"0", "bad"}, {"1", "so so"}, {"2", "good"}};
        config.merge_patch(changes);
        std::ofstream(folder / "config.json") << config.dump();
        const auto network = decoderConfigOf(config, "config.json");
        std::ofstream(folder / "tokenizer.json") << wordTokenizer(network.vocabulary).dump();
        const auto stored = Checkpoint::open(from);
        std::vector<GivenTensor> tensors{
            tensorOf("score.weight", DType::F32, {3, network.hidden}, head(network.hidden, seed))};
        for (const auto& tensor : stored->tensors()) {
            auto values = storedFloats(*stored, tensor.name);
            const float factor = !overflows                                  ? 1.0F
                                 : tensor.name.ends_with("up_proj.weight")   ? 1e6F
                                 : tensor.name.ends_with("down_proj.weight") ? 1e37F
                                                                             : 1.0F;
            for (float& value : values) value *= factor;
            tensors.push_back(tensorOf(tensor.name, tensor.dtype, tensor.shape, values));
        }
        writeTensors(folder / "model.safetensors", tensors);
        return folder;
    }

    fs::path lines(const std::vector<json>& all) {
        const auto path = newPath(".jsonl");
        std::ofstream file(path);
        for (const auto& one : all) file << one << "\n";
        return path;
    }

    static RunConfiguration asking(const std::vector<fs::path>& founders, const fs::path& file,
                                   LabelScoring scoring = LabelScoring::Probability) {
        RunConfiguration configuration;
        configuration.device = "cpu";
        configuration.evaluations = 4;
        TextClassificationSettings task;
        task.files = {{.name = "reviews", .train = file}};
        task.scoring = scoring;
        configuration.task = task;
        std::vector<CheckpointFounder> named;
        for (const auto& founder : founders) named.push_back({.base = founder, .adapter = {}});
        configuration.founders = named;
        return configuration;
    }

    static double scoreOf(const fs::path& model, const RunConfiguration& configuration) {
        return scoreCheckpoint({.base = model, .adapter = {}}, configuration, kResources, 1, anyProgram).front().train;
    }

private Q_SLOTS:
    void probabilitiesAreThoseOfTheHeadOnPublishedStates_data() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : fs::directory_iterator(kGoldenFamilies))
            QTest::newRow(entry.path().filename().c_str()) << QString(entry.path().filename().c_str());
    }

    void probabilitiesAreThoseOfTheHeadOnPublishedStates() {
        QFETCH(QString, family);
        const auto golden = kGoldenFamilies / family.toStdString();
        const auto text = readJson(golden / "input_ids.json")[0].get<Tokens>();
        const auto expected = Checkpoint::open(golden / "expected.safetensors");
        const auto folder = model(family);
        const auto network = decoderConfigIn(folder);
        const auto states = storedFloats(*expected, "hidden.0." + std::to_string(network.layers.size()));
        const auto weights = head(network.hidden, 1);
        const auto hidden = static_cast<std::size_t>(network.hidden);
        std::vector<double> exponentials(3);
        for (std::size_t label = 0; label < 3; ++label) {
            double logit = 0.0;
            for (std::size_t i = 0; i < hidden; ++i)
                logit += static_cast<double>(weights[label * hidden + i]) *
                         static_cast<double>(states[states.size() - hidden + i]);
            exponentials[label] = std::exp(logit);
        }
        const double sum = exponentials[0] + exponentials[1] + exponentials[2];
        for (std::size_t label = 0; label < 3; ++label) {
            const auto file = lines({{{"text", words(text)}, {"label", label}}});
            QVERIFY(std::abs(scoreOf(folder, asking({folder}, file)) - exponentials[label] / sum) < 1e-4);
            const bool isBest = *std::ranges::max_element(exponentials) == exponentials[label];
            QCOMPARE(scoreOf(folder, asking({folder}, file, LabelScoring::Accuracy)), isBest ? 1.0 : 0.0);
        }
    }

    void aRunEvolvesThemAndItsExportsScoreTheSame() {
        const std::vector<fs::path> founders{model("qwen3", 1), model("qwen3", 2)};
        std::vector<json> texts;
        for (std::uint64_t i = 0; i < 10; ++i)
            texts.push_back({{"text", words(randomText(2 + i * 3, i, 400))}, {"label", i % 2 == 0 ? "good" : "bad"}});
        const auto configuration = asking(founders, lines(texts));
        const auto database = newPath(".db");
        const auto snapshot = runToItsEnd(configuration, database);
        int children = 0;
        for (const auto& member : snapshot.members) {
            if (!member) continue;
            if (!member->parentage) continue;
            const auto folder = newPath();
            exportModel({.database = database, .run = {1}, .member = member->id, .folder = folder});
            QCOMPARE(scoreOf(folder, configuration), member->scores.mean());
            ++children;
        }
        QVERIFY(children > 0);
    }

    void aModelWhoseNumbersOverflowIsRightNowhere() {
        const auto folder = model("qwen3", 1, json::object(), /*overflows=*/true);
        const auto text = words(readJson(kGoldenFamilies / "qwen3" / "input_ids.json")[0].get<Tokens>());
        for (int label = 0; label < 3; ++label)
            for (const auto scoring : {LabelScoring::Probability, LabelScoring::Accuracy})
                QCOMPARE(scoreOf(folder, asking({folder}, lines({{{"text", text}, {"label", label}}}), scoring)), 0.0);
    }

    void whatDoesNotFitIsSaid() {
        const auto folder = model("qwen3");
        const auto refused = [&](const std::vector<fs::path>& founders, const fs::path& file) {
            return messageOf([&] {
                (void)RunLoop::begin(asking(founders, file),
                                     {.database = newPath(".db"), .resources = kResources, .threads = 1});
            });
        };
        const auto wrong = lines({{{"text", "t1"}, {"label", "good"}}, {{"text", "t2"}, {"label", "fine"}}});
        QCOMPARE(refused({folder, model("qwen3", 2)}, wrong),
                 wrong.string() + ", line 2: the label 'fine' is none of the model's: bad, so so, good.");
        const auto larger = lines({{{"text", "t1"}, {"label", 3}}});
        QCOMPARE(refused({folder, model("qwen3", 2)}, larger),
                 larger.string() + ", line 1: the label '3' is none of the model's: bad, so so, good.");
        const auto right = lines({{{"text", "t1"}, {"label", 2}}});
        const auto turned = model("qwen3", 2, {{"id2label", {{"0", "good"}, {"1", "so so"}, {"2", "bad"}}}});
        QVERIFY(refused({folder, turned}, right).starts_with("The founders don't fit together:\nconfig.json"));
        const auto language = kGoldenFamilies / "qwen3";
        QVERIFY(QString::fromStdString(messageOf([&] {
                    scoreOf(folder, [&] {
                        auto asked = asking({folder}, right);
                        CausalLmSettings task;
                        task.files = {{.name = "q", .train = lines({{{"question", "t1"}, {"answer", "t2"}}})}};
                        asked.task = task;
                        return asked;
                    }());
                })).contains("it is a classifier of texts"));
        fs::copy_file(folder / "tokenizer.json", newPath());
        const auto plain = newPath();
        fs::copy(language, plain);
        fs::copy_file(folder / "tokenizer.json", plain / "tokenizer.json");
        QVERIFY(QString::fromStdString(messageOf([&] {
                    scoreOf(plain, asking({plain}, right));
                })).contains("it is a language model without a classifier"));
        const auto few = messageOf([&] {
            auto config = readJson(folder / "config.json");
            config["id2label"] = {{"0", "a"}, {"2", "b"}};
            decoderConfigOf(config, "m/config.json");
        });
        QCOMPARE(few, std::string("m/config.json: id2label has no name for label 1."));
    }
};

MERGARIUM_SUITE(TextClassificationTest)
#include "text_classification_test.moc"
