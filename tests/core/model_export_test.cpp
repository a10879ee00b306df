#include "core/checkpoint/content_hash.h"
#include "core/checkpoint/json_file.h"
#include "core/checkpoint/safetensors.h"
#include "core/export/export_model.h"
#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/export/stored_genome.h"
#include "core/genome/dense_genome.h"
#include "core/genome/materialize.h"
#include "core/genome/recipe_genome.h"
#include "core/genome/recipe_tensors.h"
#include "core/session/run_loop.h"
#include "core/store/run_catalog.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(MERGARIUM_TEST_DATA) / "slerp";
const fs::path kResources = fs::path(MERGARIUM_SOURCE_DIR) / "resources";

std::vector<float> numbers(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (auto& value : values) value = normal(random);
    return values;
}

std::string textOf(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::map<std::string, std::string> filesIn(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files[entry.path().filename().string()] = textOf(entry.path());
    return files;
}

std::vector<float> valuesOf(const Checkpoint& model, std::string_view name) {
    const auto* tensor = model.find(name);
    if (!tensor) return {};
    std::vector<float> values(tensor->count);
    toFloats(tensor->dtype, tensor->bytes, values);
    return values;
}

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

class ModelExportTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path folder_;

    /// A model as people have them: embedding, two layers, tied head, a buffer of whole numbers.
    fs::path writeModel(const char* name, unsigned seed, DType dtype = DType::BF16, int wide = 1) {
        const auto folder = folder_ / name;
        fs::create_directory(folder);
        const auto rows = static_cast<std::int64_t>(6 * wide);
        GivenTensor positions{
            "model.position_ids", DType::I64, {4}, std::vector<std::byte>(32, static_cast<std::byte>(seed))};
        writeTensors(folder / "model.safetensors",
                     {tensorOf("model.embed_tokens.weight", dtype, {rows, 4}, numbers(24 * wide, seed)),
                      tensorOf("model.layers.0.mlp.weight", dtype, {8, 4}, numbers(32, seed + 1)),
                      tensorOf("model.layers.1.mlp.weight", dtype, {8, 4}, numbers(32, seed + 2)),
                      tensorOf("model.norm.weight", dtype, {4}, numbers(4, seed + 3)), positions});
        writeText(
            folder / "config.json",
            "{\n  \"model_type\": \"llama\",\n  \"torch_dtype\": \"bfloat16\",\n  \"tie_word_embeddings\": true\n}\n");
        writeText(folder / "tokenizer_config.json", "{\"seed\": " + std::to_string(seed) + "}");
        writeText(folder / "generation_config.json", "{}");
        writeText(folder / "training_args.bin", "pickle");
        writeText(folder / "README.md", "the founder's own");
        return folder;
    }

    MergeRequest request(const char* out) {
        return {.first = {.base = folder_ / "a", .adapter = {}},
                .second = {.base = folder_ / "b", .adapter = {}},
                .ratio = 0.25,
                .folder = folder_ / out};
    }
    fs::path cache() const { return folder_ / "cache"; }
    std::vector<std::string> unfinished() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_))
            if (entry.path().filename().string().find("unfinished") != std::string::npos)
                names.push_back(entry.path().filename().string());
        return names;
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        folder_ = temporary_->path().toStdString();
        writeModel("a", 1);
        writeModel("b", 11);
    }

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
        QCOMPARE(readJsonFile(folder_ / "merged" / "config.json")["torch_dtype"].get<std::string>(),
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
        QVERIFY(!merged->find("model.layers.1.mlp.weight"));
    }

    void theCardTellsFoundersHashesAndHowToBuildItAgain() {
        mergeModels(request("merged"), cache());
        const auto card = textOf(folder_ / "merged" / "README.md");
        QVERIFY(card.starts_with("---\nbase_model:\n- \"a\"\n- \"b\"\n"));
        QVERIFY(card.find(contentHash(*openFounder({.base = folder_ / "a", .adapter = {}}, folder_), {}).value()) !=
                std::string::npos);
        QVERIFY(card.find("mergarium-cli rebuild recipe.yaml") != std::string::npos);
    }

    void rebuildingMakesTheIdenticalFolder_data() {
        QTest::addColumn<QString>("interpolation");
        for (const auto one : kInterpolations)
            QTest::newRow(std::string(nameOf(one)).c_str()) << QString::fromStdString(std::string(nameOf(one)));
    }
    void rebuildingMakesTheIdenticalFolder() {
        QFETCH(QString, interpolation);
        auto merge = request("merged");
        for (const auto one : kInterpolations)
            if (interpolation.toStdString() == nameOf(one)) merge.interpolation = one;
        merge.splits = {0.3, std::uint64_t{50}};
        merge.shardSize = 100;
        merge.tensors.freeze = {{"*norm*", 1}};
        const auto result = mergeModels(merge, cache());
        QCOMPARE(rebuildModel(folder_ / "merged" / "recipe.yaml", {}, folder_ / "again", cache()).hash, result.hash);
        QVERIFY(filesIn(folder_ / "merged") == filesIn(folder_ / "again"));
    }

    void aChangedFounderIsRefused() {
        mergeModels(request("merged"), cache());
        writeModel("b", 12);
        const auto message =
            messageOf([&] { rebuildModel(folder_ / "merged" / "recipe.yaml", {}, folder_ / "again", cache()); });
        QVERIFY2(message.find("this is not the founder 'b'") != std::string::npos, message.c_str());
        QVERIFY(!fs::exists(folder_ / "again"));
    }

    void foundersAreFoundBesideTheRecipeOrWhereTheyAreSaidToBe() {
        mergeModels(request("merged"), cache());
        const auto recipe = folder_ / "merged" / "recipe.yaml";
        fs::create_directory(folder_ / "elsewhere");
        fs::rename(folder_ / "a", folder_ / "merged" / "a");
        fs::rename(folder_ / "b", folder_ / "elsewhere" / "other");
        const auto message = messageOf([&] { rebuildModel(recipe, {}, folder_ / "again", cache()); });
        QVERIFY2(message.find("founder 2, 'b', is not at") != std::string::npos &&
                     message.find("--founder 2=PATH") != std::string::npos,
                 message.c_str());
        rebuildModel(recipe, {{1, {.base = folder_ / "elsewhere" / "other", .adapter = {}}}}, folder_ / "again",
                     cache());
        QCOMPARE(textOf(folder_ / "again" / "model.safetensors"), textOf(folder_ / "merged" / "model.safetensors"));
        QVERIFY(messageOf([&] {
                    rebuildModel(recipe, {{7, {}}}, folder_ / "more", cache());
                }).find("there is no founder 8") != std::string::npos);
    }

    void aResultOtherThanTheRecipesIsNotKept() {
        mergeModels(request("merged"), cache());
        auto text = textOf(folder_ / "merged" / "recipe.yaml");
        const auto at = text.find("result: \"") + 9;
        text[at] = text[at] == '0' ? '1' : '0';
        writeText(folder_ / "recipe.yaml", text);
        QVERIFY(messageOf([&] {
                    rebuildModel(folder_ / "recipe.yaml", {}, folder_ / "again", cache());
                }).find("is not the one of the recipe") != std::string::npos);
        QVERIFY(!fs::exists(folder_ / "again"));
    }

    void recipesAreReadBackToTheBit() {
        ModelRecipe recipe{
            .name = "a \"name\": with # all\nsorts",
            .founders = {{"one", {"/models/one", "/adapters/x"}, "12"}, {"0x10", {"/models/- two", {}}, "00"}},
            .tensors = {.exclude = {"*.bias"}, .freeze = {{"*norm*", 1}}, .commonVocabulary = true},
            .layout = "1e5",
            .dtype = DType::BF16,
            .shardSize = 5'000'000'000,
            .filesFrom = 1,
            .recipe = {.founders = 2,
                       .ends = {1, 6'000'000'000, 6'000'000'001},
                       .coefficients = {0.1, 1.0 / 3, -0.0, 1e-300, 1, 0}},
            .result = "no",
            .story = {.origin = "Here.",
                      .scores = {{"digits", 0.1 + 0.2, std::nullopt}, {"other", 1, 0.7}},
                      .lineage = {"#1: a x b"}}};
        writeText(folder_ / "recipe.yaml", toYaml(recipe));
        QVERIFY(readModelRecipe(folder_ / "recipe.yaml") == recipe);
    }

    void recipesThatCantBeMeantAreRefusedWithTheirLine_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("message");
        QTest::newRow("a span that goes back") << "end: 92"
                                               << "end: 0"
                                               << "must end behind the one before";
        QTest::newRow("no number") << "end: 92"
                                   << "end: many"
                                   << "must be a whole number";
        QTest::newRow("a coefficient too many") << "coefficients: ["
                                                << "coefficients: [1, "
                                                << "needs 2 coefficients";
        QTest::newRow("not finite") << "coefficients: ["
                                    << "coefficients: [inf"
                                    << "must be a finite number";
        QTest::newRow("unknown key") << "layout:"
                                     << "lay_out:"
                                     << "is not a known key";
        QTest::newRow("newer") << "mergarium_recipe: 1"
                               << "mergarium_recipe: 2"
                               << "a newer Mergarium";
        QTest::newRow("something else") << "mergarium_recipe: 1"
                                        << "recipe: 1"
                                        << "this is no recipe of a model";
        QTest::newRow("another founder's files") << "files_from: 1"
                                                 << "files_from: 3"
                                                 << "must be the number of a founder";
        QTest::newRow("longer than the founders") << "end: 92"
                                                  << "end: 93"
                                                  << "another layout";
    }
    void recipesThatCantBeMeantAreRefusedWithTheirLine() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, message);
        mergeModels(request("merged"), cache());
        auto text = textOf(folder_ / "merged" / "recipe.yaml");
        const auto at = text.find(from.toStdString());
        QVERIFY(at != std::string::npos);
        text.replace(at, from.toStdString().size(), to.toStdString());
        writeText(folder_ / "recipe.yaml", text);
        const auto said = messageOf([&] { rebuildModel(folder_ / "recipe.yaml", {}, folder_ / "again", cache()); });
        QVERIFY2(said.find(message.toStdString()) != std::string::npos && said.find("recipe.yaml") != std::string::npos,
                 said.c_str());
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

    void membersOfADigitsRunAreExportedAsTheyWere() {
        RunConfiguration configuration;
        configuration.evaluations = 60;
        const RunPlace place{.database = folder_ / "runs.db", .resources = kResources, .threads = 1};
        {
            const auto loop = RunLoop::begin(configuration, place);
            const std::atomic<bool> abandon = false;
            while (!loop->isFinished()) loop->step(abandon);
            loop->store(Phase::Finished);
        }
        const RunCatalog catalog(place.database);
        const auto snapshot = catalog.snapshot({1});
        const auto& layout = snapshot.run->layout;
        for (const auto& member : snapshot.members) {
            if (!member) continue;
            std::vector<float> parameters(layout.length());
            member->genome->materialize(parameters);
            // From the founders alone, birth by birth, it becomes the same.
            const auto ancestry = catalog.ancestry({1}, member->id);
            DenseBreeding breeding(tensorEndsOf(layout));
            std::map<MemberId, GenomePtr> genomes;
            for (const auto& [id, packed] : ancestry.genomes)
                if (id.value <= 2) genomes[id] = DenseGenome::unpack(packed, layout.length());
            std::vector<float> again(layout.length());
            bredAgain(ancestry.line, genomes, breeding)->materialize(again);
            QVERIFY(again == parameters);
        }
        const auto& best = *snapshot.members[*bestSlot(snapshot.members)];
        std::vector<float> parameters(layout.length());
        best.genome->materialize(parameters);
        const auto result =
            exportModel({.database = place.database, .run = {1}, .member = best.id, .folder = folder_ / "best"});
        const auto model = Checkpoint::open(result.folder);
        for (const auto& tensor : layout.tensors) {
            const auto values = valuesOf(*model, tensor.name);
            QCOMPARE(values.size(), tensor.count);
            QVERIFY(std::equal(values.begin(), values.end(),
                               parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin)));
        }
        QVERIFY(textOf(result.folder / "README.md").find("| digits |") != std::string::npos);
        QVERIFY(messageOf([&] {
                    exportModel({.database = place.database, .run = {1}, .member = {9999}, .folder = folder_ / "none"});
                }).find("has no model 9999") != std::string::npos);
    }

    void membersOfACheckpointRunAreBredAgainAndExported() {
        const std::vector<CheckpointFounder> sources{{.base = folder_ / "a", .adapter = {}},
                                                     {.base = folder_ / "b", .adapter = {}}};
        const auto database = folder_ / "runs.db";
        const auto opened = openFounders(sources, {}, founderCache(database));
        const auto gram = gramOf(opened, founderCache(database));
        const auto length = opened.founders->length();
        RunConfiguration configuration;
        configuration.founders = sources;
        configuration.task = CommandSettings{.program = {"true"}, .samples = folder_ / "samples.jsonl"};
        std::vector<FounderRecord> records;
        for (std::size_t k = 0; k < 2; ++k)
            records.push_back({.member = std::make_shared<const Member>(Member{
                                   .id = {k + 1},
                                   .genome = std::make_shared<const RecipeGenome>(founderRecipe(k, 2, length), gram),
                                   .scores = Scores({1.0f, 0.0f}),
                                   .parentage = std::nullopt}),
                               .name = opened.founders->model(k).name,
                               .hash = opened.founders->model(k).hash,
                               .source = sources[k],
                               .bytes = 1,
                               .slot = k});
        auto recorder = RunRecorder::create(
            database,
            {.configuration = configuration, .layout = opened.founders->layout(), .samples = nullptr, .device = "CPU"},
            records);
        RecipeBreeding breeding(gram);
        GenomePtr genomes[] = {records[0].member->genome, records[1].member->genome, nullptr, nullptr};
        for (std::uint64_t step = 1; step <= 2; ++step) {
            const Parentage parentage{
                {1}, {step + 1}, {.splits = {10 * step}, .ratio = 0.3 * static_cast<double>(step)}};
            breeding.breed(*genomes[0], *genomes[step], parentage.splice);
            genomes[step + 1] = breeding.keep();
            recorder.record(BirthRecord{.step = step,
                                        .parentage = parentage,
                                        .train = 0.5,
                                        .slot = step + 1,
                                        .child = std::make_shared<const Member>(Member{.id = {step + 2},
                                                                                       .genome = genomes[step + 1],
                                                                                       .scores = Scores({1.0f, 0.0f}),
                                                                                       .parentage = parentage,
                                                                                       .born = step})});
        }
        recorder.flush({.phase = Phase::Stopped, .message = {}, .evaluations = 2, .accepted = 2, .archiveHash = {}});

        const auto result = exportModel({.database = database,
                                         .run = recorder.run(),
                                         .member = {4},
                                         .folder = folder_ / "child",
                                         .dtype = DType::F32});
        std::vector<float> parameters(length);
        genomes[3]->materialize(parameters);
        const auto model = Checkpoint::open(result.folder);
        for (const auto& tensor : opened.founders->layout().tensors) {
            const auto values = valuesOf(*model, tensor.name);
            QVERIFY(std::equal(values.begin(), values.end(),
                               parameters.begin() + static_cast<std::ptrdiff_t>(tensor.begin)));
        }
        QVERIFY(
            textOf(result.folder / "README.md").find("- #4 (evaluation 2): a x #3, slerp, ratio 0.6, split at 20") !=
            std::string::npos);
        rebuildModel(result.folder / "recipe.yaml", {}, folder_ / "again", cache());
        QVERIFY(filesIn(result.folder) == filesIn(folder_ / "again"));

        writeModel("b", 99);
        const auto message = messageOf([&] {
            exportModel({.database = database, .run = recorder.run(), .member = {4}, .folder = folder_ / "late"});
        });
        QVERIFY2(message.find("the founder has changed since run 1 began") != std::string::npos, message.c_str());
    }
};

QTEST_APPLESS_MAIN(ModelExportTest)
#include "model_export_test.moc"
