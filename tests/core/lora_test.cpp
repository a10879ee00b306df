#include "core/founders/adapters/lora.h"

#include "core/export/merge_models.h"
#include "core/files/json.h"
#include "core/founders/founder_source.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kAdapters = MERGARIUM_TEST_DATA "/lora";
constexpr std::int64_t kLoraRows = 6, kLoraWidth = 4, kLoraRank = 2;

std::vector<float> elementsIn(const FounderSource& source, std::string_view name) {
    const auto index = source.indexOf(name);
    if (!index) return {};
    std::vector<float> values(source.tensors()[*index].count);
    toFloats(source.tensors()[*index].dtype, source.bytes(*index), values);
    return values;
}

/// base + 2 * up * down, rows x 4, of what pairOf(seed) writes; `turned` for an embedding's.
std::vector<float> withLora(std::vector<float> base, unsigned seed, bool turned = false) {
    const auto rows = base.size() / kLoraWidth;
    const auto inputs = turned ? rows : kLoraWidth, outputs = turned ? kLoraWidth : rows;
    const auto down = numbers(kLoraRank * inputs, seed), up = numbers(outputs * kLoraRank, seed + 1);
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < inputs; ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < kLoraRank; ++k)
                sum += static_cast<double>(up[o * kLoraRank + k]) * down[k * inputs + i];
            auto& value = base[turned ? i * kLoraWidth + o : o * kLoraWidth + i];
            value = static_cast<float>(value + 2.0 * sum);
        }
    return base;
}

}  // namespace

// Adapters as PEFT writes them, against independent results and the formulas.
class LoraTest : public QObject, private ExampleModels {
    Q_OBJECT

    /// Embedding, a projection and, unless it is tied, a head, in fp32.
    void writeBase(bool tied) const {
        std::vector<GivenTensor> tensors{
            tensorOf("model.embed_tokens.weight", DType::F32, {kLoraRows, kLoraWidth}, numbers(24, 1)),
            tensorOf("model.q.weight", DType::F32, {4, kLoraWidth}, numbers(16, 2))};
        if (!tied) tensors.push_back(tensorOf("lm_head.weight", DType::F32, {kLoraRows, kLoraWidth}, numbers(24, 3)));
        writeTensors(folder_ / "base" / "model.safetensors", tensors);
        writeText(folder_ / "base" / "config.json",
                  std::string(R"({"model_type": "llama", "vocab_size": 6, "tie_word_embeddings": )") +
                      (tied ? "true}" : "false}"));
    }
    static void pairOf(std::vector<GivenTensor>& tensors, const std::string& layer, std::int64_t outputs,
                       std::int64_t inputs, unsigned seed) {
        const bool embedding = layer.ends_with("embed_tokens");
        const auto name = "base_model.model." + layer + (embedding ? ".lora_embedding_" : ".lora_");
        const std::string ending = embedding ? "" : ".weight";
        tensors.push_back(tensorOf(name + "A" + ending, DType::F32, {kLoraRank, inputs},
                                   numbers(static_cast<std::size_t>(kLoraRank * inputs), seed)));
        tensors.push_back(tensorOf(name + "B" + ending, DType::F32, {outputs, kLoraRank},
                                   numbers(static_cast<std::size_t>(outputs * kLoraRank), seed + 1)));
    }
    static GivenTensor saved(const std::string& name, std::int64_t rows, unsigned seed, DType dtype = DType::F32) {
        return tensorOf("base_model.model." + name, dtype, {rows, kLoraWidth},
                        numbers(static_cast<std::size_t>(rows * kLoraWidth), seed));
    }
    void writeAdapter(const std::vector<GivenTensor>& tensors, const std::string& more = "") const {
        writeText(folder_ / "adapter" / "adapter_config.json",
                  R"({"peft_type": "LORA", "r": 2, "lora_alpha": 4, "bias": "none")" + more + "}");
        writeTensors(folder_ / "adapter" / "adapter_model.safetensors", tensors);
    }
    FounderSourcePtr adapted() const {
        return openFounder({.base = folder_ / "base", .adapter = folder_ / "adapter"}, folder_);
    }
    static void same(const std::vector<float>& have, const std::vector<float>& want) {
        QCOMPARE(have.size(), want.size());
        for (std::size_t i = 0; i < want.size(); ++i)
            QVERIFY2(std::abs(have[i] - want[i]) <= 1e-5f, qPrintable(QString::number(i)));
    }
    /// config.json of a merge of the founder with itself.
    nlohmann::json exported() const {
        const CheckpointFounder founder{.base = folder_ / "base", .adapter = folder_ / "adapter"};
        mergeModels({.first = founder, .second = founder, .folder = folder_ / "merged"}, cache());
        return readJsonObject(folder_ / "merged" / "config.json", kSettingsJson);
    }

private Q_SLOTS:
    void init() {
        writeBoth();
        fs::create_directory(folder_ / "base");
        fs::create_directory(folder_ / "adapter");
    }

    void theReferenceIsMet_data() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : fs::directory_iterator(kAdapters))
            if (fs::exists(entry.path() / "adapter"))
                QTest::newRow(entry.path().filename().c_str()) << QString(entry.path().filename().c_str());
    }
    void theReferenceIsMet() {
        QFETCH(QString, name);
        const auto folder = kAdapters / name.toStdString();
        const auto base = kAdapters / (name.startsWith("fan_in") ? "base_gpt2" : "base");
        const auto source = openFounder({.base = base, .adapter = folder / "adapter"}, folder_);
        const auto merged = Checkpoint::open(folder / "merged.safetensors");
        QCOMPARE(source->tensors().size(), merged->tensors().size());
        for (const auto& tensor : merged->tensors()) {
            const auto have = elementsIn(*source, tensor.name), want = valuesOf(*merged, tensor.name);
            QCOMPARE(have.size(), want.size());
            for (std::size_t i = 0; i < want.size(); ++i)
                QVERIFY2(std::abs(have[i] - want[i]) <= 1e-6f, tensor.name.c_str());
        }
    }

    void ofSeveralPatternsTheFirstInTheFileCounts() {
        writeBase(false);
        std::vector<GivenTensor> tensors;
        pairOf(tensors, "model.q", 4, kLoraWidth, 11);
        writeAdapter(tensors, R"(, "alpha_pattern": {"q": 4, "model.q": 400, "a": 1})");
        same(elementsIn(*adapted(), "model.q.weight"), withLora(numbers(16, 2), 11));
        writeAdapter(tensors, R"(, "rank_pattern": {"q": 2, "model.q": 7})");
        same(elementsIn(*adapted(), "model.q.weight"), withLora(numbers(16, 2), 11));
        writeAdapter(tensors, R"(, "rank_pattern": {"model.q": 7, "q": 2})");
        QVERIFY(messageOf([&] { adapted(); }).find("rank 2, where adapter_config.json says 7") != std::string::npos);
    }

    // PEFT turns fan_in_fan_out off for linear layers and on for GPT-2's, whatever the file says; shapes tell nothing
    // of square ones.
    void whetherInputsComeFirstIsTheLayersAffair() {
        std::vector<GivenTensor> tensors;
        pairOf(tensors, "model.q", 4, kLoraWidth, 11);
        for (const char* said : {"true", "false"}) {
            writeBase(false);
            writeAdapter(tensors, std::string(R"(, "fan_in_fan_out": )") + said);
            same(elementsIn(*adapted(), "model.q.weight"), withLora(numbers(16, 2), 11));
        }
        tensors.clear();
        pairOf(tensors, "h.0.attn.c_proj", 4, kLoraWidth, 11);
        for (const auto& [columns, turned] : {std::pair<std::int64_t, bool>(12, true), {6, false}}) {
            // c_attn makes queries, keys and values: three times as many outputs as inputs, or with few keys less.
            writeTensors(folder_ / "base" / "model.safetensors",
                         {tensorOf("h.0.attn.c_proj.weight", DType::F32, {4, kLoraWidth}, numbers(16, 2)),
                          tensorOf("h.0.attn.c_attn.weight", DType::F32, {4, columns},
                                   numbers(static_cast<std::size_t>(4 * columns), 5))});
            writeAdapter(tensors, R"(, "fan_in_fan_out": false)");
            same(elementsIn(*adapted(), "h.0.attn.c_proj.weight"), withLora(numbers(16, 2), 11, turned));
        }
    }

    void anEmbeddingSavedBelowItsAdapterIsReplacedThenChanged_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rows");
        QTest::newRow("below") << "model.embed_tokens.base_layer.weight" << 6;
        QTest::newRow("early versions") << "model.embed_tokens.weight" << 6;
        QTest::newRow("with new tokens") << "model.embed_tokens.base_layer.weight" << 8;
    }
    void anEmbeddingSavedBelowItsAdapterIsReplacedThenChanged() {
        QFETCH(QString, name);
        QFETCH(int, rows);
        writeBase(true);
        std::vector<GivenTensor> tensors{saved(name.toStdString(), rows, 21)};
        pairOf(tensors, "model.embed_tokens", kLoraWidth, rows, 31);
        writeAdapter(tensors);
        const auto source = adapted();
        QVERIFY(source->tiedEmbeddings());
        same(elementsIn(*source, "model.embed_tokens.weight"),
             withLora(numbers(static_cast<std::size_t>(rows) * kLoraWidth, 21), 31, true));
        QCOMPARE(exported()["vocab_size"].get<int>(), rows);
    }

    void whatIsReplacedInAnotherTypeIsRoundedOnce() {
        writeBase(true);
        std::vector<GivenTensor> tensors{saved("model.embed_tokens.base_layer.weight", kLoraRows, 21, DType::BF16)};
        pairOf(tensors, "model.embed_tokens", kLoraWidth, kLoraRows, 31);
        writeAdapter(tensors);
        auto below = numbers(24, 21);
        std::vector<std::byte> bytes(48);
        fromFloats(DType::BF16, below, bytes.data());
        toFloats(DType::BF16, bytes.data(), below);
        same(elementsIn(*adapted(), "model.embed_tokens.weight"), withLora(below, 31, true));
    }

    void aTiedBasesHeadGetsWeightsOfItsOwn() {
        writeBase(true);
        std::vector<GivenTensor> tensors;
        pairOf(tensors, "lm_head", kLoraRows, kLoraWidth, 41);
        writeAdapter(tensors);
        const auto source = adapted();
        QVERIFY(!source->tiedEmbeddings());
        same(elementsIn(*source, "model.embed_tokens.weight"), numbers(24, 1));
        same(elementsIn(*source, "lm_head.weight"), withLora(numbers(24, 1), 41));
        QCOMPARE(exported()["tie_word_embeddings"].get<bool>(), false);
        same(valuesOf(*Checkpoint::open(folder_ / "merged"), "lm_head.weight"), withLora(numbers(24, 1), 41));
    }

    void aHeadIsAdaptedOnTopOfASavedEmbedding() {
        writeBase(true);
        std::vector<GivenTensor> tensors{saved("model.embed_tokens.base_layer.weight", 8, 21)};
        pairOf(tensors, "model.embed_tokens", kLoraWidth, 8, 31);
        pairOf(tensors, "lm_head", 8, kLoraWidth, 41);
        writeAdapter(tensors);
        const auto source = adapted();
        same(elementsIn(*source, "model.embed_tokens.weight"), withLora(numbers(32, 21), 31, true));
        same(elementsIn(*source, "lm_head.weight"), withLora(numbers(32, 21), 41));
    }

    void aSavedHeadUntiesUnlessItIsTheEmbedding() {
        writeBase(true);
        writeAdapter({saved("model.embed_tokens.weight", 7, 21), saved("lm_head.weight", 7, 22)});
        auto source = adapted();
        QVERIFY(!source->tiedEmbeddings());
        same(elementsIn(*source, "lm_head.weight"), numbers(28, 22));
        writeAdapter({saved("model.embed_tokens.weight", 7, 21), saved("lm_head.weight", 7, 21)});
        source = adapted();
        QVERIFY(source->tiedEmbeddings() && !source->indexOf("lm_head.weight"));
        same(elementsIn(*source, "model.embed_tokens.weight"), numbers(28, 21));
        const auto config = exported();
        QCOMPARE(config["vocab_size"].get<int>(), 7);
        QCOMPARE(config["tie_word_embeddings"].get<bool>(), true);
    }

    void theAdaptersTokenizerTakesThePlaceOfTheBases() {
        writeBase(false);
        writeText(folder_ / "base" / "tokenizer.json", R"({"model": {"vocab": {"a": 0}}})");
        writeText(folder_ / "base" / "added_tokens.json", "{}");
        writeText(folder_ / "base" / "generation_config.json", "{}");
        writeAdapter({saved("model.embed_tokens.weight", 8, 21), saved("lm_head.weight", 8, 22)});
        QCOMPARE(adapted()->tokenizerFolder(), folder_ / "base");
        writeText(folder_ / "adapter" / "tokenizer.json", R"({"model": {"vocab": {"a": 0, "b": 7}}})");
        writeText(folder_ / "adapter" / "tokenizer_config.json", "{}");
        writeText(folder_ / "adapter" / "training_state.json", "{}");
        const auto source = adapted();
        QCOMPARE(source->tokenizerFolder(), folder_ / "adapter");
        QCOMPARE(describe(*source).tokens.size(), std::size_t{8});
        QCOMPARE(exported()["vocab_size"].get<int>(), 8);
        const auto files = filesIn(folder_ / "merged");
        QCOMPARE(files.at("tokenizer.json"), textOf(folder_ / "adapter" / "tokenizer.json"));
        QVERIFY(files.contains("tokenizer_config.json") && files.contains("generation_config.json"));
        QVERIFY(!files.contains("added_tokens.json") && !files.contains("training_state.json"));
    }
};

MERGARIUM_SUITE(LoraTest)
#include "lora_test.moc"
