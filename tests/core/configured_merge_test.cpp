#include "core/files/json.h"
#include "core/files/scratch_place.h"
#include "core/merging/merge_folder.h"
#include "core/progress/progress.h"
#include "tests/support/command_line.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTest>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <random>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// A merge by a configuration file: its folder, and what is left of one that is broken off.
class ConfiguredMergeTest : public QObject, private ExampleModels {
    Q_OBJECT

    ConfiguredMerge merge(const std::string& yaml, const char* out = "merged") const {
        return {.configuration = parseMergeConfiguration(yaml, folder_ / "merge.yml"),
                .folder = folder_ / out,
                .scratch = scratchPlace()};
    }
    static inline const std::string kLinear =
        "merge_method: linear\nmodels:\n  - {model: a, parameters: {weight: 3}}\n  - {model: b, parameters: {weight: "
        "1}}\n";
    static inline const std::string kTies =
        "merge_method: ties\nbase_model: a\nmodels:\n  - {model: b, parameters: {weight: 1, density: 0.5}}\n"
        "dtype: float32\n";

private Q_SLOTS:
    void init() { writeBoth(); }

    void whatCantBeComputedIsRefusedByName_data() {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("words");
        const QString two =
            "models:\n  - {model: a, parameters: {weight: %1}}\n  - {model: b, parameters: {weight: %2}}\n";
        QTest::newRow("weights that cancel out, but for their last bits")
            << "merge_method: linear\n" + two.arg("0.3").arg("-0.30000001") << "add up to 0";
        QTest::newRow("numbers beyond all") << "merge_method: task_arithmetic\nbase_model: a\ndtype: float32\n" +
                                                   two.arg(1).arg(1) + "parameters: {lambda: 1.0e+300}\n"
                                            << "undefined (NaN)";
        QTest::newRow("steps without end")
            << "merge_method: karcher\n" + two.arg(1).arg(1) + "parameters: {max_iter: 100000000000}\n"
            << "max_iter is 100000000000";
        QTest::newRow("a probability below 0") << "merge_method: dare_linear\nbase_model: a\nmodels:\n  - {model: b, "
                                                  "parameters: {weight: 1, density: -1}}\n"
                                               << "density -1";
    }
    void whatCantBeComputedIsRefusedByName() {
        QFETCH(QString, yaml);
        QFETCH(QString, words);
        const auto sentence =
            QString::fromStdString(messageOf([&] { mergeAsConfigured(merge(yaml.toStdString(), "refused")); }));
        QVERIFY2(sentence.contains(words), qPrintable(sentence));
        QVERIFY(!fs::exists(folder_ / "refused"));
    }

    void theFolderIsAModelWithItsRecipe() {
        mergeAsConfigured(merge(kLinear));
        const auto files = filesIn(folder_ / "merged");
        for (const char* name : {"tokenizer_config.json", "generation_config.json"})
            QCOMPARE(files.at(name), textOf(folder_ / "a" / name));
        QVERIFY(!files.contains("training_args.bin"));
        QCOMPARE(files.at("mergekit_config.yml"), kLinear);
        QVERIFY(files.at("README.md").find(kLinear) != std::string::npos);
        QVERIFY(files.at("README.md").find("mergarium-cli merge mergekit_config.yml --models") != std::string::npos);
        const auto merged = Checkpoint::open(folder_ / "merged"), a = Checkpoint::open(folder_ / "a"),
                   b = Checkpoint::open(folder_ / "b");
        const auto name = "model.layers.1.mlp.weight";
        const auto one = valuesOf(*a, name), other = valuesOf(*b, name), made = valuesOf(*merged, name);
        QCOMPARE(merged->find(name)->dtype, DType::BF16);
        for (std::size_t i = 0; i < one.size(); ++i)
            QVERIFY(std::abs(made[i] - (0.75f * one[i] + 0.25f * other[i])) <= 0.02f * (std::abs(made[i]) + 0.1f));
        // Whole numbers aren't mixed.
        const auto* positions = merged->find("model.position_ids");
        QVERIFY(std::equal(positions->bytes, positions->bytes + 32, a->find("model.position_ids")->bytes));
    }

    void itCanBeMadeAgainFromItsOwnFolder() {
        auto random = merge(
            "merge_method: dare_linear\nbase_model: a\nmodels:\n"
            "  - {model: b, parameters: {weight: 1, density: 0.5}}\n");
        random.seed = 11;
        const auto first = mergeAsConfigured(random);
        QVERIFY(textOf(folder_ / "merged" / "README.md").find("--seed 11") != std::string::npos);
        ConfiguredMerge again{.configuration = readMergeConfiguration(folder_ / "merged" / "mergekit_config.yml"),
                              .models = {folder_},
                              .folder = folder_ / "again",
                              .seed = 11,
                              .scratch = scratchPlace()};
        QCOMPARE(mergeAsConfigured(again).hash, first.hash);
        again.seed = 12;
        again.folder = folder_ / "other";
        QVERIFY(mergeAsConfigured(again).hash != first.hash);
    }

    void stacksOfLayersAreNumberedAnew() {
        mergeAsConfigured(
            merge("merge_method: passthrough\nslices:\n  - sources: [{model: a, layer_range: [0, 2]}]\n"
                  "  - sources: [{model: b, layer_range: [1, 2]}]\n"));
        const auto merged = Checkpoint::open(folder_ / "merged"), b = Checkpoint::open(folder_ / "b");
        QCOMPARE(valuesOf(*merged, "model.layers.2.mlp.weight"), valuesOf(*b, "model.layers.1.mlp.weight"));
        QVERIFY(!merged->find("model.layers.3.mlp.weight"));
        // The final norm is the last slice's.
        QCOMPARE(valuesOf(*merged, "model.norm.weight"), valuesOf(*b, "model.norm.weight"));
    }

    void aShardedModelIsWritten() {
        auto sharded = merge(kTies);
        sharded.shardSize = 200;
        mergeAsConfigured(sharded);
        QVERIFY(fs::exists(folder_ / "merged" / "model.safetensors.index.json"));
        const auto whole = merge(kTies, "whole");
        mergeAsConfigured(whole);
        QCOMPARE(valuesOf(*Checkpoint::open(folder_ / "merged"), "model.norm.weight"),
                 valuesOf(*Checkpoint::open(folder_ / "whole"), "model.norm.weight"));
    }

    void cancellingAtAnyMomentLeavesNothing() {
        int last = 1, moments = 0;
        for (int stopAt = 0; stopAt < last; ++stopAt) {
            int calls = 0;
            try {
                mergeAsConfigured(merge(kTies),
                                  [&](std::string_view, std::uint64_t, std::uint64_t) { return calls++ != stopAt; });
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
        writeModel("a", 1, DType::F32, 20'000);
        writeModel("b", 2, DType::F32, 20'000);
        mergeAsConfigured(merge(kTies));
        const auto whole = filesIn(folder_ / "merged");
        std::mt19937 random(7);
        int killed = 0;
        for (int attempt = 0; attempt < 15; ++attempt) {
            fs::remove_all(folder_ / "merged");
            const auto child = ::fork();
            if (child == 0) {
                mergeAsConfigured(merge(kTies));
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
        mergeAsConfigured(merge(kTies));
        QVERIFY(filesIn(folder_ / "merged") == whole);
        QVERIFY(unfinished().empty());
    }

    void aModelThatIsTruncatedMeanwhileIsSaid() {
        writeModel("a", 1, DType::F32, 40'000);
        writeModel("b", 2, DType::F32, 40'000);
        bool cut = false;
        const auto sentence = QString::fromStdString(messageOf([&] {
            mergeAsConfigured(merge(kTies), [&](std::string_view, std::uint64_t, std::uint64_t) {
                if (!cut) fs::resize_file(folder_ / "b" / "model.safetensors", 4096);
                return cut = true;
            });
        }));
        QVERIFY2(sentence.contains("truncated") && sentence.contains("/b/"), qPrintable(sentence));
        QVERIFY(!fs::exists(folder_ / "merged") && unfinished().empty());
    }

    void aFullDiskIsOneSentence() {
        writeModel("a", 1, DType::F32, 40'000);
        writeModel("b", 2, DType::F32, 40'000);
        // The largest file that a process may write stands for what is left of a disk.
        const auto child = ::fork();
        if (child == 0) {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{200'000, 200'000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto sentence = messageOf([&] { mergeAsConfigured(merge(kTies)); });
            ::_exit(sentence.find("merged") != sentence.npos && sentence.find('\n') == sentence.npos ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        QVERIFY(!fs::exists(folder_ / "merged") && unfinished().empty());
    }

    void numbersThatAreNotFiniteAreRefused() {
        writeTensors(folder_ / "bad.safetensors", {tensorOf("w", DType::F32, {2}, {1.0f, NAN})});
        const auto sentence = QString::fromStdString(messageOf([&] {
            mergeAsConfigured(
                merge("merge_method: linear\nmodels: [{model: bad.safetensors, parameters: {weight: 1}}]\n"));
        }));
        QVERIFY2(sentence.contains("1 of the numbers in w are not finite"), qPrintable(sentence));
    }

    void modelsAreFoundWhereTheyAreLookedFor() {
        fs::create_directories(folder_ / "elsewhere");
        fs::rename(folder_ / "b", folder_ / "elsewhere" / "b");
        const auto one = "merge_method: passthrough\nmodels: [{model: org/b}]\n";
        QVERIFY(QString::fromStdString(messageOf([&] {
                    mergeAsConfigured(merge(one));
                })).contains("there is no model 'org/b'"));
        auto there = merge(one);
        there.models = {folder_ / "elsewhere"};
        mergeAsConfigured(there);
        QVERIFY(fs::exists(folder_ / "merged" / "model.safetensors"));
    }

    void theCommandTakesAConfiguration() {
        writeText(folder_ / "merge.yml", kTies);
        const auto text = [](const fs::path& path) { return QString::fromStdString(path.string()); };
        const auto ended = cli({"merge", text(folder_ / "merge.yml"), "--out", text(folder_ / "merged"), "--json"});
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.json()["method"].get<std::string>(), std::string("ties"));
        QVERIFY(Checkpoint::open(folder_ / "merged"));
        QVERIFY(cli({"merge", text(folder_ / "merge.yml"), "--dtype", "bf16", "--out", text(folder_ / "x")})
                    .errors.contains("a merge configuration says it with dtype and out_dtype"));
        QVERIFY(
            cli({"merge", text(folder_ / "a"), "--out", text(folder_ / "x")}).errors.contains("else name two models"));
        QVERIFY(!fs::exists(folder_ / "x"));
    }
};

MERGARIUM_SUITE(ConfiguredMergeTest)
#include "configured_merge_test.moc"
