#include "core/export/rebuild_model.h"
#include "core/files/json.h"
#include "core/founders/content_hash.h"
#include "core/founders/founder_source.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// fp8 models are the numbers that they stand for: what is stored, times the scale beside it.
class QuantisedTest : public QObject, private ExampleModels {
    Q_OBJECT

    using Tensors = std::vector<GivenTensor>;
    using Shape = std::vector<std::int64_t>;

    void write(const char* name, const Tensors& tensors, const nlohmann::json& quantisation = {}) const {
        fs::create_directories(folder_ / name);
        writeTensors(folder_ / name / "model.safetensors", tensors);
        nlohmann::json configuration{{"model_type", "llama"}, {"torch_dtype", "bfloat16"}};
        if (!quantisation.is_null()) configuration["quantization_config"] = quantisation;
        writeText(folder_ / name / "config.json", configuration.dump());
    }
    FounderSourcePtr open(const char* name) const {
        return openFounder({.base = folder_ / name, .adapter = {}}, folder_);
    }
    static GivenTensor fp8(std::string name, Shape shape, unsigned seed, DType dtype = DType::F8E4M3) {
        std::size_t count = 1;
        for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
        return tensorOf(std::move(name), dtype, std::move(shape), numbers(count, seed));
    }
    /// Of all the numbers of a tensor, as it is stored.
    static std::vector<float> stored(const GivenTensor& tensor) {
        std::vector<float> values(tensor.bytes.size() / sizeOf(tensor.dtype));
        toFloats(tensor.dtype, tensor.bytes.data(), values);
        return values;
    }
    void refuses(const Tensors& tensors, const nlohmann::json& quantisation, std::string_view what) const {
        write("m", tensors, quantisation);
        const auto message = messageOf([&] { open("m"); });
        QVERIFY2(message.find(what) != message.npos && message.find("/m: ") != message.npos, message.c_str());
    }

private Q_SLOTS:
    void init() { writeBoth(); }

    void everyKnownFormIsDequantised_data() {
        QTest::addColumn<QString>("scale");
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<QList<int>>("scales");
        QTest::addColumn<QList<int>>("block");
        QTest::addColumn<QString>("settings");
        QTest::newRow("DeepSeek") << "x.weight_scale_inv" << QList<int>{130, 300} << QList<int>{2, 3}
                                  << QList<int>{128, 128}
                                  << R"({"quant_method": "fp8", "weight_block_size": [128, 128]})";
        QTest::newRow("blocks of another size")
            << "x.weight_scale_inv" << QList<int>{5, 7} << QList<int>{3, 2} << QList<int>{2, 4}
            << R"({"quant_method": "fp8", "weight_block_size": [2, 4]})";
        QTest::newRow("of the tensor") << "x.weight_scale" << QList<int>{4, 6} << QList<int>{} << QList<int>{4, 6}
                                       << R"({"quant_method": "modelopt", "quant_algo": "FP8"})";
        QTest::newRow("of the rows") << "x.weight_scale" << QList<int>{4, 6} << QList<int>{4, 1} << QList<int>{1, 6}
                                     << R"({"quant_method": "compressed-tensors", "format": "float-quantized"})";
        QTest::newRow("fbgemm's") << "x.weight_scale" << QList<int>{4, 6} << QList<int>{4} << QList<int>{1, 6}
                                  << R"({"quant_method": "fbgemm_fp8"})";
        QTest::newRow("experts") << "x.weight_scale" << QList<int>{3, 4, 6} << QList<int>{3, 1, 6}
                                 << QList<int>{1, 4, 1} << R"({"quant_method": "fbgemm_fp8"})";
        QTest::newRow("without a word in config.json")
            << "x.scale_weight" << QList<int>{4, 6} << QList<int>{1} << QList<int>{4, 6} << "null";
    }
    void everyKnownFormIsDequantised() {
        QFETCH(QString, scale);
        QFETCH(QList<int>, shape);
        QFETCH(QList<int>, scales);
        QFETCH(QList<int>, block);
        QFETCH(QString, settings);
        for (const auto dtype : {DType::F8E4M3, DType::F8E5M2}) {
            const auto weight = fp8("x.weight", {shape.begin(), shape.end()}, 1, dtype);
            std::size_t count = 1;
            for (const auto extent : scales) count *= static_cast<std::size_t>(extent);
            const auto factors = numbers(count, 2);
            write("m",
                  {weight, tensorOf(scale.toStdString(), DType::F32, {scales.begin(), scales.end()}, factors),
                   tensorOf("x.input_scale", DType::F32, {}, {3}), tensorOf("norm.weight", DType::BF16, {2}, {1, 2})},
                  nlohmann::json::parse(settings.toStdString()));
            const auto source = open("m");
            QCOMPARE(source->tensors().size(), std::size_t{2});
            auto want = stored(weight);
            for (std::size_t i = 0; i < want.size(); ++i) {
                std::size_t place = 0, rest = i, stride = 1;
                for (auto d = shape.size(); d-- > 0;) {
                    const auto extent = static_cast<std::size_t>(shape[d]), size = static_cast<std::size_t>(block[d]);
                    place += rest % extent / size * stride;
                    rest /= extent;
                    stride *= (extent + size - 1) / size;
                }
                want[i] *= factors[place];
            }
            QVERIFY(valuesOf(*source, "x.weight") == want);
            QCOMPARE(valuesOf(*source, "norm.weight"), (std::vector<float>{1, 2}));
            const auto outline = describe(*source);
            QCOMPARE(outline.tensors[1].dtype, DType::BF16);
        }
    }

    void aMergeIsPlainAndStoredAsBf16() {
        const auto a = fp8("model.q.weight", {4, 6}, 1), b = fp8("model.q.weight", {4, 6}, 2);
        const auto norm = tensorOf("model.norm.weight", DType::BF16, {4}, {1, 2, 3, 4});
        write("one", {a, norm, tensorOf("model.q.weight_scale", DType::F32, {}, {0.3f})}, {{"quant_method", "fp8"}});
        write("other", {tensorOf("model.q.weight", DType::BF16, {4, 6}, stored(b)), norm});
        writeText(folder_ / "one" / "hf_quant_config.json", "{}");
        mergeModels({.first = {.base = folder_ / "one", .adapter = {}},
                     .second = {.base = folder_ / "other", .adapter = {}},
                     .interpolation = Interpolation::Lerp,
                     .folder = folder_ / "merged"},
                    cache());
        const auto merged = Checkpoint::open(folder_ / "merged");
        QCOMPARE(merged->tensors().size(), std::size_t{2});
        QCOMPARE(merged->find("model.q.weight")->dtype, DType::BF16);
        const auto have = valuesOf(*merged, "model.q.weight");
        for (std::size_t i = 0; i < have.size(); ++i) {
            const double want =
                0.5 * static_cast<double>(stored(a)[i] * 0.3f) + 0.5 * static_cast<double>(stored(b)[i]);
            QVERIFY(std::abs(have[i] - want) <= std::abs(want) / 256 + 1e-7);
        }
        const auto configuration = readJsonObject(folder_ / "merged" / "config.json", kSettingsJson);
        QVERIFY(!configuration.contains("quantization_config"));
        QCOMPARE(configuration["torch_dtype"].get<std::string>(), std::string("bfloat16"));
        const auto files = filesIn(folder_ / "merged");
        QVERIFY(!files.contains("hf_quant_config.json") && !files.contains("mergekit.yml"));
    }

    void aMergeIsWrittenWithScalesAndReadBack() {
        const auto norm = tensorOf("model.norm.weight", DType::BF16, {4}, {1, 2, 3, 4});
        for (const char* name : {"one", "other"})
            write(name, {tensorOf("model.q_proj.weight", DType::F32, {4, 6}, numbers(24, name[1] == 'n' ? 1 : 2)),
                         tensorOf("model.gate.weight", DType::BF16, {4, 4}, numbers(16, 5)), norm});
        MergeRequest request{.first = {.base = folder_ / "one", .adapter = {}},
                             .second = {.base = folder_ / "other", .adapter = {}},
                             .interpolation = Interpolation::Lerp,
                             .folder = folder_ / "plain"};
        mergeModels(request, cache());
        request.folder = folder_ / "m";
        request.scales = Fp8Scales::PerTensor;
        mergeModels(request, cache());

        const auto want = valuesOf(*Checkpoint::open(folder_ / "plain"), "model.q_proj.weight");
        const auto made = Checkpoint::open(folder_ / "m");
        float largest = 0;
        for (const float value : want) largest = std::max(largest, std::abs(value));
        QCOMPARE(made->tensors().size(), std::size_t{4});
        QCOMPARE(made->find("model.q_proj.weight")->dtype, DType::F8E4M3);
        QCOMPARE(valuesOf(*made, "model.q_proj.weight_scale"), (std::vector<float>{largest / 448}));
        QCOMPARE(made->find("model.gate.weight")->dtype, DType::BF16);
        const auto have = valuesOf(*open("m"), "model.q_proj.weight");
        for (std::size_t i = 0; i < want.size(); ++i)
            QVERIFY(std::abs(have[i] - want[i]) <= std::max(std::abs(want[i]) / 16, largest / 448 * 0x1p-10f) * 1.001f);

        const auto configuration = readJsonObject(folder_ / "m" / "config.json", kSettingsJson);
        const auto& quantised = configuration["quantization_config"];
        QCOMPARE(quantised["format"].get<std::string>(), std::string("float-quantized"));
        QCOMPARE(quantised["ignore"].dump(), std::string(R"(["model.gate","lm_head"])"));
        rebuildModel({.recipe = folder_ / "m" / "recipe.yaml", .folder = folder_ / "again", .models = folder_},
                     cache());
        QCOMPARE(textOf(folder_ / "again" / "model.safetensors"), textOf(folder_ / "m" / "model.safetensors"));

        for (const char* name : {"one", "other"}) write(name, {norm});
        request.folder = folder_ / "none";
        QVERIFY(messageOf([&] { mergeModels(request, cache()); }).find("*_proj.weight") != std::string::npos);
    }

    void anAdapterLiesOnTheNumbersThatFp8StandsFor() {
        const auto weight = fp8("model.q.weight", {6, 4}, 1);
        write("base", {weight, tensorOf("model.q.weight_scale", DType::F32, {}, {0.5f})}, {{"quant_method", "fp8"}});
        writeTensors(folder_ / "lora.safetensors",
                     {tensorOf("model.q.lora_A.weight", DType::F32, {1, 4}, {1, 2, 3, 4}),
                      tensorOf("model.q.lora_B.weight", DType::F32, {6, 1}, {1, 1, 1, 1, 1, 1})});
        const auto source = openFounder({.base = folder_ / "base", .adapter = folder_ / "lora.safetensors"}, folder_);
        auto want = stored(weight);
        for (std::size_t i = 0; i < want.size(); ++i) want[i] = want[i] * 0.5f + static_cast<float>(i % 4 + 1);
        QCOMPARE(valuesOf(*source, "model.q.weight"), want);
        QCOMPARE(describe(*source).tensors.front().dtype, DType::BF16);
        QVERIFY(contentKey(*source) != contentKey(*open("base")));
    }

    void fp8WithoutScalesIsPlainNumbers() {
        const auto weight = fp8("x.weight", {4, 6}, 1);
        write("m", {weight});
        const auto source = open("m");
        QCOMPARE(source->tensors().front().dtype, DType::F8E4M3);
        QCOMPARE(valuesOf(*source, "x.weight"), stored(weight));
    }

    void otherKindsAreRefusedByName() {
        const Tensors plain{tensorOf("x.weight", DType::BF16, {2}, {1, 2})};
        for (const char* method : {"gptq", "awq", "bitsandbytes", "mxfp4"})
            refuses(plain, {{"quant_method", method}}, "quantised (\"" + std::string(method) + "\")");
        refuses(plain, {{"bits", 4}}, "quantised (unknown method)");
        refuses(plain, {{"quant_method", "compressed-tensors"}, {"format", "pack-quantized"}},
                "quantised (compressed-tensors, pack-quantized)");
        refuses(plain, {{"quant_method", "modelopt"}, {"quant_algo", "NVFP4"}}, "quantised (ModelOpt, NVFP4)");
        const auto with = [&](const char* name, DType dtype) {
            auto tensors = plain;
            tensors.push_back({name, dtype, {4}, std::vector<std::byte>(4 * sizeOf(dtype))});
            return tensors;
        };
        refuses(with("y.qweight", DType::I32), {}, "GPTQ or AWQ");
        refuses(with("experts.down_proj_blocks", DType::U8), {}, "MXFP4");
        refuses(with("y.weight.absmax", DType::F32), {}, "bitsandbytes");
    }

    void scalesThatDontFitAreRefused() {
        const auto weight = fp8("x.weight", {4, 6}, 1);
        const auto scale = [](Shape shape) {
            std::size_t count = 1;
            for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
            return tensorOf("x.weight_scale", DType::F32, std::move(shape), numbers(count, 2));
        };
        refuses({weight, scale({3, 1})}, {}, "the scale 'x.weight_scale' is F32 [3, 1], which doesn't fit 'x.weight'");
        refuses({weight, scale({4, 1, 1})}, {}, "which doesn't fit");
        refuses({weight, scale({})}, {{"quant_method", "fp8"}, {"weight_block_size", {0, 4}}}, "'weight_block_size'");
        refuses({weight, scale({}), fp8("y.weight", {2, 2}, 3)}, {},
                "'y.weight' is F8_E4M3 and has no scale beside it");
        refuses({weight, GivenTensor{"x.weight_scale", DType::U8, {1}, std::vector<std::byte>(1)}}, {}, "is U8 [1]");
    }
};

MERGARIUM_SUITE(QuantisedTest)
#include "quantised_test.moc"
