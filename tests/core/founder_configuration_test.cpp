#include "core/founders/founder_configuration.h"

#include "core/checkpoint/model_place.h"
#include "core/evaluation/checkpoint_score.h"
#include "core/evaluation/experiment.h"
#include "core/evaluation/preflight.h"
#include "core/export/merge_models.h"
#include "core/founders/alignment.h"
#include "tests/support/message_of.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;
using Config = nlohmann::json;

namespace {

const fs::path kFamilies = MERGARIUM_TEST_DATA "/llama";
const fs::path kAdd = kResources / "models/tiny-llm/add", kSort = kResources / "models/tiny-llm/sort";

Config llamaSettings(const Config& changes = Config::object()) {
    Config config = {{"model_type", "llama"},    {"hidden_size", 24},        {"num_attention_heads", 4},
                     {"num_key_value_heads", 2}, {"rms_norm_eps", 1e-05},    {"rope_theta", 10000.0},
                     {"hidden_act", "silu"},     {"sliding_window", nullptr}};
    config.merge_patch(changes);
    return config;
}

Config qwenSettings(const Config& changes = Config::object()) {
    Config config = llamaSettings({{"model_type", "qwen2"}, {"max_window_layers", 2}, {"sliding_window", 64}});
    config.merge_patch(changes);
    return config;
}

Config readJsonFile(const fs::path& path) { return Config::parse(std::ifstream(path)); }

}  // namespace

// Founders whose config.Config asks for another computation than the first one's.
class FounderConfigurationTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    int made_ = 0;

    fs::path newPath() { return temporary_.filePath(QString("model-%1").arg(++made_)).toStdString(); }
    /// A model like `from` but for these keys of config.json.
    fs::path changed(const fs::path& from, const Config& changes) {
        const auto folder = newPath();
        fs::copy(from, folder, fs::copy_options::recursive);
        fs::permissions(folder / "config.json", fs::perms::owner_read | fs::perms::owner_write);
        auto config = readJsonFile(folder / "config.json");
        config.merge_patch(changes);
        writeText(folder / "config.json", config.dump());
        return folder;
    }
    /// A head that is the embedding with all signs changed.
    static void addHead(const fs::path& folder) {
        std::vector<GivenTensor> tensors;
        {
            const auto model = Checkpoint::open(folder);
            for (const auto& tensor : model->tensors()) {
                tensors.push_back(
                    {tensor.name, tensor.dtype, tensor.shape, {tensor.bytes, tensor.bytes + tensor.byteSize()}});
                if (tensor.name != "model.embed_tokens.weight") continue;
                std::vector<float> values(tensor.count);
                toFloats(tensor.dtype, tensor.bytes, values);
                for (auto& value : values) value = -value;
                tensors.push_back(tensorOf("lm_head.weight", tensor.dtype, tensor.shape, values));
            }
        }
        fs::remove(folder / "model.safetensors");
        writeTensors(folder / "model.safetensors", tensors);
    }
    static RunConfiguration demo(const std::vector<fs::path>& founders) {
        auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
        for (auto& file : std::get<CausalLmSettings>(configuration.task).files) file.limit = 20;
        std::vector<CheckpointFounder> named;
        for (const auto& founder : founders) named.push_back({.base = founder, .adapter = {}});
        configuration.founders = named;
        return configuration;
    }

private Q_SLOTS:
    void whatComputesTheSameIsTheSame_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        const auto row = [](const char* name, const Config& one, const Config& other) {
            QTest::newRow(name) << QByteArray::fromStdString(one.dump()) << QByteArray::fromStdString(other.dump());
        };
        const auto moved = [](Config config, const Config& rope) {
            config.erase("rope_theta");
            config["rope_parameters"] = rope;
            return config;
        };
        row("rotary positions, newly spelt", llamaSettings(),
            moved(llamaSettings(), {{"rope_theta", 10000}, {"rope_type", "default"}}));
        row("scaling, newly spelt",
            llamaSettings({{"rope_theta", 5e5}, {"rope_scaling", {{"type", "linear"}, {"factor", 2}}}}),
            moved(llamaSettings(), {{"rope_theta", 500000}, {"rope_type", "linear"}, {"factor", 2.0}}));
        row("defaults", llamaSettings({{"rms_norm_eps", 1e-6}, {"num_key_value_heads", 4}}),
            llamaSettings({{"rms_norm_eps", nullptr},
                           {"num_key_value_heads", nullptr},
                           {"rope_theta", nullptr},
                           {"hidden_act", nullptr},
                           {"head_dim", 6},
                           {"rope_scaling", nullptr}}));
        row("what is not computed with", llamaSettings(),
            llamaSettings({{"eos_token_id", 7},
                           {"torch_dtype", "float16"},
                           {"transformers_version", "5.1"},
                           {"use_cache", true},
                           {"attention_dropout", 0.1},
                           {"initializer_range", 1},
                           {"max_position_embeddings", 9},
                           {"vocab_size", 99},
                           {"tie_word_embeddings", true},
                           {"pretraining_tp", 1}}));
        row("a window that is not used", qwenSettings(),
            qwenSettings({{"use_sliding_window", false},
                          {"sliding_window", 99},
                          {"max_window_layers", 28},
                          {"layer_types", {"full_attention", "full_attention"}}}));
        row("a window that is not said", Config{{"model_type", "mistral"}},
            Config{{"model_type", "mistral"}, {"sliding_window", 4096}});
        row("a window that Llama has not", llamaSettings(), llamaSettings({{"sliding_window", 16}}));
        row("an activation's other name", llamaSettings(), llamaSettings({{"hidden_act", "swish"}}));
        row("yarn's defaults", llamaSettings({{"rope_scaling", {{"rope_type", "yarn"}, {"factor", 4}}}}),
            llamaSettings(
                {{"rope_scaling", {{"type", "yarn"}, {"factor", 4.0}, {"beta_fast", 32}, {"beta_slow", 1}}}}));
        const Config layers{{"full_attention", {{"rope_theta", 1e6}, {"rope_type", "linear"}, {"factor", 8}}},
                            {"sliding_attention", {{"rope_theta", 1e4}, {"rope_type", "default"}}}};
        Config gemma{{"model_type", "gemma3_text"},
                     {"rope_theta", 1e6},
                     {"rope_local_base_freq", 1e4},
                     {"rope_scaling", {{"rope_type", "linear"}, {"factor", 8}}}};
        row("positions by kind of layer", gemma, Config{{"model_type", "gemma3_text"}, {"rope_parameters", layers}});
    }
    void whatComputesTheSameIsTheSame() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        const auto a = computedSettings(Config::parse(one.toStdString())),
                   b = computedSettings(Config::parse(other.toStdString()));
        QVERIFY(!a.empty());
        for (const auto& [key, value] : a) QVERIFY2(b.contains(key) && b.at(key) == value, key.c_str());
        QCOMPARE(a.size(), b.size());
    }

    void whatComputesOtherwiseDiffersInThatKey_data() {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<QString>("key");
        const auto row = [](const char* key, const Config& base, const Config& changes) {
            QTest::addRow("%s %s", key, changes.dump().c_str())
                << QByteArray::fromStdString(base.dump()) << QByteArray::fromStdString(changes.dump()) << QString(key);
        };
        row("rope_theta", llamaSettings(), {{"rope_theta", 500000}});
        row("rope_theta", llamaSettings(), {{"rope_parameters", {{"rope_theta", 3.0}, {"rope_type", "default"}}}});
        row("rope_scaling", llamaSettings(), {{"rope_scaling", {{"type", "linear"}, {"factor", 2}}}});
        row("rope_scaling", llamaSettings({{"rope_scaling", {{"rope_type", "linear"}, {"factor", 2}}}}),
            {{"rope_scaling", {{"rope_type", "linear"}, {"factor", 4}}}});
        row("partial_rotary_factor", llamaSettings(), {{"partial_rotary_factor", 0.5}});
        row("num_attention_heads", llamaSettings({{"head_dim", 6}}), {{"num_attention_heads", 8}});
        row("num_key_value_heads", llamaSettings(), {{"num_key_value_heads", 1}});
        row("head_dim", llamaSettings(), {{"head_dim", 12}});
        row("rms_norm_eps", llamaSettings(), {{"rms_norm_eps", 1e-6}});
        row("hidden_act", llamaSettings(), {{"hidden_act", "gelu"}});
        row("model_type", llamaSettings(), {{"model_type", "mistral"}});
        row("sliding_window", qwenSettings({{"use_sliding_window", true}}), {{"use_sliding_window", false}});
        row("sliding_window", llamaSettings({{"model_type", "mistral"}}), {{"sliding_window", 4096}});
        row("max_window_layers", qwenSettings({{"use_sliding_window", true}}), {{"max_window_layers", 1}});
        row("attn_logit_softcapping", llamaSettings({{"model_type", "gemma2"}}), {{"attn_logit_softcapping", 50}});
        row("query_pre_attn_scalar", llamaSettings({{"query_pre_attn_scalar", 256}}), {{"query_pre_attn_scalar", 144}});
        row("logits_scaling", llamaSettings({{"logits_scaling", 8}}), {{"logits_scaling", 6}});
        row("use_parallel_residual", Config{{"model_type", "gpt_neox"}}, {{"use_parallel_residual", false}});
        row("num_experts_per_tok", llamaSettings({{"num_experts_per_tok", 2}}), {{"num_experts_per_tok", 4}});
        row("text_config.rope_theta", Config{{"model_type", "llava"}, {"text_config", llamaSettings()}},
            {{"text_config", {{"rope_theta", 20000}}}});
        row("vision_config.layer_norm_eps", Config{{"vision_config", {{"layer_norm_eps", 1e-5}}}},
            {{"vision_config", {{"layer_norm_eps", 1e-6}}}});
    }
    void whatComputesOtherwiseDiffersInThatKey() {
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, changes);
        QFETCH(QString, key);
        auto other = Config::parse(base.toStdString());
        other.merge_patch(Config::parse(changes.toStdString()));
        const TensorDescription tensor{"w", DType::F32, {2}, 2};
        const std::vector<FounderOutline> founders{
            {.name = "a", .tensors = {tensor}, .settings = computedSettings(Config::parse(base.toStdString()))},
            {.name = "b", .tensors = {tensor}, .settings = computedSettings(other)}};
        std::set<std::string> keys;
        for (const auto& difference : align(founders, {}).differences) keys.insert(difference.tensor);
        QVERIFY2(keys.contains(key.toStdString()),
                 qPrintable(QString::number(keys.size()) + (keys.empty() ? "" : keys.begin()->c_str())));
        // The windows of Qwen2 take two keys with them.
        QVERIFY(keys.size() == 1 || key == "sliding_window");
    }

    void aFounderWithoutConfigurationAgreesWithAll() {
        const TensorDescription tensor{"w", DType::F32, {2}, 2};
        const std::vector<FounderOutline> founders{
            {.name = "a", .tensors = {tensor}, .settings = computedSettings(llamaSettings())},
            {.name = "b", .tensors = {tensor}}};
        QVERIFY(align(founders, {}).differences.empty());
    }

    void suchFoundersAreRefusedBeforeARunAndAMerge() {
        const auto other = changed(kSort, {{"rope_parameters", {{"rope_theta", 3.0}}}, {"rms_norm_eps", 1e-5}});
        const auto configuration = demo({kAdd, other});
        const auto report = preflight(configuration);
        QVERIFY(report.refusal);
        const auto told = [&](const std::string& message) {
            for (const char* part : {"config.json", "rms_norm_eps", "1e-06", "1e-05", "rope_theta", "10000", " 3",
                                     "leave out the founders that differ"})
                QVERIFY2(message.find(part) != message.npos, (std::string(part) + " in " + message).c_str());
        };
        told(*report.refusal);
        told(messageOf([&] { prepare(configuration, {.database = {}, .resources = kResources}); }));
        const auto merged = newPath();
        told(messageOf([&] {
            mergeModels(
                {.first = {.base = kAdd, .adapter = {}}, .second = {.base = other, .adapter = {}}, .folder = merged},
                newPath());
        }));
        QVERIFY(!fs::exists(merged));
    }

    void everyFamilyRefusesWhatIsNotItsOwn_data() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : fs::directory_iterator(kFamilies))
            QTest::newRow(entry.path().filename().c_str()) << QString(entry.path().filename().c_str());
    }
    void everyFamilyRefusesWhatIsNotItsOwn() {
        QFETCH(QString, family);
        const auto first = kFamilies / family.toStdString();
        const auto opened = [&](const fs::path& second) {
            openFounders({{.base = first, .adapter = {}}, {.base = second, .adapter = {}}}, {}, newPath());
        };
        // Older files say the same in other words.
        if (fs::exists(first / "config.v4.json")) opened(changed(first, readJsonFile(first / "config.v4.json")));
        opened(changed(first, {{"eos_token_id", 5}}));
        for (const Config& changes : {Config{{"rope_parameters", {{"rope_theta", 77}}}}, Config{{"rms_norm_eps", 0.5}},
                                      Config{{"hidden_act", "gelu"}}}) {
            const auto message = messageOf([&] { opened(changed(first, changes)); });
            QVERIFY2(message.starts_with("The founders don't fit together:\nconfig.json"), message.c_str());
        }
    }

    void foundersThatWouldBeAskedOtherwiseAreTold() {
        const auto cautionOf = [](const fs::path& second) {
            return prepare(demo({kAdd, second}), {.database = {}, .resources = kResources, .threads = 1}).caution;
        };
        QCOMPARE(cautionOf(kSort), std::string());
        const auto ending = changed(kSort, {{"eos_token_id", 5}});
        fs::remove(ending / "generation_config.json");
        auto caution = cautionOf(ending);
        QVERIFY2(caution.find(nameOfModel(ending) + " would end texts at other tokens") != caution.npos,
                 caution.c_str());
        const auto reading = changed(kSort, Config::object());
        fs::remove(reading / "tokenizer_config.json");
        writeText(reading / "tokenizer_config.json", R"({"add_bos_token": true, "bos_token": "<s>"})");
        caution = cautionOf(reading);
        QVERIFY2(caution.find(nameOfModel(reading) + " would make other tokens of the prompts") != caution.npos,
                 caution.c_str());
    }

    void whatTheNetworkNeedsCantBeLeftOut() {
        auto configuration = demo({kAdd, kSort});
        configuration.tensors.exclude = {"model.layers.0.mlp.*"};
        const auto message =
            messageOf([&] { prepare(configuration, {.database = {}, .resources = kResources, .threads = 1}); });
        QVERIFY2(message.starts_with("tensors.exclude leaves out 'model.layers.0.mlp.") &&
                     message.find("(tensors.freeze)") != message.npos,
                 message.c_str());
        configuration.tensors = {.exclude = {}, .freeze = {{"model.layers.0.mlp.*", 0}}};
        prepare(configuration, {.database = {}, .resources = kResources, .threads = 1});
    }

    void aFounderThatNamesTensorsOtherwiseIsScoredAndTold() {
        const auto bare = changed(kSort, Config::object());
        const auto stored = Checkpoint::open(kSort);
        std::vector<GivenTensor> tensors;
        for (const auto& one : stored->tensors()) {
            const auto name = one.name.starts_with("model.") ? one.name.substr(6) : one.name;
            tensors.push_back({name, one.dtype, one.shape, {one.bytes, one.bytes + one.byteSize()}});
        }
        fs::remove(bare / "model.safetensors");
        writeTensors(bare / "model.safetensors", tensors);
        const auto configuration = demo({kAdd, bare});
        const auto report = preflight(configuration);
        QVERIFY2(!report.refusal, report.refusal.value_or("").c_str());
        const auto names = std::ranges::find(report.facts, "Names", &TaskOutline::Fact::what);
        QVERIFY(names != report.facts.end());
        const auto told = nameOfModel(bare) + ": 'model.' is put before the names of ";
        QVERIFY2(names->text.starts_with(told), names->text.c_str());
        const auto experiment = prepare(configuration, {.database = {}, .resources = kResources, .threads = 1});
        QVERIFY(experiment.caution.find(told) != std::string::npos);
        const auto alone =
            scoreCheckpoint({.base = kSort, .adapter = {}}, configuration, kResources, 1, nullptr).front();
        std::vector<float> scores(experiment.task->samples()->size());
        experiment.task->load(*experiment.founders[1].genome);
        scoreAll(*experiment.task, scores);
        QCOMPARE(Scores(scores).mean(), alone.train);
    }

    void aFoundersScoreInARunIsItsOwn_data() {
        QTest::addColumn<bool>("untied");
        QTest::newRow("tied both") << false;
        QTest::newRow("with a head of its own") << true;
    }
    void aFoundersScoreInARunIsItsOwn() {
        QFETCH(bool, untied);
        // The same settings in an older spelling.
        auto theta = Config{{"rope_parameters", nullptr}, {"rope_theta", 10000}, {"head_dim", nullptr}};
        theta["tie_word_embeddings"] = !untied;
        const auto older = changed(kSort, theta);
        if (untied) addHead(older);
        const auto configuration = demo({kAdd, older});
        const auto experiment = prepare(configuration, {.database = {}, .resources = kResources, .threads = 1});
        QCOMPARE(experiment.founders.size(), std::size_t{2});
        for (std::size_t k = 0; k < 2; ++k) {
            const auto alone =
                scoreCheckpoint({k == 0 ? kAdd : older, {}}, configuration, kResources, 1, nullptr).front();
            std::vector<float> scores(experiment.task->samples()->size());
            experiment.task->load(*experiment.founders[k].genome);
            scoreAll(*experiment.task, scores);
            QCOMPARE(Scores(scores).mean(), alone.train);
            // The head turns every answer round.
            QCOMPARE(alone.train > 0.2, k == 0 || !untied);
        }
    }
};

MERGARIUM_SUITE(FounderConfigurationTest)
#include "founder_configuration_test.moc"
