#include "core/founders/adapters/lora.h"
#include "core/founders/founder_source.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <cstring>
#include <optional>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLowRank = 2;

/// base + scale * up * down by the definition, of what `pairOf` writes.
std::vector<float> withDelta(std::vector<float> base, std::size_t outputs, double scale, unsigned seed) {
    const auto inputs = base.size() / outputs;
    const auto down = numbers(kLowRank * inputs, seed), up = numbers(outputs * kLowRank, seed + 1);
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t k = 0; k < kLowRank; ++k)
                base[o * inputs + i] += static_cast<float>(scale * static_cast<double>(up[o * kLowRank + k]) *
                                                           static_cast<double>(down[k * inputs + i]));
    return base;
}

}  // namespace

// Adapters in one file without a configuration, as kohya's, diffusers' and PEFT's programs name their tensors.
class LoraFilesTest : public QObject, private ExampleModels {
    Q_OBJECT

    using Tensors = std::vector<GivenTensor>;
    using Shape = std::vector<std::int64_t>;

    /// q [6, 4] and a convolution [5, 3, 3, 3] of a layer, and one whose flattened name is another's.
    void writeBase(bool ambiguous = false) const {
        Tensors tensors{tensorOf("down.0.attn1.to_q.weight", DType::F32, {6, 4}, numbers(24, 1)),
                        tensorOf("down.0.conv.weight", DType::F32, {5, 3, 3, 3}, numbers(135, 2)),
                        tensorOf("down.0.attn1.to_out.0.weight", DType::F32, {4, 6}, numbers(24, 3)),
                        tensorOf("norm.weight", DType::F32, {4}, numbers(4, 4))};
        if (ambiguous) tensors.push_back(tensorOf("down.0.attn1.to.q.weight", DType::F32, {6, 4}, numbers(24, 5)));
        writeTensors(folder_ / "base.safetensors", tensors);
    }
    static Tensors pairOf(const std::string& down, const std::string& up, Shape inputs, std::int64_t outputs,
                          unsigned seed) {
        std::size_t count = 1;
        for (const auto extent : inputs) count *= static_cast<std::size_t>(extent);
        Shape ups{outputs, kLowRank};
        ups.resize(inputs.size() + 1, 1);
        inputs.insert(inputs.begin(), kLowRank);
        return {tensorOf(down, DType::F32, inputs, numbers(kLowRank * count, seed)),
                tensorOf(up, DType::F32, ups, numbers(static_cast<std::size_t>(outputs) * kLowRank, seed + 1))};
    }
    static Tensors kohya(const std::string& layer, Shape inputs, std::int64_t outputs, unsigned seed,
                         std::optional<float> alpha = std::nullopt) {
        auto tensors = pairOf(layer + ".lora_down.weight", layer + ".lora_up.weight", std::move(inputs), outputs, seed);
        if (alpha) tensors.push_back(tensorOf(layer + ".alpha", DType::F32, {}, {*alpha}));
        return tensors;
    }
    FounderSourcePtr adapted(const Tensors& tensors) const {
        writeTensors(folder_ / "lora.safetensors", tensors);
        return openFounder({.base = folder_ / "base.safetensors", .adapter = folder_ / "lora.safetensors"}, folder_);
    }
    static Tensors joined(Tensors first, const Tensors& second) {
        first.insert(first.end(), second.begin(), second.end());
        return first;
    }
    static void same(const std::vector<float>& have, const std::vector<float>& want) {
        QCOMPARE(have.size(), want.size());
        for (std::size_t i = 0; i < want.size(); ++i)
            QVERIFY2(std::abs(have[i] - want[i]) <= 1e-5f, qPrintable(QString::number(i)));
    }
    void refuses(const Tensors& tensors, std::string_view what) const {
        const auto message = messageOf([&] { adapted(tensors); });
        QVERIFY2(message.find(what) != message.npos && message.find("lora.safetensors") != message.npos,
                 message.c_str());
    }

private Q_SLOTS:
    void init() {
        writeBoth();
        writeBase();
    }

    void kohyasNamesAreMatchedWithTheBases() {
        const auto source = adapted(joined(kohya("lora_unet_down_0_attn1_to_q", {4}, 6, 11, 1.0f),
                                           kohya("lora_unet_down_0_conv", {3, 3, 3}, 5, 21, 4.0f)));
        same(valuesOf(*source, "down.0.attn1.to_q.weight"), withDelta(numbers(24, 1), 6, 0.5, 11));
        same(valuesOf(*source, "down.0.conv.weight"), withDelta(numbers(135, 2), 5, 2.0, 21));
        same(valuesOf(*source, "norm.weight"), numbers(4, 4));
        QCOMPARE(source->name(), std::string("base + lora"));
    }

    void withoutAnAlphaTheScaleIsOne() {
        same(valuesOf(*adapted(kohya("lora_transformer_down_0_attn1_to_q", {4}, 6, 11)), "down.0.attn1.to_q.weight"),
             withDelta(numbers(24, 1), 6, 1.0, 11));
    }

    void theHeadersAlphaCounts() {
        const auto tensors =
            joined(pairOf("unet.down.0.attn1.to_q.lora_A.weight", "unet.down.0.attn1.to_q.lora_B.weight", {4}, 6, 11),
                   pairOf("unet.down.0.conv.lora_A.weight", "unet.down.0.conv.lora_B.weight", {3, 3, 3}, 5, 21));
        const auto path = folder_ / "lora.safetensors";
        const auto withHeader = [&](const std::string& settings) {
            writeTensors(path, tensors);
            const auto text = textOf(path);
            std::uint64_t length = 0;
            std::memcpy(&length, text.data(), sizeof length);
            auto header = nlohmann::json::parse(text.substr(sizeof length, length));
            header["__metadata__"]["lora_adapter_metadata"] = settings;
            writeText(path, safetensorsText(header.dump(), 0) + text.substr(sizeof length + length));
            return openFounder({.base = folder_ / "base.safetensors", .adapter = path}, folder_);
        };
        const auto source = withHeader(R"({"unet.r": 2, "unet.lora_alpha": 8, "unet.alpha_pattern": {"conv": 1},
                                           "transformer.r": 2, "transformer.lora_alpha": 100})");
        same(valuesOf(*source, "down.0.attn1.to_q.weight"), withDelta(numbers(24, 1), 6, 4.0, 11));
        same(valuesOf(*source, "down.0.conv.weight"), withDelta(numbers(135, 2), 5, 0.5, 21));
        QVERIFY(messageOf([&] { withHeader("{"); }).find("lora_adapter_metadata in the file's header is no JSON") !=
                std::string::npos);
        QVERIFY(messageOf([&] { withHeader(R"({"unet.r": 2, "unet.lora_alpha": "x"})"); }).find("'lora_alpha'") !=
                std::string::npos);
    }

    void whateverProgramsCallThem_data() {
        QTest::addColumn<QString>("down");
        QTest::addColumn<QString>("up");
        QTest::newRow("PEFT") << "base_model.model.down.0.attn1.to_q.lora_A.weight"
                              << "base_model.model.down.0.attn1.to_q.lora_B.weight";
        QTest::newRow("of one adapter") << "down.0.attn1.to_q.lora_A.default.weight"
                                        << "down.0.attn1.to_q.lora_B.default.weight";
        QTest::newRow("diffusers") << "unet.down.0.attn1.to_q.lora_A.weight"
                                   << "unet.down.0.attn1.to_q.lora_B.weight";
        QTest::newRow("older") << "unet.down.0.attn1.to_q.lora.down.weight"
                               << "unet.down.0.attn1.to_q.lora.up.weight";
        QTest::newRow("oldest") << "down.0.attn1.processor.to_q_lora.down.weight"
                                << "down.0.attn1.processor.to_q_lora.up.weight";
        QTest::newRow("within a larger model") << "transformer.down.0.attn1.to_q.lora_linear_layer.down.weight"
                                               << "transformer.down.0.attn1.to_q.lora_linear_layer.up.weight";
    }
    void whateverProgramsCallThem() {
        QFETCH(QString, down);
        QFETCH(QString, up);
        same(valuesOf(*adapted(pairOf(down.toStdString(), up.toStdString(), {4}, 6, 11)), "down.0.attn1.to_q.weight"),
             withDelta(numbers(24, 1), 6, 1.0, 11));
    }

    void theOldestOutputsAreCalledOtherwise() {
        const auto source = adapted(pairOf("unet.down.0.attn1.processor.to_out_lora.down.weight",
                                           "unet.down.0.attn1.processor.to_out_lora.up.weight", {6}, 4, 11));
        same(valuesOf(*source, "down.0.attn1.to_out.0.weight"), withDelta(numbers(24, 3), 4, 1.0, 11));
    }

    void otherPartsOfAModelAreLeftAlone() {
        // A second encoder has layers of the same names, and other widths.
        const auto source = adapted(joined(
            kohya("lora_te1_down_0_attn1_to_q", {4}, 6, 11),
            joined(kohya("lora_te2_down_0_attn1_to_q", {8}, 12, 21), kohya("lora_unet_up_blocks_0_to_q", {4}, 6, 31))));
        same(valuesOf(*source, "down.0.attn1.to_q.weight"), withDelta(numbers(24, 1), 6, 1.0, 11));
        QCOMPARE(source->name(), std::string("base + lora (without lora_te2_, lora_unet_)"));
    }

    void anotherModelsLayersAreRefused() {
        refuses(kohya("lora_unet_up_blocks_0_to_q", {4}, 6, 11), "'lora_unet_up_blocks_0_to_q', which the base");
        refuses(kohya("lora_unet_down_0_attn1_to_q", {5}, 6, 11), "[6, 5] for 'down.0.attn1.to_q.weight'");
        refuses(joined(kohya("lora_unet_up_blocks_0_to_q", {4}, 6, 11), kohya("lora_te_up_q", {4}, 6, 21)),
                "has no layer that the adapter changes");
        refuses(joined(kohya("lora_unet_down_0_attn1_to_q", {4}, 6, 11), kohya("lora_unet_up_q", {4}, 6, 21)),
                "'lora_unet_up_q', which the base");
    }

    void namesThatMayBeTwoAreRefused() {
        writeBase(true);
        refuses(kohya("lora_unet_down_0_attn1_to_q", {4}, 6, 11),
                "'down_0_attn1_to_q' may be 'down.0.attn1.to.q.weight' or 'down.0.attn1.to_q.weight' of the base");
    }

    void otherKindsAreRefusedByName() {
        const auto layer = kohya("lora_unet_down_0_conv", {3, 3, 3}, 5, 21);
        for (const char* name : {"lora_mid.weight", "hada_w1_a", "lokr_w1", "dora_scale", "diff_b"}) {
            const auto whole = std::string("lora_unet_down_0_conv.") + name;
            refuses(joined(layer, {tensorOf(whole, DType::F32, {2, 2}, numbers(4, 1))}),
                    "'" + whole + "' belongs to a kind of adapter");
        }
        refuses(joined(layer, {tensorOf("lora_unet_down_0_conv.alpha", DType::F32, {2}, {1, 2})}), "holds 2 numbers");
        refuses({layer[0]}, "only one of its two matrices");
    }

    void whatIsAnAdapterIsTold() {
        adapted(kohya("lora_unet_down_0_attn1_to_q", {4}, 6, 11));
        QVERIFY(isAdapter(folder_ / "lora.safetensors") && !isAdapter(folder_ / "base.safetensors"));
        fs::create_directory(folder_ / "hub");
        fs::copy(folder_ / "lora.safetensors", folder_ / "hub" / "pytorch_lora_weights.safetensors");
        QVERIFY(isAdapter(folder_ / "hub") && !isAdapter(folder_ / "a") && !isAdapter(folder_ / "nothing"));
        same(valuesOf(*openFounder({.base = folder_ / "base.safetensors", .adapter = folder_ / "hub"}, folder_),
                      "down.0.attn1.to_q.weight"),
             withDelta(numbers(24, 1), 6, 1.0, 11));
        fs::create_directory(folder_ / "empty");
        const auto message = messageOf(
            [&] { openFounder({.base = folder_ / "base.safetensors", .adapter = folder_ / "empty"}, folder_); });
        QVERIFY2(message.find("or one safetensors file") != message.npos, message.c_str());
    }

    void layersStoredInputsByOutputsAreToldByTheOthers() {
        writeTensors(folder_ / "base.safetensors", {tensorOf("h.0.c_attn.weight", DType::F32, {4, 12}, numbers(48, 1)),
                                                    tensorOf("h.0.c_proj.weight", DType::F32, {4, 4}, numbers(16, 2))});
        const auto source = adapted(joined(pairOf("h.0.c_attn.lora_A.weight", "h.0.c_attn.lora_B.weight", {4}, 12, 11),
                                           pairOf("h.0.c_proj.lora_A.weight", "h.0.c_proj.lora_B.weight", {4}, 4, 21)));
        auto turned = numbers(16, 2);
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < i; ++j) std::swap(turned[i * 4 + j], turned[j * 4 + i]);
        turned = withDelta(turned, 4, 1.0, 21);
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < i; ++j) std::swap(turned[i * 4 + j], turned[j * 4 + i]);
        same(valuesOf(*source, "h.0.c_proj.weight"), turned);
    }
};

MERGARIUM_SUITE(LoraFilesTest)
#include "lora_files_test.moc"
