#include "core/export/merge_models.h"
#include "core/files/scratch_place.h"
#include "core/merging/merge_folder.h"
#include "tests/support/command_line.h"
#include "tests/support/message_of.h"
#include "tests/support/small_llama.h"
#include "tests/support/suite.h"

#include <QTest>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

// Merges that write a GGUF file, and what is left of one that is broken off.
class GgufMergesTest : public QObject, private ExampleModels {
    Q_OBJECT

    /// Two models that can be merged and written.
    void writeLlamas(std::int64_t intermediate = 96) {
        writeBoth();
        for (const char* name : {"a", "b"}) {
            fs::remove_all(folder_ / name);
            fs::create_directories(folder_ / name);
            writeLlama(folder_ / name, smallLlama(5, intermediate), DType::F32, name[0]);
            writeText(folder_ / name / "config.json", smallLlama(5, intermediate).dump());
            writeText(folder_ / name / "tokenizer.json", smallBytePairs().dump());
        }
    }
    MergeRequest toMerge() const {
        auto one = request("merged");
        one.gguf = GgmlType::Q8_0;
        return one;
    }

private Q_SLOTS:
    void aMergeHasTheFileInItsFolder() {
        writeLlamas();
        const auto result = mergeModels(toMerge(), cache());
        QVERIFY(unfinished().empty());
        const GgufFile file(folder_ / "merged" / kGgufName);
        const auto* norm = file.find("output_norm.weight");
        QVERIFY(valuesOf(file, *norm) == valuesIn(folder_ / "merged", "model.norm.weight"));
        QCOMPARE(at<std::string>(file.metadata(), "general.name"), std::string("merged"));
        QVERIFY(result.bytes > fs::file_size(folder_ / "merged" / kGgufName));
        // The folder is a model like any other.
        fs::rename(folder_ / "merged", folder_ / "c");
        auto again = toMerge();
        again.first = {.base = folder_ / "c", .adapter = {}};
        mergeModels(again, cache());
    }

    void aFamilyThatCannotBeWrittenIsRefusedBeforeTheMerge() {
        writeLlamas();
        auto config = smallLlama(5);
        config["hidden_act"] = "gelu";
        for (const char* name : {"a", "b"}) writeText(folder_ / name / "config.json", config.dump());
        int calls = 0;
        const auto sentence = messageOf([&] {
            mergeModels(toMerge(), cache(), [&](std::string_view what, std::uint64_t, std::uint64_t) {
                calls += what == "Writing the model";
                return true;
            });
        });
        QVERIFY2(sentence.find("activation but SiLU") != sentence.npos, sentence.c_str());
        QCOMPARE(calls, 0);
        QVERIFY(!fs::exists(folder_ / "merged") && unfinished().empty());
    }

    void cancellingAtAnyMomentLeavesNothing() {
        writeLlamas();
        ConfiguredMerge merge{.configuration = parseMergeConfiguration(
                                  "merge_method: linear\nmodels:\n  - {model: a, parameters: {weight: "
                                  "1}}\n  - {model: b, parameters: {weight: 1}}\n",
                                  folder_ / "merge.yml"),
                              .folder = folder_ / "merged",
                              .threads = 1,
                              .gguf = GgmlType::Q8_0,
                              .scratch = scratchPlace()};
        // A piece per tensor, written and read back.
        constexpr int kPieces = 2 * 21;
        for (const int stopAt : {0, 1, 20, 21, kPieces - 1, kPieces}) {
            int calls = 0;
            const auto run = [&] {
                mergeAsConfigured(merge, [&](std::string_view what, std::uint64_t, std::uint64_t) {
                    return what != "Writing model.gguf" || calls++ != stopAt;
                });
            };
            if (stopAt == kPieces)
                run();
            else
                QVERIFY_EXCEPTION_THROWN(run(), Cancelled);
            QCOMPARE(fs::exists(folder_ / "merged" / kGgufName), stopAt == kPieces);
            QCOMPARE(fs::exists(folder_ / "merged"), stopAt == kPieces);
            QVERIFY(unfinished().empty());
        }
    }

    void aKilledMergeLeavesNothingUnderTheFinalName() {
        writeLlamas(8'000);
        const auto path = QString::fromStdString(folder_.string());
        const QStringList arguments{"merge", "a", "b", "--out", "merged", "--gguf", "q8_0"};
        const auto isWriting = [&] {
            std::error_code error;
            for (const auto& name : unfinished())
                if (fs::exists(folder_ / name / kGgufName, error)) return true;
            return false;
        };
        int killed = 0;
        for (int attempt = 0; attempt < 3; ++attempt) {
            QProcess process;
            process.setWorkingDirectory(path);
            process.start(MERGARIUM_CLI, arguments);
            while (!process.waitForFinished(1) && process.state() != QProcess::NotRunning)
                if (isWriting()) process.kill();
            if (process.exitStatus() == QProcess::CrashExit) {
                ++killed;
                QVERIFY(!fs::exists(folder_ / "merged"));
            }
            fs::remove_all(folder_ / "merged");
        }
        QVERIFY(killed > 0);
        const auto end = cli(arguments, path);
        QVERIFY2(end.code == 0, end.errors);
        QVERIFY(unfinished().empty());
    }

    void aFullDiskIsOneSentence() {
        const auto child = ::fork();
        if (child == 0) {
            ::signal(SIGXFSZ, SIG_IGN);
            const GgufFolder folder;
            fillLlama(folder, DType::F32, 4'000);
            // The largest file that a process may write stands for what is left of a disk.
            const rlimit limit{200'000, 200'000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto sentence = messageOf([&] { folder.make(GgmlType::F32); });
            ::_exit(sentence.find("model.gguf: can't be written") != sentence.npos &&
                            sentence.find('\n') == sentence.npos
                        ? 0
                        : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }

    void theCommandLineWritesIt() {
        writeLlamas();
        const auto path = QString::fromStdString(folder_.string());
        auto end = cli({"merge", "a", "b", "--out", "m", "--gguf", "q8_0"}, path);
        QVERIFY2(end.code == 0, end.errors);
        QVERIFY(fs::exists(folder_ / "m" / kGgufName));
        writeText(folder_ / "merge.yml",
                  "merge_method: linear\nmodels:\n  - {model: a, parameters: {weight: 1}}\n"
                  "  - {model: b, parameters: {weight: 1}}\n");
        end = cli({"merge", "merge.yml", "--out", "n", "--gguf", "bf16"}, path);
        QVERIFY2(end.code == 0, end.errors);
        QVERIFY(GgufFile(folder_ / "n" / kGgufName).find("output.weight")->type == GgmlType::BF16);
        end = cli({"merge", "a", "b", "--out", "o", "--gguf", "q4_k"}, path);
        QVERIFY(end.code != 0 && end.errors.contains("is not one of f16, bf16, f32, q8_0"));
    }
};

MERGARIUM_SUITE(GgufMergesTest)
#include "gguf_merges_test.moc"
