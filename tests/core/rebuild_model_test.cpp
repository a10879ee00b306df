#include "core/export/rebuild_model.h"
#include "core/export/merge_models.h"
#include "tests/support/example_models.h"

#include <QtTest>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// recipe.yaml, and the identical folder made from it.
class RebuildModelTest : public QObject, private ExampleModels {
    Q_OBJECT

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
        const auto said = messageOf([&] { rebuildModel(folder_ / "recipe.yaml", {}, folder_ / "again", cache()); });
        QVERIFY2(said.find(message.toStdString()) != std::string::npos && said.find("recipe.yaml") != std::string::npos,
                 said.c_str());
    }
};

QTEST_APPLESS_MAIN(RebuildModelTest)
#include "rebuild_model_test.moc"
