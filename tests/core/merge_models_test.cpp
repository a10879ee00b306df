#include "core/export/merge_models.h"
#include "core/checkpoint/safetensors.h"
#include "core/files/json.h"
#include "core/founders/content_hash.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_tensors.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <csignal>
#include <cstring>
#include <map>
#include <random>
#include <thread>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(MERGARIUM_TEST_DATA) / "slerp";

/// How many representable numbers lie between two fp16 or bf16 codes.
int unitsApart(std::uint16_t a, std::uint16_t b) {
    const auto ordered = [](std::uint16_t code) { return code & 0x8000 ? -(code & 0x7fff) : code & 0x7fff; };
    return std::abs(ordered(a) - ordered(b));
}

std::uint16_t codeAt(const StoredTensor& tensor, std::uint64_t i) {
    std::uint16_t code;
    std::memcpy(&code, tensor.bytes + 2 * i, sizeof code);
    return code;
}

}  // namespace

// One merge without evolution: its numbers, its folder, and what is left of one that is broken off.
class MergeModelsTest : public QObject, private ExampleModels {
    Q_OBJECT

private Q_SLOTS:
    void init() { writeBoth(); }

    void theReferenceSlerpIsMatchedInTheInputsTypes() {
        mergeModels({.first = {.base = kGolden / "a.safetensors", .adapter = {}},
                     .second = {.base = kGolden / "b.safetensors", .adapter = {}},
                     .ratio = 0.3,
                     .interpolation = Interpolation::SlerpPerTensor,
                     .folder = folder_ / "merged"},
                    cache());
        const auto expected = Checkpoint::open(kGolden / "slerp.safetensors");
        const auto actual = Checkpoint::open(folder_ / "merged");
        QCOMPARE(actual->tensors().size(), expected->tensors().size());
        for (const auto& tensor : expected->tensors()) {
            const auto* made = actual->find(tensor.name);
            QVERIFY(made);
            QCOMPARE(made->dtype, tensor.dtype);
            QCOMPARE(made->shape, tensor.shape);
            const auto want = valuesOf(*expected, tensor.name), have = valuesOf(*actual, tensor.name);
            for (std::uint64_t i = 0; i < tensor.count; ++i) {
                const auto where =
                    QString("%1[%2]: %3 against %4").arg(tensor.name.c_str()).arg(i).arg(have[i]).arg(want[i]);
                if (tensor.dtype == DType::F32)
                    QVERIFY2(std::abs(have[i] - want[i]) <= 1e-6f * std::max(std::abs(want[i]), 0.1f),
                             qPrintable(where));
                else
                    QVERIFY2(unitsApart(codeAt(*made, i), codeAt(tensor, i)) <= 1, qPrintable(where));
            }
        }
    }

    void theReferenceSlerpIsMatchedInFullPrecision() {
        mergeModels({.first = {.base = kGolden / "a.safetensors", .adapter = {}},
                     .second = {.base = kGolden / "b.safetensors", .adapter = {}},
                     .ratio = 0.3,
                     .interpolation = Interpolation::SlerpPerTensor,
                     .dtype = DType::F32,
                     .folder = folder_ / "merged"},
                    cache());
        const auto expected = Checkpoint::open(kGolden / "slerp_f32.safetensors");
        const auto actual = Checkpoint::open(folder_ / "merged");
        for (const auto& tensor : expected->tensors()) {
            const auto want = valuesOf(*expected, tensor.name), have = valuesOf(*actual, tensor.name);
            QCOMPARE(have.size(), want.size());
            double difference = 0.0, size = 0.0;
            for (std::size_t i = 0; i < want.size(); ++i) {
                difference += std::pow(static_cast<double>(have[i]) - want[i], 2);
                size += std::pow(want[i], 2);
            }
            QVERIFY2(
                std::sqrt(difference) <= 1e-6 * std::sqrt(size),
                qPrintable(
                    QString("%1: %2 of %3").arg(tensor.name.c_str()).arg(std::sqrt(difference)).arg(std::sqrt(size))));
        }
    }

    void aMergedFolderHasTheFoundersNamesShapesAndTypes() {
        mergeModels(request("merged"), cache());
        const auto merged = Checkpoint::open(folder_ / "merged"), founder = Checkpoint::open(folder_ / "a");
        QCOMPARE(merged->tensors().size(), founder->tensors().size());
        for (const auto& tensor : founder->tensors()) {
            const auto* made = merged->find(tensor.name);
            QVERIFY(made);
            QCOMPARE(static_cast<const TensorDescription&>(*made), static_cast<const TensorDescription&>(tensor));
        }
        // Whole numbers aren't mixed.
        const auto* positions = merged->find("model.position_ids");
        QVERIFY(std::equal(positions->bytes, positions->bytes + 32, founder->find("model.position_ids")->bytes));
    }

    void lerpIsTheWeightedSumOnEitherSideOfTheSplit() {
        auto lerp = request("merged");
        lerp.interpolation = Interpolation::Lerp;
        lerp.dtype = DType::F32;
        lerp.splits = {0.5};
        mergeModels(lerp, cache());
        const auto a = Checkpoint::open(folder_ / "a"), b = Checkpoint::open(folder_ / "b"),
                   merged = Checkpoint::open(folder_ / "merged");
        std::size_t at = 0;
        for (const char* name : {"model.embed_tokens.weight", "model.layers.0.mlp.weight", "model.layers.1.mlp.weight",
                                 "model.norm.weight"}) {
            const auto one = valuesOf(*a, name), other = valuesOf(*b, name), made = valuesOf(*merged, name);
            for (std::size_t i = 0; i < one.size(); ++i, ++at) {
                const float weight = at < 92 / 2 ? 0.25f : 0.75f;
                QCOMPARE(made[i], (1 - weight) * one[i] + weight * other[i]);
            }
        }
        QCOMPARE(at, 92u);
    }

    void splitsOutsideOfTheVectorAreRefused() {
        auto far = request("merged");
        far.splits = {std::uint64_t{92}};
        QVERIFY(messageOf([&] { mergeModels(far, cache()); }).find("has 92 elements") != std::string::npos);
        QVERIFY(!fs::exists(folder_ / "merged"));
    }

    void configurationAndTokenizerAreTheFirstFounders() {
        mergeModels(request("merged"), cache());
        const auto files = filesIn(folder_ / "merged");
        for (const char* name : {"config.json", "tokenizer_config.json", "generation_config.json"})
            QCOMPARE(files.at(name), textOf(folder_ / "a" / name));
        QVERIFY(!files.contains("training_args.bin"));
        QVERIFY(files.at("README.md").find("the founder's own") == std::string::npos);
    }

    void theConfigurationNamesTheTypeThatIsWritten() {
        auto half = request("merged");
        half.dtype = DType::F16;
        mergeModels(half, cache());
        QCOMPARE(readJsonObject(folder_ / "merged" / "config.json", kSettingsJson)["torch_dtype"].get<std::string>(),
                 std::string("float16"));
        QCOMPARE(Checkpoint::open(folder_ / "merged")->find("model.norm.weight")->dtype, DType::F16);
        QCOMPARE(Checkpoint::open(folder_ / "merged")->find("model.position_ids")->dtype, DType::I64);
    }

    void frozenTensorsKeepTheirBits() {
        auto freezing = request("merged");
        freezing.tensors.freeze = {{"*norm*", 1}};
        freezing.tensors.exclude = {"model.layers.1.*"};
        mergeModels(freezing, cache());
        const auto merged = Checkpoint::open(folder_ / "merged"), second = Checkpoint::open(folder_ / "b");
        const auto *made = merged->find("model.norm.weight"), *theirs = second->find("model.norm.weight");
        QVERIFY(std::equal(made->bytes, made->bytes + made->byteSize(), theirs->bytes));
        const auto first = Checkpoint::open(folder_ / "a");
        const auto *left = merged->find("model.layers.1.mlp.weight"), *own = first->find("model.layers.1.mlp.weight");
        QVERIFY(left && std::equal(left->bytes, left->bytes + left->byteSize(), own->bytes));
        QCOMPARE(merged->tensors().size(), first->tensors().size());
    }

    void theCardTellsFoundersHashesAndHowToBuildItAgain() {
        mergeModels(request("merged"), cache());
        const auto card = textOf(folder_ / "merged" / "README.md");
        QVERIFY(card.starts_with("---\nbase_model:\n- \"a\"\n- \"b\"\n"));
        QVERIFY(card.find(contentHash(*openFounder({.base = folder_ / "a", .adapter = {}}, folder_), {}).value()) !=
                std::string::npos);
        QVERIFY(card.find("mergarium-cli rebuild recipe.yaml") != std::string::npos);
    }

    void mergekitIsToldWhereSplitsLieOnTensorBorders() {
        auto onBorder = request("merged");
        onBorder.interpolation = Interpolation::Lerp;
        onBorder.splits = {std::uint64_t{24 + 32}};
        mergeModels(onBorder, cache());
        const auto yaml = textOf(folder_ / "merged" / "mergekit.yml");
        QVERIFY(yaml.find("merge_method: linear") != std::string::npos);
        QVERIFY(yaml.find("normalize: false") != std::string::npos);
        QVERIFY(yaml.find("dtype: float32") != std::string::npos);
        QVERIFY(yaml.find("out_dtype: bfloat16") != std::string::npos);
        QVERIFY(yaml.find("{filter: \"model.layers.0.mlp.weight\", value: 0.75}") != std::string::npos);
        QVERIFY(yaml.find("{filter: \"model.layers.1.mlp.weight\", value: 0.25}") != std::string::npos);

        auto within = request("split");
        within.splits = {std::uint64_t{30}};
        mergeModels(within, cache());
        QVERIFY(!fs::exists(folder_ / "split" / "mergekit.yml"));
        QVERIFY(textOf(folder_ / "split" / "README.md")
                    .find("There is no `mergekit.yml`: a split point lies within a tensor") != std::string::npos);
    }

    void theNumbersAreRoundedOnceHoweverTheyAreAskedFor() {
        const std::size_t length = 10'007;
        Layout layout;
        layout.append("w", {static_cast<std::int64_t>(length)});
        std::vector<FounderModel> models;
        for (const auto dtype : {DType::F32, DType::F16, DType::BF16, DType::F8E4M3}) {
            auto bytes = std::make_shared<std::vector<std::byte>>(length * sizeOf(dtype) + 1);
            fromFloats(dtype, numbers(length, static_cast<unsigned>(models.size())), bytes->data() + 1);
            models.push_back({.name = "m",
                              .hash = {},
                              .segments = {{.begin = 0, .count = length, .dtype = dtype, .bytes = bytes->data() + 1}},
                              .storage = bytes});
        }
        const Founders founders(layout, models);
        Recipe recipe{.founders = 4, .ends = {}, .coefficients = {}};
        for (const auto& [end, coefficients] : {std::pair{1u, std::vector{0.5, 0.25, 0.125, 1.0}},
                                                {4099u, {0.3, 0.0, 0.7, 0.0}},
                                                {5000u, {0.0, 0.0, 1.0, 0.0}},
                                                {5001u, {0.0, 0.0, 0.0, 0.0}},
                                                {10007u, {-0.1, 0.6, 0.0, 0.2}}}) {
            recipe.ends.push_back(end);
            recipe.coefficients.insert(recipe.coefficients.end(), coefficients.begin(), coefficients.end());
        }
        std::vector<float> whole(length);
        materializeAll(recipe, founders, whole);
        // By the definition, number by number.
        std::vector<std::vector<float>> read(4, std::vector<float>(length));
        for (std::size_t k = 0; k < 4; ++k) founders.read(k, 0, read[k]);
        for (std::size_t i = 0, span = 0; i < length; ++i) {
            if (i == recipe.ends[span]) ++span;
            float sum = 0.0f;
            for (std::size_t k = 0; k < 4; ++k) {
                volatile float product = static_cast<float>(recipe.of(span)[k]) * read[k][i];
                if (recipe.of(span)[k] != 0.0) sum += product;
            }
            QCOMPARE(whole[i], sum);
        }
        for (const auto dtype : {DType::F32, DType::F16, DType::BF16}) {
            for (const auto& [begin, count] : {std::pair{0ul, 10'007ul}, {4097ul, 1000ul}, {9'999ul, 8ul}}) {
                std::vector<std::byte> expected(count * sizeOf(dtype)), actual(count * sizeOf(dtype) + 1);
                fromFloats(dtype, std::span(whole).subspan(begin, count), expected.data());
                materializeAs(recipe, founders, begin, count, dtype, actual.data() + 1);
                QVERIFY(std::equal(expected.begin(), expected.end(), actual.begin() + 1));
            }
        }
    }

    void cancellingAtAnyMomentLeavesNothing() {
        int last = 1, moments = 0;
        for (int stopAt = 0; stopAt < last; ++stopAt) {
            fs::remove_all(cache());
            int calls = 0;
            const auto announce = [&](std::string_view, std::uint64_t, std::uint64_t) { return calls++ != stopAt; };
            try {
                mergeModels(request("merged"), cache(), announce);
                break;
            } catch (const Cancelled&) {
                ++moments;
                ++last;
            }
            QVERIFY(!fs::exists(folder_ / "merged"));
            QVERIFY(unfinished().empty());
        }
        QVERIFY(moments > 3);
    }

    void aKilledMergeLeavesNothingUnderTheFinalName() {
        writeModel("a", 1, DType::F32, 40'000);
        writeModel("b", 2, DType::F32, 40'000);
        auto merge = request("merged");
        merge.interpolation = Interpolation::Lerp;
        mergeModels(merge, cache());
        const auto whole = filesIn(folder_ / "merged");
        std::mt19937 random(7);
        int killed = 0;
        for (int attempt = 0; attempt < 25; ++attempt) {
            fs::remove_all(folder_ / "merged");
            const auto child = ::fork();
            if (child == 0) {
                mergeModels(merge, cache());
                ::_exit(0);
            }
            ::usleep(static_cast<unsigned>(random() % 40'000));
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            killed += WIFSIGNALED(status);
            if (fs::exists(folder_ / "merged")) QVERIFY(filesIn(folder_ / "merged") == whole);
        }
        QVERIFY(killed > 0);
        fs::remove_all(folder_ / "merged");
        mergeModels(merge, cache());
        QVERIFY(filesIn(folder_ / "merged") == whole);
        QVERIFY(unfinished().empty());
    }
};

MERGARIUM_SUITE(MergeModelsTest)
#include "merge_models_test.moc"
