#include "core/genes/units.h"
#include "core/files/scratch_place.h"
#include "core/founders/alignment.h"
#include "core/founders/founder_genes.h"
#include "tests/support/shown_genes.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <map>
#include <set>
#include <string>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kUnitsData = MERGARIUM_TEST_DATA;

FounderSourcePtr founderAt(const fs::path& path) { return openFounder({path, {}}, scratchPlace()); }

Layout alignedAlone(const FounderSource& source, const TensorRules& rules = {}) {
    const std::vector outlines{describe(source)};
    return align(outlines, rules).layout;
}

/// Of a family's folder, from its sizes; `others`: norms, biases of outputs, and what heads or experts share.
struct Counts {
    const char* folder;
    std::uint64_t tokens, neurons, heads, experts, others, positions = 0;
};

const std::vector<Counts> kCounts{
    {"families/cohere", 512, 3 * 64, 3 * 2, 0, 3 + 1},
    {"families/cohere2", 512, 4 * 64, 4 * 2, 0, 4 + 1},
    {"families/deepseek_v2", 512, 48 + 2 * (6 * 16 + 2 * 16), 3 * 4, 2 * 6, 3 * (2 + 2) + 1},
    {"families/falcon", 512, 3 * 160, 3, 0, 3 + 1},
    {"families/gemma2", 512, 4 * 64, 4 * 2, 0, 4 * 4 + 1},
    {"families/gemma3", 512, 6 * 64, 6, 0, 6 * (4 + 2) + 1},
    {"families/glm4", 480, 3 * 64, 3 * 2, 0, 3 * 4 + 1},
    {"families/gpt2", 512, 3 * 160, 3 * 4, 0, 3 * (2 + 2) + 1, 128},
    {"families/gpt_neox", 512, 3 * 96, 3 * 4, 0, 3 * (2 + 2) + 1},
    {"families/granite", 512, 4 * 64, 4 * 2, 0, 4 * 2 + 1},
    {"families/mixtral", 512, 3 * 4 * 48, 3 * 2, 3 * 4, 3 * 2 + 1},
    {"families/olmo2", 512, 3 * 64, 3 * 2, 0, 3 * 2 + 1},
    {"families/olmoe", 512, 3 * 8 * 16, 3 * 4, 3 * 8, 3 * 2 + 1},
    {"families/phi", 512, 3 * 80, 3 * 4, 0, 3 * (1 + 2) + 1},
    {"families/phi3", 512, 3 * 64, 3 * 2, 0, 3 * 2 + 1},
    {"families/qwen2_moe", 512, 3 * (6 * 16 + 32), 3 * 2, 3 * 6, 3 * (2 + 1) + 1},
    {"families/qwen3", 512, 4 * 64, 4 * 2, 0, 4 * (2 + 2) + 1},
    {"families/qwen3_5", 512, 4 * 48, 3 * 2 + 2, 0, 4 * 2 + 3 + 2 + 1},
    {"families/qwen3_moe", 512, 3 * 8 * 16, 3 * 2, 3 * 8, 3 * (2 + 2) + 1},
    {"families/qwen3_next", 384, 4 * (4 * 12 + 16), 4 * 2, 4 * 4, 4 * (2 + 1) + 2 + 2 * 2 + 1},
    {"families/smollm3", 512, 4 * 64, 4 * 2, 0, 4 * 2 + 1},
    {"families/stablelm", 448, 3 * 48, 3 * 3, 0, 3 * 2 + 1},
    {"families/starcoder2", 512, 4 * 96, 4 * 2, 0, 4 * (2 + 2) + 1},
    {"llama/llama_bf16", 512, 4 * 128, 4 * 2, 0, 4 * 2 + 1},
    {"llama/llama_sharded", 512, 4 * 128, 4 * 2, 0, 4 * 2 + 1},
    {"llama/llama_tied", 512, 4 * 128, 4 * 2, 0, 4 * 2 + 1},
    {"llama/qwen2", 512, 4 * 128, 4 * 2, 0, 4 * 2 + 1},
};

}  // namespace

// Which units are known of which network; that they act together is shown by unit_exchange_test.
class UnitsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void familiesHaveTheUnitsThatTheirSizesSay_data() {
        QTest::addColumn<int>("row");
        for (std::size_t row = 0; row < kCounts.size(); ++row)
            QTest::newRow(kCounts[row].folder) << static_cast<int>(row);
    }
    void familiesHaveTheUnitsThatTheirSizesSay() {
        QFETCH(int, row);
        const auto& expected = kCounts[static_cast<std::size_t>(row)];
        const auto source = founderAt(kUnitsData / expected.folder);
        const auto layout = alignedAlone(*source);
        const auto genes = genesOf(GeneKind::Units, layout, source.get());
        QVERIFY(partitions(*genes, layout));
        auto sorts = sortsOf(*genes);
        QCOMPARE(sorts["tokens"], expected.tokens);
        QCOMPARE(sorts["positions"], expected.positions);
        QCOMPARE(sorts["neurons"], expected.neurons);
        QCOMPARE(sorts["heads"], expected.heads);
        QCOMPARE(sorts["experts"], expected.experts);
        QCOMPARE(sorts[""], expected.others);
        QCOMPARE(genes->size(), expected.tokens + expected.positions + expected.neurons + expected.heads +
                                    expected.experts + expected.others);
    }

    void everyFamilyIsCounted() {
        std::set<std::string> counted;
        for (const auto& one : kCounts) counted.insert(one.folder);
        for (const auto& entry : fs::directory_iterator(kUnitsData / "families"))
            QVERIFY2(counted.contains("families/" + entry.path().filename().string()), entry.path().c_str());
    }

    // 259 tokens, 4 layers of 384 neurons and 2 heads of keys, 9 norms.
    void theShippedLanguageModelsHaveAsManyAsPublished() {
        const auto source = founderAt(fs::path(MERGARIUM_SOURCE_DIR) / "resources/models/tiny-llm/add");
        QCOMPARE(genesOf(GeneKind::Units, alignedAlone(*source), source.get())->size(), std::uint64_t{1812});
    }

    void aHeadOfKeysHasItsQueriesAndItsPartOfTheOutput() {
        const auto source = founderAt(kUnitsData / "llama/qwen2");
        const auto layout = alignedAlone(*source);
        const auto genes = genesOf(GeneKind::Units, layout, source.get());
        const std::string in = "model.layers.1.self_attn.";
        // The second of two heads of keys, of 16 numbers each, which two heads of queries share.
        const auto gene = genes->at(positionOf(layout, in + "k_proj.weight", 16));
        QCOMPARE(tensorsOf(gene, *genes, layout), (Elements{{in + "q_proj.weight", 32 * 64},
                                                            {in + "q_proj.bias", 32},
                                                            {in + "k_proj.weight", 16 * 64},
                                                            {in + "k_proj.bias", 16},
                                                            {in + "v_proj.weight", 16 * 64},
                                                            {in + "v_proj.bias", 16},
                                                            {in + "o_proj.weight", 64 * 32}}));
        QCOMPARE(genes->at(positionOf(layout, in + "q_proj.weight", 32, 5)), gene);
        QCOMPARE(genes->at(positionOf(layout, in + "o_proj.weight", 7, 63)), gene);
        QVERIFY(genes->at(positionOf(layout, in + "q_proj.weight", 31)) != gene);
        const auto neuron = genes->at(positionOf(layout, "model.layers.1.mlp.up_proj.weight", 9));
        QCOMPARE(tensorsOf(neuron, *genes, layout), (Elements{{"model.layers.1.mlp.gate_proj.weight", 64},
                                                              {"model.layers.1.mlp.up_proj.weight", 64},
                                                              {"model.layers.1.mlp.down_proj.weight", 64}}));
        QCOMPARE(genes->at(positionOf(layout, "model.layers.1.mlp.down_proj.weight", 3, 9)), neuron);
        // An untied head's row goes with the embedding's.
        QCOMPARE(genes->at(positionOf(layout, "lm_head.weight", 77)),
                 genes->at(positionOf(layout, "model.embed_tokens.weight", 77)));
    }

    void groupsAreNamedForPeople() {
        const auto source = founderAt(kUnitsData / "families/gpt2");
        const auto genes = genesOf(GeneKind::Units, alignedAlone(*source), source.get());
        std::vector<std::string> names;
        for (const auto& group : genes->groups())
            if (group.name.find(".1.") == group.name.npos && group.name.find(".2.") == group.name.npos)
                names.push_back(group.name);
        QCOMPARE(names, (std::vector<std::string>{
                            "transformer.wte tokens", "transformer.wpe positions", "transformer.h.0.ln_1",
                            "transformer.h.0.attn heads", "transformer.h.0.attn.c_proj.bias", "transformer.h.0.ln_2",
                            "transformer.h.0.mlp neurons", "transformer.h.0.mlp.c_proj.bias", "transformer.ln_f"}));
    }

    void whatIsLeftOutOfTheMergeIsMissingInUnits() {
        const auto source = founderAt(kUnitsData / "llama/qwen2");
        const auto whole = alignedAlone(*source);
        const auto layout = alignedAlone(
            *source, {.exclude = {"*.k_proj.*", "*.v_proj.*", "*.q_proj.*", "*.o_proj.*", "*.down_proj.*", "lm_head.*"},
                      .freeze = {{"*.gate_proj.*", 0}}});
        const auto genes = genesOf(GeneKind::Units, layout, source.get());
        QVERIFY(partitions(*genes, layout));
        auto sorts = sortsOf(*genes);
        QCOMPARE(sorts["heads"], std::uint64_t{0});
        QCOMPARE(sorts["neurons"], std::uint64_t{4 * 128});
        QCOMPARE(sorts["tokens"], std::uint64_t{512});
    }

    void aShapeThatTheConfigurationDoesntAskForIsRefused() {
        const auto source = founderAt(kUnitsData / "llama/qwen2");
        auto layout = alignedAlone(*source);
        Layout other;
        for (const auto& tensor : layout.tensors)
            other.append(tensor.name, tensor.name == "model.layers.2.mlp.up_proj.weight"
                                          ? std::vector<std::int64_t>{127, 64}
                                          : tensor.shape);
        const auto message = messageOf([&] { (void)genesOf(GeneKind::Units, other, source.get()); });
        QVERIFY2(message.find("model.layers.2.mlp.up_proj.weight has the shape [127, 64]") != message.npos,
                 message.c_str());
    }

    void networksOfNoKnownSortAreRefused() {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeTensors(path / "model.safetensors", {tensorOf("encoder.weight", DType::F32, {2, 2}, {1, 2, 3, 4})});
        writeText(path / "config.json", R"({"model_type": "bert"})");
        const auto source = founderAt(path);
        const auto layout = alignedAlone(*source);
        const auto message = messageOf([&] { (void)genesOf(GeneKind::Units, layout, source.get()); });
        QVERIFY2(message.starts_with("strategy.genes: units are known of perceptrons, of the language models llama"),
                 message.c_str());
        QVERIFY(message.ends_with("use tensors, layers or elements."));
        QCOMPARE(genesOf(GeneKind::Tensors, layout, source.get())->size(), std::uint64_t{1});
        QCOMPARE(genesOf(GeneKind::Layers, layout, source.get())->size(), std::uint64_t{1});
        QVERIFY(!genesOf(GeneKind::Elements, layout, source.get()));
    }

    void pipelinesHaveTheUnitsThatTheirSizesSay_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("like");
        QTest::addColumn<Elements>("expected");
        // Blocks of a transformer: 2 of each of three levels down, 1 in the middle, 3 of each up.
        const Elements sd15{{"heads", (6 + 1 + 9) * 2 * 2 + 2 + 3 * 4},
                            {"neurons", 4 * (2 * (4 + 8 + 16) + 16 + 3 * (16 + 8 + 4)) + 3 * 48},
                            {"channels", 2 * (4 + 8 + 16 + 16) + 2 * 16 + 3 * (16 + 16 + 8 + 4) +
                                             2 * (8 + 8 + 16 + 16) + 2 * 16 + 2 * 16 + 3 * (16 + 16 + 8 + 8)},
                            {"tokens", 1100},
                            {"positions", 77}};
        // Of two levels, 2 and 3 blocks behind each other, with 3 and 2 heads.
        const Elements sdxl{{"heads", 2 * (2 * (2 * 3 + 3 * 2) + 3 * 2 + 3 * (3 * 2 + 2 * 3)) + 2 + 3 * 2 + 4 * 3},
                            {"neurons", 4 * (2 * (2 * 12 + 3 * 16) + 3 * 16 + 3 * (3 * 16 + 2 * 12)) + 3 * 40 + 4 * 56},
                            {"channels", 2 * (8 + 12 + 16) + 2 * 16 + 3 * (16 + 12 + 8) + 2 * (8 + 16 + 16 + 16) +
                                             2 * 16 + 2 * 16 + 3 * (16 + 16 + 16 + 8)},
                            {"tokens", 2 * 1100},
                            {"positions", 2 * 77}};
        for (const auto& [name, expected] : {std::pair("sd15", sd15), std::pair("sdxl", sdxl)}) {
            const auto folder = QString("%1/pipeline").arg(name);
            QTest::newRow(name) << folder << QString() << expected;
            QTest::addRow("%s, a single file", name)
                << QString("single_file/%1.safetensors").arg(name) << folder << expected;
        }
    }
    void pipelinesHaveTheUnitsThatTheirSizesSay() {
        QFETCH(QString, folder);
        QFETCH(QString, like);
        QFETCH(Elements, expected);
        const auto source = founderAt(kUnitsData / "t2i" / folder.toStdString());
        const auto layout = alignedAlone(*source);
        const auto from = like.isEmpty() ? fs::path() : kUnitsData / "t2i" / like.toStdString();
        const auto genes = genesOf(GeneKind::Units, layout, source.get(), from);
        QVERIFY(partitions(*genes, layout));
        auto sorts = sortsOf(*genes);
        sorts.erase("");
        QCOMPARE(sorts, expected);
    }

    void aChannelHasBothConvolutionsAndTheNormBetween() {
        const auto source = founderAt(kUnitsData / "t2i/sd15/pipeline");
        const auto layout = alignedAlone(*source);
        const auto genes = genesOf(GeneKind::Units, layout, source.get());
        const std::string in = "unet.down_blocks.1.resnets.0.";
        const auto channel = genes->at(positionOf(layout, in + "norm2.bias", 5));
        QCOMPARE(tensorsOf(channel, *genes, layout), (Elements{{in + "conv1.weight", 4 * 9},
                                                               {in + "conv1.bias", 1},
                                                               {in + "time_emb_proj.weight", 16},
                                                               {in + "time_emb_proj.bias", 1},
                                                               {in + "norm2.weight", 1},
                                                               {in + "norm2.bias", 1},
                                                               {in + "conv2.weight", 8 * 9}}));
        // A norm that isn't between them is one gene.
        QCOMPARE(genes->at(positionOf(layout, in + "norm1.weight", 0)),
                 genes->at(positionOf(layout, in + "norm1.bias", 3)));
    }
};

MERGARIUM_SUITE(UnitsTest)
#include "units_test.moc"
