#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/files/json.h"
#include "core/founders/founder_source.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// Numbers that the element type of a model can't hold never become infinite in silence.
class ElementRangeTest : public QObject, private ExampleModels {
    Q_OBJECT

    void write(const char* name, const std::vector<GivenTensor>& tensors) const {
        fs::create_directories(folder_ / name);
        writeTensors(folder_ / name / "model.safetensors", tensors);
        writeText(folder_ / name / "config.json", R"({"model_type": "llama", "torch_dtype": "float32"})");
    }
    /// Two models whose halves are these.
    void writeTwo(const std::vector<float>& q, const std::vector<float>& norm = {1, 2},
                  DType dtype = DType::F32) const {
        for (const char* name : {"one", "two"})
            write(name, {tensorOf("model.q.weight", dtype, {static_cast<std::int64_t>(q.size())}, q),
                         tensorOf("model.norm.weight", dtype, {static_cast<std::int64_t>(norm.size())}, norm)});
    }
    MergeRequest into(std::optional<DType> dtype, OutOfRange outOfRange = OutOfRange::Refused) const {
        return {.first = {.base = folder_ / "one", .adapter = {}},
                .second = {.base = folder_ / "two", .adapter = {}},
                .interpolation = Interpolation::Lerp,
                .dtype = dtype,
                .outOfRange = outOfRange,
                .folder = folder_ / "merged"};
    }
    std::vector<float> merged(const MergeRequest& request) const {
        fs::remove_all(folder_ / "merged");
        mergeModels(request, cache());
        return valuesOf(*Checkpoint::open(folder_ / "merged"), "model.q.weight");
    }
    void refuses(const MergeRequest& request, std::string_view what) const {
        fs::remove_all(folder_ / "merged");
        const auto message = messageOf([&] { mergeModels(request, cache()); });
        QVERIFY2(message.find(what) != message.npos, message.c_str());
        QVERIFY(!fs::exists(folder_ / "merged") && unfinished().empty());
    }

private Q_SLOTS:
    void init() { writeBoth(); }

    void whatIsTooLargeIsRefusedByTensorCountAndLargest() {
        writeTwo({1e6f, 2, -2e6f, 65504}, {1, 7e4f});
        refuses(into(DType::F16),
                "numbers beyond 65504 are too large for F16, and there are some in model.norm.weight (1 of them, up to "
                "70000), model.q.weight (2 of them, up to 2e+06); choose another element type");
        refuses(into(DType::F8E4M3), "numbers beyond 448 are too large for F8_E4M3");
        QCOMPARE(merged(into(DType::BF16))[1], 2.0f);
        QCOMPARE(merged(into(std::nullopt))[0], 1e6f);
    }

    void whatRoundsToTheLargestIsHeld() {
        writeTwo({65519, -65519, 1, 2});
        QCOMPARE(merged(into(DType::F16)), (std::vector<float>{65504, -65504, 1, 2}));
        writeTwo({65520, 1, 2, 3});
        refuses(into(DType::F16), "model.q.weight (1 of them, up to 65520)");
        writeTwo({std::numeric_limits<float>::max(), 1});
        refuses(into(DType::BF16), "numbers beyond 3.38953e+38 are too large for BF16");
    }

    void onRequestItIsClampedAndRebuiltSo() {
        writeTwo({1e6f, 2, -2e6f, 3});
        auto request = into(DType::F16, OutOfRange::Clamped);
        QCOMPARE(merged(request), (std::vector<float>{65504, 2, -65504, 3}));
        QVERIFY(textOf(folder_ / "merged" / "recipe.yaml").find("clamp: true") != std::string::npos);
        rebuildModel({.recipe = folder_ / "merged" / "recipe.yaml", .folder = folder_ / "again", .models = folder_},
                     cache());
        QCOMPARE(textOf(folder_ / "again" / "model.safetensors"), textOf(folder_ / "merged" / "model.safetensors"));
        request.dtype = DType::F8E4M3;
        QCOMPARE(merged(request), (std::vector<float>{448, 2, -448, 3}));
        request.dtype = DType::F8E5M2;
        QCOMPARE(merged(request), (std::vector<float>{57344, 2, -57344, 3}));
    }

    void fp8IsWrittenAndReadAsPlainNumbers() {
        writeTwo({0.3f, 448, -0.001f, 5.1f});
        // The nearest of 3 bits of mantissa, subnormals being whole multiples of 2^-9.
        QCOMPARE(merged(into(DType::F8E4M3)), (std::vector<float>{0.3125f, 448, -0x1p-9f * 1, 5}));
        const auto source = openFounder({.base = folder_ / "merged", .adapter = {}}, folder_);
        QCOMPARE(source->tensors().front().dtype, DType::F8E4M3);
        QCOMPARE(readJsonObject(folder_ / "merged" / "config.json", kSettingsJson)["torch_dtype"].get<std::string>(),
                 std::string("float8_e4m3fn"));
    }

    void infinitiesThatAreTakenOverStay() {
        const float infinity = std::numeric_limits<float>::infinity();
        writeTwo({1, 2, 3, 4}, {-infinity, 1e6f});
        auto request = into(DType::F16);
        request.tensors.freeze = {{"*norm*", 1}};
        refuses(request, "model.norm.weight (1 of them, up to 1e+06)");
        writeTwo({1, 2, 3, 4}, {-infinity, 5});
        merged(request);
        QCOMPARE(valuesOf(*Checkpoint::open(folder_ / "merged"), "model.norm.weight"),
                 (std::vector<float>{-infinity, 5}));
    }

    void foundersThatAreNotFiniteAreToldAsThat() {
        writeTwo({std::numeric_limits<float>::infinity(), 2, std::nanf(""), 1e6f});
        refuses(into(DType::F16), "there are some in model.q.weight (1 NaN, 1 infinite)");
    }

    void doublesBeyondFp32AreRefused() {
        writeTwo({1, 2}, {1, 2}, DType::F64);
        const double large = 1e300;
        auto tensor = tensorOf("model.q.weight", DType::F64, {2}, {1, 2});
        std::memcpy(tensor.bytes.data(), &large, sizeof large);
        write("two", {tensor, tensorOf("model.norm.weight", DType::F64, {2}, {1, 2})});
        refuses(into(DType::F32), "model.q.weight (1 of them, up to inf)");
    }

    void smallModelsAreLookedAtToo() {
        Layout layout;
        layout.append("w", {2});
        const std::vector<float> parameters{1e6f, 1};
        const auto message = messageOf(
            [&] { writeDenseModel("m", {}, layout, parameters, DType::F16, OutOfRange::Refused, folder_ / "dense"); });
        QVERIFY2(message.find("w (1 of them, up to 1e+06)") != message.npos, message.c_str());
        writeDenseModel("m", {}, layout, parameters, DType::F16, OutOfRange::Clamped, folder_ / "dense");
        QCOMPARE(valuesOf(*Checkpoint::open(folder_ / "dense"), "w"), (std::vector<float>{65504, 1}));
    }
};

MERGARIUM_SUITE(ElementRangeTest)
#include "element_range_test.moc"
