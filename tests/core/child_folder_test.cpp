#include "core/founders/child_folder.h"

#include "core/configuration/configuration.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/files/json.h"
#include "core/genome/recipe_genome.h"
#include "core/tasks/command/folder_genome_writer.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <cstring>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kHead = "lm_head.weight";

}  // namespace

// What stands beside the tensors of merged models, so that they load and compute as their founders do.
class ChildFolderTest : public QObject, private ExampleModels {
    Q_OBJECT

    /// Model b with a head of its own.
    void untie() const {
        writeTensors(folder_ / "b" / "model.safetensors",
                     {tensorOf("model.embed_tokens.weight", DType::BF16, {6, 4}, numbers(24, 11)),
                      tensorOf("model.layers.0.mlp.weight", DType::BF16, {8, 4}, numbers(32, 12)),
                      tensorOf("model.layers.1.mlp.weight", DType::BF16, {8, 4}, numbers(32, 13)),
                      tensorOf("model.norm.weight", DType::BF16, {4}, numbers(4, 14)),
                      tensorOf(kHead, DType::BF16, {6, 4}, numbers(24, 15)),
                      {"model.position_ids", DType::I64, {4}, std::vector<std::byte>(32)}});
        writeText(folder_ / "b" / "config.json", R"({"model_type": "llama", "tie_word_embeddings": false})");
    }
    void merge(MergeRequest request) const { mergeModels(request, cache()); }
    nlohmann::json configIn(const char* folder) const {
        return readJsonObject(folder_ / folder / "config.json", kSettingsJson);
    }
    std::vector<float> merged(const char* tensor) const {
        return valuesOf(*Checkpoint::open(folder_ / "merged"), tensor);
    }
    /// The folder of the first founder, as an evaluator gets it.
    fs::path evaluated(const TensorRules& rules = {}) {
        const auto opened = openFounders({request("").first, request("").second}, rules, cache());
        scratch_ = makeGenomeWriter(Handover::Folder, folder_ / "scratch", opened.founders, opened.sources);
        return scratch_->write(RecipeGenome(founderRecipe(0, 2, opened.founders->length()), gramOf(opened, cache())));
    }
    std::unique_ptr<GenomeWriter> scratch_;

private Q_SLOTS:
    void init() {
        scratch_.reset();
        writeBoth();
        fs::create_directory(folder_ / "scratch");
    }
    void cleanup() { scratch_.reset(); }

    void foundersThatNameTensorsOtherwiseMergeAsTheFirstIsNamed() {
        merge(request("expected"));
        const auto b = Checkpoint::open(folder_ / "b");
        std::vector<GivenTensor> renamed;
        for (const auto& one : b->tensors()) {
            const auto name = one.name.starts_with("model.") ? one.name.substr(6) : one.name;
            renamed.push_back({name, one.dtype, one.shape, {one.bytes, one.bytes + one.byteSize()}});
        }
        writeTensors(folder_ / "renamed.safetensors", renamed);
        fs::rename(folder_ / "renamed.safetensors", folder_ / "b" / "model.safetensors");
        const auto result = mergeModels(request("merged"), cache());
        QCOMPARE(result.notes.size(), std::size_t{1});
        QVERIFY2(result.notes.front().starts_with("b: 'model.' is put before the names of "),
                 result.notes.front().c_str());
        const auto expected = Checkpoint::open(folder_ / "expected"), made = Checkpoint::open(folder_ / "merged");
        QCOMPARE(made->tensors().size(), expected->tensors().size());
        for (const auto& tensor : expected->tensors())
            QVERIFY(std::memcmp(made->find(tensor.name)->bytes, tensor.bytes, tensor.byteSize()) == 0);
        QVERIFY(!fs::exists(folder_ / "merged" / "mergekit.yml"));

        // A founder is known by its own contents, and what it has whole is found under its own name.
        auto alone = request("");
        const auto opened =
            openFounders({alone.first, alone.second},
                         {.exclude = {}, .freeze = {{"*position_ids", 1}}, .commonVocabulary = false}, cache());
        QCOMPARE(opened.founders->model(1).hash,
                 contentsOfFounder(*openFounder(alone.second, folder_), {}, nullptr).hash);
        scratch_ = makeGenomeWriter(Handover::Folder, folder_ / "scratch", opened.founders, opened.sources);
        const auto given = Checkpoint::open(
            scratch_->write(RecipeGenome(founderRecipe(1, 2, opened.founders->length()), gramOf(opened, cache()))));
        QVERIFY(given->find("model.position_ids"));
        QVERIFY(valuesOf(*given, "model.norm.weight") == valuesOf(*b, "model.norm.weight"));
        const auto again = rebuildModel({.recipe = folder_ / "merged" / "recipe.yaml",
                                         .folder = folder_ / "again",
                                         .founders = {},
                                         .models = folder_},
                                        cache());
        QCOMPARE(again.hash, result.hash);
    }

    void componentsOfDiffusersKeepTheirNames() {
        for (const char* name : {"a", "b"}) {
            fs::rename(folder_ / name / "model.safetensors", folder_ / name / "diffusion_pytorch_model.safetensors");
            writeText(folder_ / name / "config.json", R"({"_class_name": "UNet2DConditionModel", "sample_size": 64})");
        }
        auto wanted = request("merged");
        merge(wanted);
        auto files = filesIn(folder_ / "merged");
        QVERIFY(files.contains("diffusion_pytorch_model.safetensors") && !files.contains("model.safetensors"));
        QCOMPARE(files["config.json"], textOf(folder_ / "a" / "config.json"));
        wanted.folder = folder_ / "sharded";
        wanted.shardSize = 200;
        merge(wanted);
        files = filesIn(folder_ / "sharded");
        QVERIFY(files.contains("diffusion_pytorch_model.safetensors.index.json"));
        QCOMPARE(valuesOf(*Checkpoint::open(folder_ / "sharded"), "model.norm.weight"), merged("model.norm.weight"));
        QVERIFY(fs::exists(evaluated() / "diffusion_pytorch_model.safetensors"));
    }

    void whatFilesSayOfThemselvesIsKept() {
        // As safetensors writes it: "__metadata__" before the tensors.
        const auto path = folder_ / "a" / "model.safetensors";
        auto file = textOf(path);
        std::uint64_t length = 0;
        std::memcpy(&length, file.data(), sizeof length);
        auto header = nlohmann::json::parse(file.substr(sizeof length, length));
        header["__metadata__"] = {{"format", "pt"},
                                  {"modelspec.title", "My \u00e9 \"model\""},
                                  {"layout", "another"},
                                  {"modelspec.hash_sha256", "0x12"},
                                  {"ss_tag_frequency", "{}"}};
        auto text = header.dump();
        text.append((8 - text.size() % 8) % 8, ' ');
        length = text.size();
        std::string start(sizeof length, '\0');
        std::memcpy(start.data(), &length, sizeof length);
        std::uint64_t before = 0;
        std::memcpy(&before, file.data(), sizeof before);
        writeText(path, start + text + file.substr(sizeof before + before));

        merge(request("merged"));
        const auto kept = Checkpoint::open(folder_ / "merged")->metadata();
        QCOMPARE(kept.at("modelspec.title"), std::string("My \u00e9 \"model\""));
        QCOMPARE(kept.at("ss_tag_frequency"), std::string("{}"));
        QCOMPARE(kept.at("format"), std::string("pt"));
        QCOMPARE(kept.at("made_by"), std::string("mergarium"));
        QVERIFY(kept.at("layout") != "another");
        // It would be of other contents.
        QVERIFY(!kept.contains("modelspec.hash_sha256"));
        const auto given = Checkpoint::open(evaluated())->metadata();
        QCOMPARE(given.at("modelspec.title"), kept.at("modelspec.title"));
        QVERIFY(!given.contains("layout"));
    }

    void aTiedAndAnUntiedModelMergeToAnUntiedOne_data() {
        QTest::addColumn<bool>("tiedFirst");
        QTest::newRow("tied first") << true;
        QTest::newRow("untied first") << false;
    }
    void aTiedAndAnUntiedModelMergeToAnUntiedOne() {
        QFETCH(bool, tiedFirst);
        untie();
        auto wanted = request("merged");
        wanted.interpolation = Interpolation::Lerp;
        if (!tiedFirst) std::swap(wanted.first, wanted.second);
        merge(wanted);
        QCOMPARE(configIn("merged")["tie_word_embeddings"].get<bool>(), false);
        const auto embedding = valuesOf(*Checkpoint::open(folder_ / "a"), "model.embed_tokens.weight"),
                   head = valuesOf(*Checkpoint::open(folder_ / "b"), kHead), have = merged(kHead);
        QCOMPARE(have.size(), std::size_t{24});
        const float share = tiedFirst ? 0.25f : 0.75f;
        for (std::size_t i = 0; i < have.size(); ++i)
            QVERIFY(std::abs(have[i] - ((1 - share) * embedding[i] + share * head[i])) < 0.02f);
        QVERIFY(!fs::exists(folder_ / "merged" / "mergekit.yml"));
    }

    void aHeadThatIsFrozenIsTheFoundersOrItsEmbedding() {
        untie();
        for (std::size_t founder : {0u, 1u}) {
            auto wanted = request("merged");
            wanted.tensors.freeze = {{kHead, founder}};
            merge(wanted);
            QCOMPARE(configIn("merged")["tie_word_embeddings"].get<bool>(), false);
            const auto from = Checkpoint::open(folder_ / (founder == 0 ? "a" : "b"));
            QCOMPARE(merged(kHead), valuesOf(*from, founder == 0 ? "model.embed_tokens.weight" : kHead));
            fs::remove_all(folder_ / "merged");

            const auto folder = evaluated(wanted.tensors);
            QCOMPARE(valuesOf(*Checkpoint::open(folder), kHead),
                     valuesOf(*from, founder == 0 ? "model.embed_tokens.weight" : kHead));
            QCOMPARE(readJsonObject(folder / "config.json", kSettingsJson)["tie_word_embeddings"].get<bool>(), false);
        }
    }

    void aHeadThatIsLeftOutIsTheEmbedding() {
        untie();
        auto wanted = request("merged");
        std::swap(wanted.first, wanted.second);
        wanted.tensors.exclude = {kHead};
        merge(wanted);
        QCOMPARE(configIn("merged")["tie_word_embeddings"].get<bool>(), true);
        QVERIFY(merged(kHead).empty());
    }

    void whatIsLeftOutIsTheFirstFounders() {
        auto wanted = request("merged");
        wanted.tensors.exclude = {"model.layers.1.*", "*.embed_tokens.*", "*.position_ids"};
        merge(wanted);
        const auto a = Checkpoint::open(folder_ / "a");
        const auto folder = evaluated(wanted.tensors);
        for (const auto& made : {Checkpoint::open(folder_ / "merged"), Checkpoint::open(folder)}) {
            QCOMPARE(made->tensors().size(), a->tensors().size());
            for (const char* name : {"model.layers.1.mlp.weight", "model.embed_tokens.weight", "model.position_ids"}) {
                const auto *have = made->find(name), *want = a->find(name);
                QVERIFY(have && have->dtype == want->dtype && have->shape == want->shape);
                QVERIFY(std::equal(have->bytes, have->bytes + have->byteSize(), want->bytes));
            }
        }
        // In another type, and again.
        wanted.folder = folder_ / "half";
        wanted.dtype = DType::F32;
        merge(wanted);
        QCOMPARE(valuesOf(*Checkpoint::open(folder_ / "half"), "model.layers.1.mlp.weight"),
                 valuesOf(*a, "model.layers.1.mlp.weight"));
        rebuildModel({.recipe = folder_ / "half" / "recipe.yaml", .folder = folder_ / "again", .models = folder_},
                     cache());
        QCOMPARE(textOf(folder_ / "again" / "model.safetensors"), textOf(folder_ / "half" / "model.safetensors"));
        // Recipes of earlier versions, whose models lack them.
        auto recipe = textOf(folder_ / "half" / "recipe.yaml");
        const std::string key = "left_out: \"taken over\"\n";
        QVERIFY2(recipe.find(key) != std::string::npos, recipe.c_str());
        writeText(folder_ / "recipe.yaml", recipe.erase(recipe.find(key), key.size()));
        QVERIFY(readModelRecipe(folder_ / "recipe.yaml").leftOut == LeftOut::Missing);
    }

    void whatAnEvaluatorGetsIsTheFoundersOwnWhereNothingChanges() {
        const auto folder = evaluated();
        QVERIFY(fs::is_symlink(folder / "config.json"));
        QCOMPARE(textOf(folder / "config.json"), textOf(folder_ / "a" / "config.json"));
    }

    void whatAnEvaluatorGetsIsNeverInfinite() {
        writeModel("a", 1, DType::F16);
        writeModel("b", 11, DType::F16);
        const auto opened = openFounders({request("").first, request("").second}, {}, cache());
        scratch_ = makeGenomeWriter(Handover::Folder, folder_ / "scratch", opened.founders, opened.sources);
        const Recipe recipe{.founders = 2, .ends = {opened.founders->length()}, .coefficients = {1e6, 0}};
        const auto have = valuesOf(*Checkpoint::open(scratch_->write(RecipeGenome(recipe, gramOf(opened, cache())))),
                                   "model.norm.weight");
        const auto founder = valuesOf(*Checkpoint::open(folder_ / "a"), "model.norm.weight");
        QCOMPARE(have.size(), founder.size());
        for (std::size_t i = 0; i < have.size(); ++i)
            QCOMPARE(have[i], std::copysign(std::min(65504.0f, std::abs(founder[i]) * 1e6f), founder[i]));
    }

    void subfoldersThatModulesNameComeAlong() {
        const auto a = folder_ / "a";
        for (const char* folder : {"1_Pooling", "2_Dense", "additional_chat_templates", "onnx"})
            fs::create_directory(a / folder);
        writeText(a / "modules.json", R"([{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
                                          {"idx": 1, "path": "1_Pooling"}, {"idx": 2, "path": "2_Dense"},
                                          {"idx": 3, "path": "3_Normalize"}])");
        writeText(a / "1_Pooling" / "config.json", R"({"pooling_mode_cls_token": true})");
        writeTensors(a / "2_Dense" / "model.safetensors", {tensorOf("linear.weight", DType::F32, {1}, {3.0f})});
        writeText(a / "additional_chat_templates" / "tools.jinja", "{{ tools }}");
        writeText(a / "onnx" / "model.json", "{}");
        merge(request("merged"));
        for (const auto& folder : {folder_ / "merged", evaluated()}) {
            for (const char* name :
                 {"1_Pooling/config.json", "2_Dense/model.safetensors", "additional_chat_templates/tools.jinja"})
                QVERIFY2(textOf(folder / name) == textOf(a / name), name);
            QVERIFY(!fs::exists(folder / "onnx"));
        }
        QVERIFY(textOf(folder_ / "merged" / "README.md").find("a's as they are: `2_Dense/model.safetensors`") !=
                std::string::npos);
    }

    void aModuleOutsideOfTheFolderIsRefused() {
        fs::create_directory(folder_ / "home");
        writeText(folder_ / "home" / "id_rsa", "a private key");
        const auto refused = [&](const char* modules, const char* what) {
            writeText(folder_ / "a" / "modules.json", modules);
            const auto message = messageOf([&] { merge(request("merged")); });
            QVERIFY2(message.find(what) != message.npos, message.c_str());
            QVERIFY(!fs::exists(folder_ / "merged"));
        };
        refused(R"([{"path": "../home"}])", "leads out of the model's folder");
        refused(R"([{"path": "1_Pooling/../../home"}])", "leads out of the model's folder");
        refused(R"([{"path": 7}])", "no object with a path");
        refused("{}", "no list of modules");
        fs::create_directory_symlink("../home", folder_ / "a" / "1_Pooling");
        refused(R"([{"path": "1_Pooling"}])", "this link leads to ../home, outside");
    }

    void pythonsNumbersAreKeptAsTheyStand() {
        const char* config =
            R"({"model_type": "mamba2", "time_step_limit": [0.0, Infinity], "a": {"b": [NaN, -Infinity]},
 "torch_dtype": "bfloat16", "tie_word_embeddings": true})";
        for (const char* model : {"a", "b"}) writeText(folder_ / model / "config.json", config);
        merge(request("merged"));
        QCOMPARE(textOf(folder_ / "merged" / "config.json"), std::string(config));
        auto half = request("half");
        half.dtype = DType::F16;
        merge(half);
        const auto text = textOf(folder_ / "half" / "config.json");
        QVERIFY2(text.find("\"time_step_limit\": [\n    0.0,\n    Infinity\n  ]") != text.npos, text.c_str());
        QVERIFY2(text.find("NaN,\n      -Infinity") != text.npos && text.find("float16") != text.npos, text.c_str());
    }
};

MERGARIUM_SUITE(ChildFolderTest)
#include "child_folder_test.moc"
