#include "core/families/families.h"
#include "core/files/scratch_place.h"
#include "core/founders/matched_founders.h"
#include "core/founders/network_names.h"
#include "core/genes/exchange.h"
#include "core/genes/units.h"
#include "core/networks/clip/clip_text.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/diffusion/unet.h"
#include "core/networks/mlp.h"
#include "core/random/random_stream.h"
#include "tests/support/diffusion_goldens.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/shuffled_units.h"
#include "tests/support/suite.h"

#include <QTest>

#include <torch/types.h>

#include <algorithm>
#include <string>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;

namespace {

/// How far results move when units of these groups change places, and how far the parameters do.
std::pair<double, double> movedBy(Decoder& network, const std::vector<Tokens>& texts,
                                  const std::vector<UnitGroup>& groups) {
    const auto before = whole(network, texts);
    const std::vector<float> parameters(network.parameters().begin(), network.parameters().end());
    RandomStream random(11, 0, Purpose::FounderWeights);
    for (const auto& group : groups)
        if (group.interchangeable)
            exchange(network.parameterLayout(), group, shuffled(group, random), network.parameters());
    const auto after = whole(network, texts);
    double most = 0.0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        most = std::max(most, distance(rowOf(after.logits, i), rowOf(before.logits, i)));
        most = std::max(most, distance(after.logProbabilities[i], before.logProbabilities[i]));
    }
    return {most, distance(network.parameters(), parameters)};
}

void exchangeAll(const Layout& layout, const std::vector<UnitGroup>& groups, const torch::Tensor& flat) {
    RandomStream random(5, 0, Purpose::FounderWeights);
    for (const auto& group : groups)
        if (group.interchangeable)
            exchange(layout, group, shuffled(group, random),
                     {flat.data_ptr<float>(), static_cast<std::size_t>(flat.numel())});
}

/// What the units of networks don't have: its slices that are one short.
std::vector<UnitGroup> without(std::vector<UnitGroup> groups, std::string_view tensor) {
    for (auto& group : groups)
        std::erase_if(group.slices, [&](const auto& slice) { return slice.tensor.find(tensor) != std::string::npos; });
    return groups;
}

}  // namespace

// Units of a group act together, and nothing of them lies elsewhere: networks compute the same once they have changed
// places, but for the order in which sums are taken.
class UnitExchangeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void networksDontMindWhereUnitsStand_data() {
        QTest::addColumn<QString>("folder");
        for (const auto& root : {kGoldenFamilies, kGoldenModels})
            for (const auto& entry : std::filesystem::directory_iterator(root))
                if (entry.is_directory())
                    QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
    }
    void networksDontMindWhereUnitsStand() {
        QFETCH(QString, folder);
        const auto stored = openDecoder(folder.toStdString(), torch::kCPU);
        Decoder network(stored.config(), stored.parameterLayout(), torch::kCPU);
        network.flat().copy_(stored.flat());
        const auto groups = decoderGroups(network.parameterLayout(), network.config());
        const std::vector<Tokens> texts{randomText(40, 1, 384), randomText(9, 2, 384)};
        const auto [results, parameters] = movedBy(network, texts, groups);
        QVERIFY2(results < 1e-4, qPrintable(QString::number(results)));
        QVERIFY(parameters > 0.01);
    }

    void aFounderWhoseUnitsAreMatchedComputesTheSame() {
        std::vector<FounderSourcePtr> founders;
        for (const char* name : {"llama_bf16", "llama_tied"})
            founders.push_back(openFounder({kGoldenModels / name, {}}, scratchPlace()));
        const std::vector<Tokens> texts{randomText(40, 1, 384), randomText(9, 2, 384)};
        const auto resultsOf = [&] { return whole(openDecoder(*founders.back(), torch::kCPU), texts); };
        const auto before = resultsOf();
        const auto layout = openDecoder(*founders.back(), torch::kCPU).parameterLayout();
        // Strangers, most of whose units change places.
        const auto moved = matchToFirst(founders, {.layout = layout, .scratch = scratchPlace()});
        QVERIFY(moved.back() > 400);
        const auto after = resultsOf();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            QVERIFY(distance(rowOf(after.logits, i), rowOf(before.logits, i)) < 1e-4);
            QVERIFY(distance(after.logProbabilities[i], before.logProbabilities[i]) < 1e-4);
        }
    }

    void noneOfTheirSlicesIsIdle_data() {
        QTest::addColumn<QString>("tensor");
        for (const char* tensor : {"q_proj.weight", "q_proj.bias", "k_proj.weight", "v_proj.weight", "v_proj.bias",
                                   "o_proj", "gate_proj", "up_proj", "down_proj"})
            QTest::newRow(tensor) << QString(tensor);
    }
    void noneOfTheirSlicesIsIdle() {
        QFETCH(QString, tensor);
        auto network = openDecoder(kGoldenModels / "qwen2", torch::kCPU);
        const auto groups = without(decoderGroups(network.parameterLayout(), network.config()), tensor.toStdString());
        QVERIFY(movedBy(network, {randomText(40, 1, 384)}, groups).first > 1e-3);
    }

    void settingsThatNoPublishedNetworkHereHas_data() {
        QTest::addColumn<json>("changes");
        QTest::addColumn<int>("heads");
        const auto row = [](const char* name, const json& changes, int heads) {
            QTest::newRow(name) << changes << heads;
        };
        row("norms of a head's own", {{"model_type", "cohere"}, {"use_qk_norm", true}, {"layer_norm_eps", 1e-5}}, 2);
        row("biases everywhere", {{"attention_bias", true}, {"mlp_bias", true}}, 2);
        row("several heads of keys, joined",
            {{"model_type", "falcon"},
             {"new_decoder_architecture", true},
             {"num_kv_heads", 2},
             {"bias", true},
             {"ffn_hidden_size", 40}},
            2);
        row("queries made of a small vector",
            {{"model_type", "deepseek_v2"},
             {"kv_lora_rank", 8},
             {"q_lora_rank", 6},
             {"qk_nope_head_dim", 4},
             {"qk_rope_head_dim", 2},
             {"v_head_dim", 5},
             {"num_key_value_heads", 4},
             {"n_routed_experts", 3},
             {"num_experts_per_tok", 2},
             {"moe_intermediate_size", 7}},
            4);
    }
    void settingsThatNoPublishedNetworkHereHas() {
        QFETCH(json, changes);
        QFETCH(int, heads);
        auto network = randomNetwork(smallConfig(changes));
        const auto groups = decoderGroups(network.parameterLayout(), network.config());
        std::size_t found = 0;
        for (const auto& group : groups)
            if (group.name.ends_with(" heads") && group.interchangeable && group.count == static_cast<unsigned>(heads))
                ++found;
        QCOMPARE(found, network.config().layers.size());
        const auto [results, parameters] = movedBy(network, test::texts(), groups);
        QVERIFY2(results < 1e-3, qPrintable(QString::number(results)));
        QVERIFY(parameters > 0.1);
    }

    void headsWithANumberedNormKeepTheirPlaces() {
        auto network = randomNetwork(
            smallConfig({{"model_type", "stablelm"}, {"qk_layernorm", true}, {"partial_rotary_factor", 1.0}}));
        const auto& layout = network.parameterLayout();
        const auto groups = decoderGroups(layout, network.config());
        for (const auto& group : groups) QCOMPARE(group.interchangeable, group.name.ends_with(" neurons"));
        const auto genes = genesOf(layout, groups);
        const auto at = [&](const std::string& name) {
            return genes->at(std::ranges::find(layout.tensors, name, &Layout::Tensor::name)->begin);
        };
        const std::string in = "model.layers.1.self_attn.";
        QCOMPARE(at(in + "q_layernorm.norms.0.weight"), at(in + "q_layernorm.norms.1.weight"));
        QCOMPARE(at(in + "q_layernorm.norms.2.weight"), at(in + "k_layernorm.norms.1.weight"));
        QCOMPARE(at(in + "q_layernorm.norms.1.weight"), at(in + "k_proj.weight"));
        QVERIFY(at(in + "k_layernorm.norms.1.weight") != at(in + "k_proj.weight"));
    }

    void aClassifierHasAUnitPerLabel() {
        auto changes = json{{"architectures", {"LlamaForSequenceClassification"}},
                            {"id2label", {{"0", "a"}, {"1", "b"}, {"2", "c"}}}};
        const auto config = decoderConfigOf(smallConfig(changes), "config.json");
        auto layout = Decoder::layout(config);
        const auto genes = decoderUnits(layout, config);
        const auto label = std::ranges::find(genes->groups(), "score labels", &Genes::Group::name);
        QVERIFY(label != genes->groups().end());
        QCOMPARE(label->count, std::uint64_t{3});
    }

    void aPartOfALargerModelIsCut() {
        const auto config = decoderConfigOf(smallConfig(), "config.json");
        Layout layout;
        layout.append("vision_tower.patches.weight", {4, 4});
        for (const auto& tensor : Decoder::layout(config).tensors)
            layout.append("language_model." + tensor.name, tensor.shape);
        const auto genes = decoderUnits(layout, withNamesOf(config, layout));
        // 61 tokens, 3 layers of 40 neurons, 2 heads and 2 norms, the last norm, and the picture's part.
        QCOMPARE(genes->size(), std::uint64_t{61 + 3 * (40 + 2 + 2) + 1 + 1});
    }

    void aUNetDoesntMindWhereHeadsAndNeuronsStand() {
        const at::NoGradGuard none;
        const UNetConfig config{.levels = {{.channels = 16, .heads = 2, .depth = 1},
                                           {.channels = 32, .heads = 4, .depth = 2},
                                           {.channels = 32, .heads = 0, .depth = 0}},
                                .upDepths = {1, 2, 0},
                                .middleDepth = 0,
                                .blocksPerLevel = 1,
                                .groups = 8,
                                .contextWidth = 12};
        const auto layout = unetLayout(config);
        const auto flat = randomWeights(layout, 7);
        const auto before = flat.clone();
        const UNet network(config, flat, layout);
        const UNetInput input{.latents = normals({1, 4, 8, 8}, 1),
                              .timesteps = {17.5},
                              .context = normals({1, 5, 12}, 2),
                              .pooled = {},
                              .sizes = {}};
        const auto expected = network.forward(input);
        const auto groups = pipelineGroups(layout, {.textEncoders = {}, .unet = config, .vae = {}, .scheduler = {}});
        exchangeAll(layout, groups, flat);
        QVERIFY((flat - before).abs().max().item<float>() > 0.1F);
        const auto moved = (network.forward(input) - expected).abs().max().item<float>();
        QVERIFY2(moved < 1e-4F, qPrintable(QString::number(moved)));
    }

    void aTextEncoderDoesntMindWhereHeadsAndNeuronsStand() {
        const at::NoGradGuard none;
        const ClipTextConfig config{
            .layers = {.width = 12, .count = 2, .heads = 3, .inner = 20}, .vocabulary = 40, .positions = 9};
        LayoutOf list("text_encoder.");
        (void)ClipText(config, list);
        const auto& layout = list.layout;
        const auto flat = randomWeights(layout, 9);
        const auto before = flat.clone();
        TensorsIn tensors(flat, layout, clipTextNames("text_encoder."));
        const ClipText network(config, tensors);
        const std::vector<std::vector<std::int32_t>> texts{{1, 5, 30, 39, 2}};
        const auto expected = network.read(texts).last.clone();
        exchangeAll(layout, pipelineGroups(layout, {.textEncoders = {config}, .unet = {}, .vae = {}, .scheduler = {}}),
                    flat);
        QVERIFY((flat - before).abs().max().item<float>() > 0.1F);
        QVERIFY((network.read(texts).last - expected).abs().max().item<float>() < 1e-5F);
    }

    void aPerceptronDoesntMindWhereItsUnitsStand() {
        const Mlp::Shape shape{6, 9, 4};
        Mlp network(shape, torch::kCPU);
        RandomStream random(3, 0, Purpose::FounderWeights);
        for (float& value : network.parameters()) value = static_cast<float>(random.normal());
        const auto logits = [&] {
            const auto inputs = torch::arange(18, torch::kFloat32).view({3, 6}) / 10.0;
            auto hidden = torch::empty({3, 9}), outputs = torch::empty({3, 4});
            network.forward(inputs, hidden, outputs);
            return outputs.clone();
        };
        const auto before = logits();
        const std::vector<float> parameters(network.parameters().begin(), network.parameters().end());
        const auto layout = Mlp::layout(shape);
        for (const auto& group : perceptronGroups(layout))
            if (group.interchangeable) exchange(layout, group, shuffled(group, random), network.parameters());
        QVERIFY(distance(network.parameters(), parameters) > 0.1);
        QVERIFY((logits() - before).abs().max().item<float>() < 1e-5F);
    }
};

MERGARIUM_SUITE(UnitExchangeTest)
#include "unit_exchange_test.moc"
