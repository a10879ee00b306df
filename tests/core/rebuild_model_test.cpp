#include "core/export/rebuild_model.h"
#include "core/export/merge_models.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// recipe.yaml, and the identical folder made from it.
class RebuildModelTest : public QObject, private ExampleModels {
    Q_OBJECT

    RebuildRequest rebuilding(const char* folder) const {
        return {.recipe = folder_ / folder / "recipe.yaml", .folder = folder_ / "again"};
    }

private Q_SLOTS:
    void init() { writeBoth(); }

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
        QCOMPARE(rebuildModel(rebuilding("merged"), cache()).hash, result.hash);
        QVERIFY(filesIn(folder_ / "merged") == filesIn(folder_ / "again"));
    }

    void aChangedFounderIsRefused() {
        mergeModels(request("merged"), cache());
        writeModel("b", 12);
        const auto message = messageOf([&] { rebuildModel(rebuilding("merged"), cache()); });
        QVERIFY2(message.find("this is not the founder 'b'") != std::string::npos, message.c_str());
        QVERIFY(!fs::exists(folder_ / "again"));
    }

    void foundersAreFoundBesideTheRecipeOrWhereTheyAreSaidToBe_data() {
        QTest::addColumn<bool>("withPaths");
        QTest::newRow("names alone") << false;
        QTest::newRow("with paths") << true;
    }
    void foundersAreFoundBesideTheRecipeOrWhereTheyAreSaidToBe() {
        QFETCH(bool, withPaths);
        auto merge = request("merged");
        merge.paths = withPaths ? Paths::Told : Paths::Left;
        mergeModels(merge, cache());
        fs::create_directory(folder_ / "elsewhere");
        fs::rename(folder_ / "a", folder_ / "merged" / "a");
        fs::rename(folder_ / "b", folder_ / "elsewhere" / "other");
        auto again = rebuilding("merged");
        const auto message = messageOf([&] { rebuildModel(again, cache()); });
        for (const std::string& what :
             {withPaths ? "founder 2, 'b', is neither at " + (folder_ / "b").string() : "founder 2, 'b', is neither in",
              std::string("--founder 2=PATH"), std::string("--models")})
            QVERIFY2(message.find(what) != std::string::npos, message.c_str());

        const CheckpointFounder other{.base = folder_ / "elsewhere" / "other", .adapter = {}};
        for (const char* key : {"2", "b"}) {
            again.founders = {{key, other}};
            rebuildModel(again, cache());
            QVERIFY(filesIn(folder_ / "again")["model.safetensors"] ==
                    textOf(folder_ / "merged" / "model.safetensors"));
            fs::remove_all(folder_ / "again");
        }
        again.founders = {{"8", other}};
        const auto refusal = messageOf([&] { rebuildModel(again, cache()); });
        QVERIFY2(refusal.find("there is no founder 8; it has 2: a, b") != std::string::npos, refusal.c_str());
    }

    void foundersAreFoundInAFolderByTheirNames() {
        // One is a model in a hub's cache, the other a file whose name says nothing.
        const auto snapshot = folder_ / "hub" / "models--org--a" / "snapshots" / "0f3a";
        fs::create_directories(snapshot.parent_path());
        fs::rename(folder_ / "a", snapshot);
        auto merge = request("merged");
        merge.first.base = snapshot;
        merge.second.base = folder_ / "b" / "model.safetensors";
        const auto result = mergeModels(merge, cache());
        const auto card = textOf(folder_ / "merged" / "README.md");
        QVERIFY2(card.starts_with("---\nbase_model:\n- \"org/a\"\n- \"b\"\n"), card.c_str());

        fs::create_directory(folder_ / "models");
        fs::rename(folder_ / "hub" / "models--org--a", folder_ / "models" / "models--org--a");
        fs::rename(folder_ / "b", folder_ / "models" / "b");
        auto again = rebuilding("merged");
        again.models = folder_ / "models";
        QCOMPARE(rebuildModel(again, cache()).hash, result.hash);
        QVERIFY(filesIn(folder_ / "merged") == filesIn(folder_ / "again"));
    }

    void foundersAreFoundInHuggingFacesCache() {
        const auto snapshot = folder_ / "hub" / "models--org--a" / "snapshots" / "0f3a";
        fs::create_directories(snapshot.parent_path());
        fs::rename(folder_ / "a", snapshot);
        auto merge = request("far/merged");
        merge.first.base = snapshot;
        fs::create_directory(folder_ / "far");
        const auto result = mergeModels(merge, cache());
        fs::rename(folder_ / "b", folder_ / "far" / "b");
        qputenv("HF_HUB_CACHE", "/nowhere");
        const auto refusal = messageOf([&] { rebuildModel(rebuilding("far/merged"), cache()); });
        QVERIFY2(refusal.find("founder 1, 'org/a', is neither") != std::string::npos, refusal.c_str());
        qputenv("HF_HUB_CACHE", QByteArray::fromStdString((folder_ / "hub").string()));
        const auto again = rebuildModel(rebuilding("far/merged"), cache());
        qunsetenv("HF_HUB_CACHE");
        QCOMPARE(again.hash, result.hash);
    }

    void recipesWithPathsAreRebuiltWithThem() {
        auto merge = request("merged");
        merge.paths = Paths::Told;
        mergeModels(merge, cache());
        fs::create_directory(folder_ / "far");
        fs::rename(folder_ / "merged", folder_ / "far" / "away");
        rebuildModel(rebuilding("far/away"), cache());
        QVERIFY(filesIn(folder_ / "far" / "away") == filesIn(folder_ / "again"));
    }

    void aResultOtherThanTheRecipesIsNotKept() {
        mergeModels(request("merged"), cache());
        auto text = textOf(folder_ / "merged" / "recipe.yaml");
        const auto at = text.find("result: \"") + 9;
        text[at] = text[at] == '0' ? '1' : '0';
        writeText(folder_ / "recipe.yaml", text);
        QVERIFY(messageOf([&] { rebuildModel(rebuilding("."), cache()); }).find("is not the one of the recipe") !=
                std::string::npos);
        QVERIFY(!fs::exists(folder_ / "again"));
    }

    void recipesAreReadBackToTheBit() {
        const Recipe spans{.founders = 2,
                           .ends = {1, 6'000'000'000, 6'000'000'001},
                           .coefficients = {0.1, 1.0 / 3, -0.0, 1e-300, 1, 0}};
        ModelRecipe recipe{
            .name = "a \"name\": with # all\nsorts",
            .founders = {{"one", {"/models/one", "/adapters/x"}, "12"}, {"0x10", {"/models/- two", {}}, "00"}},
            .tensors = {.exclude = {"*.bias"}, .freeze = {{"*norm*", 1}}, .commonVocabulary = true},
            .layout = "1e5",
            .dtype = DType::BF16,
            .shardSize = 5'000'000'000,
            .filesFrom = 1,
            .recipe = spans,
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
        QTest::newRow("of another layout") << "layout: \""
                                           << "layout: \"0"
                                           << "another layout";
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
        const auto said = messageOf([&] { rebuildModel(rebuilding("."), cache()); });
        QVERIFY2(said.find(message.toStdString()) != std::string::npos && said.find("recipe.yaml") != std::string::npos,
                 said.c_str());
    }
};

MERGARIUM_SUITE(RebuildModelTest)
#include "rebuild_model_test.moc"
