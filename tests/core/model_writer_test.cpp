#include "core/models/model_writer.h"

#include "core/checkpoint/safetensors.h"
#include "core/files/json.h"
#include "core/founders/content_hash.h"
#include "core/progress/pieces.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <numeric>
#include <thread>

using namespace mergarium;
using mergarium::test::messageOf;

namespace {

namespace fs = std::filesystem;

TensorDescription described(std::string name, DType dtype, std::vector<std::int64_t> shape) {
    const auto count = std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, [](auto product, auto extent) {
        return product * static_cast<std::uint64_t>(extent);
    });
    return {.name = std::move(name), .dtype = dtype, .shape = std::move(shape), .count = count};
}

/// Tensors of several widths, one of them larger than a chunk, one empty.
std::vector<TensorDescription> someTensors() {
    return {described("embed", DType::BF16, {1000, 7}), described("flags", DType::U8, {13}),
            described("big", DType::F32, {1100, 1000}), described("empty", DType::F32, {0, 4}),
            described("scalar", DType::F16, {}),        described("ids", DType::I64, {5}),
            described("odd", DType::U8, {3}),           described("head", DType::BF16, {3, 1001})};
}

std::byte byteAt(std::size_t tensor, std::uint64_t place) {
    return static_cast<std::byte>((place * 31 + place / 251 + tensor * 7) & 0xff);
}

/// Every byte is a function of its place alone.
TensorContents contentsOf(const std::vector<TensorDescription>& tensors) {
    return [tensors](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = byteAt(tensor, begin * sizeOf(tensors[tensor].dtype) + i);
    };
}

void compare(const fs::path& path, const std::vector<TensorDescription>& tensors) {
    const auto model = Checkpoint::open(path);
    QCOMPARE(model->tensors().size(), tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto* stored = model->find(tensors[i].name);
        QVERIFY(stored);
        QCOMPARE(static_cast<const TensorDescription&>(*stored), tensors[i]);
        QCOMPARE(reinterpret_cast<std::uintptr_t>(stored->bytes) % sizeOf(stored->dtype), 0u);
        for (std::uint64_t at = 0; at < stored->byteSize(); ++at)
            if (stored->bytes[at] != byteAt(i, at))
                QFAIL(qPrintable(QString("tensor %1 differs at byte %2").arg(stored->name.c_str()).arg(at)));
    }
}

std::string write(const fs::path& target, std::uint64_t shardSize, const ModelWriting& how = {}) {
    PendingFolder folder(target);
    const auto tensors = someTensors();
    auto hash = writeModel(planModel(tensors, shardSize), folder, contentsOf(tensors), how);
    folder.commit();
    return hash;
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// A process of its own that does `work`, killed after `delay`; true when it had ended by itself.
template <typename Work>
bool killedAfter(std::chrono::microseconds delay, Work work) {
    const auto child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status);
}

}  // namespace

class ModelWriterTest : public QObject {
    Q_OBJECT
private:
    QTemporaryDir scratch_;
    fs::path folder_;

private Q_SLOTS:
    void init() {
        static int number = 0;
        folder_ = fs::path(scratch_.path().toStdString()) / std::to_string(++number);
        fs::create_directory(folder_);
    }

    void aModelIsReadBackAsItWasTold() {
        write(folder_ / "model", 0);
        QCOMPARE(namesIn(folder_ / "model"), (std::vector<std::string>{"model.safetensors"}));
        compare(folder_ / "model", someTensors());
        QCOMPARE(readSafetensorsHeader(folder_ / "model" / "model.safetensors").metadata.at("format"),
                 std::string("pt"));
        QCOMPARE(namesIn(folder_), (std::vector<std::string>{"model"}));
    }

    void metadataStandBesideTheFormat() {
        PendingFolder folder(folder_ / "model");
        const auto tensors = someTensors();
        writeModel(planModel(tensors, 0, {.metadata = {{"made by", "a \"test\""}}}), folder, contentsOf(tensors));
        folder.commit();
        const auto metadata = readSafetensorsHeader(folder_ / "model" / "model.safetensors").metadata;
        QCOMPARE(metadata.at("format"), std::string("pt"));
        QCOMPARE(metadata.at("made by"), std::string("a \"test\""));
    }

    void shardsAreNoLargerThanAskedForAndTheIndexNamesThem() {
        write(folder_ / "model", 20'000);
        QCOMPARE(namesIn(folder_ / "model"),
                 (std::vector<std::string>{"model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                                           "model-00003-of-00003.safetensors", "model.safetensors.index.json"}));
        compare(folder_ / "model", someTensors());
        const auto index = readJsonObject(folder_ / "model" / "model.safetensors.index.json", kIndexJson);
        QCOMPARE(index["metadata"]["total_size"].get<int>(), 14000 + 13 + 4'400'000 + 2 + 40 + 3 + 6006);
        QCOMPARE(index["weight_map"]["big"].get<std::string>(), std::string("model-00002-of-00003.safetensors"));
    }

    void aShardMayBeFullAndNoFuller() {
        const auto filesOf = [](std::uint64_t shardSize) {
            std::vector<TensorDescription> tensors;
            for (const auto* name : {"a", "b", "c"})
                tensors.push_back({.name = name, .dtype = DType::F32, .shape = {2}, .count = 2});
            return planModel(std::move(tensors), shardSize, {}).files.size();
        };
        QCOMPARE(filesOf(24), std::size_t{1});
        QCOMPARE(filesOf(23), std::size_t{2});
        QCOMPARE(filesOf(16), std::size_t{2});
        QCOMPARE(filesOf(15), std::size_t{3});
    }

    void whatIsWrittenHasTheHashOfItsContents() {
        std::string whole;
        for (const std::uint64_t shardSize : {0, 20'000}) {
            const auto target = folder_ / std::to_string(shardSize);
            const auto hash = write(target, shardSize);
            QCOMPARE(hash, contentHash(*openFounder({.base = target, .adapter = {}}, folder_), {}).value());
            if (shardSize > 0) QCOMPARE(hash, whole);
            whole = hash;
        }
    }

    void somethingOfTheSameNameIsLeftAlone() {
        fs::create_directory(folder_ / "empty");
        fs::create_symlink("nowhere", folder_ / "link");
        for (const char* name : {"empty", "link"})
            QVERIFY(messageOf([&] { PendingFolder{folder_ / name}; }).find("there is something of this name already") !=
                    std::string::npos);
        PendingFolder folder(folder_ / "late");
        fs::create_directory(folder_ / "late");
        QVERIFY(messageOf([&] { folder.commit(); }).find("came up while the model was written") != std::string::npos);
        QVERIFY(fs::is_empty(folder_ / "late"));
    }

    void aFolderIsTheSameWithASlashBehindIt() {
        PendingFolder folder(folder_ / "deep" / "er" / "");
        folder.commit();
        QVERIFY(fs::is_directory(folder_ / "deep" / "er"));
    }

    void whatIsNotCommittedIsRemoved() {
        {
            PendingFolder folder(folder_ / "model");
            folder.writeFile("note", "text");
            QCOMPARE(namesIn(folder_).size(), 1u);
        }
        QVERIFY(fs::is_empty(folder_));
    }

    void aFailureInTheContentsLeavesNothing() {
        const auto message = messageOf([&] {
            PendingFolder folder(folder_ / "model");
            writeModel(planModel(someTensors()), folder,
                       [](auto, auto, auto) { throw std::runtime_error("The founder is gone."); });
        });
        QCOMPARE(message, std::string("The founder is gone."));
        QVERIFY(fs::is_empty(folder_));
    }

    void cancellingLeavesNothing() {
        for (const std::uint64_t after : {0u, 2u, 4u}) {
            std::uint64_t calls = 0;
            QVERIFY_EXCEPTION_THROWN(
                write(folder_ / "model", 0, {.threads = 1, .progress = [&](auto, auto) { return calls++ < after; }}),
                Cancelled);
            QVERIFY(fs::is_empty(folder_));
        }
    }

    void progressEndsAtItsTotal() {
        std::uint64_t last = 0, whole = 1;
        write(folder_ / "model", 0, {.threads = 1, .progress = [&](std::uint64_t done, std::uint64_t total) {
                                         [&] { QVERIFY(done > last); }();
                                         last = done;
                                         whole = total;
                                         return true;
                                     }});
        QCOMPARE(last, whole);
    }

    void bytesThatChangeBehindOurBackAreNoticed() {
        PendingFolder folder(folder_ / "model");
        const auto tensors = someTensors();
        const auto spoil = [&](std::uint64_t done, std::uint64_t total) {
            if (2 * done == total) {
                FILE* file = ::fopen((folder.path() / "model.safetensors").c_str(), "r+b");
                ::fseek(file, -100, SEEK_END);
                ::fputs("spoilt", file);
                ::fclose(file);
            }
            return true;
        };
        const auto message = messageOf(
            [&] { writeModel(planModel(tensors), folder, contentsOf(tensors), {.threads = 1, .progress = spoil}); });
        QVERIFY2(message.find("differs from what was written") != std::string::npos, message.c_str());
    }

    void aTensorOfTheSameNameTwiceIsRefused() {
        QVERIFY_EXCEPTION_THROWN(planModel({described("a", DType::F32, {1}), described("a", DType::F32, {2})}),
                                 std::invalid_argument);
    }

    void aKilledWriterLeavesNothingUnderTheFinalName() {
        const auto target = folder_ / "model";
        const auto slowly = [contents = contentsOf(someTensors())](std::size_t tensor, std::uint64_t begin,
                                                                   std::span<std::byte> out) {
            ::usleep(500);
            contents(tensor, begin, out);
        };
        int killed = 0;
        for (int microseconds = 0; microseconds < 60'000; microseconds += 2'500) {
            const bool ended = killedAfter(std::chrono::microseconds(microseconds), [&] {
                PendingFolder folder(target);
                writeModel(planModel(someTensors(), 20'000), folder, slowly, {.threads = 1, .progress = nullptr});
                folder.commit();
            });
            killed += !ended;
            if (fs::exists(target)) {
                compare(target, someTensors());
                fs::remove_all(target);
            }
        }
        QVERIFY(killed > 0);
        write(target, 20'000);
        QCOMPARE(namesIn(folder_), (std::vector<std::string>{"model"}));
    }

    void theFolderOfALivingWriterIsNotCleanedUp() {
        PendingFolder one(folder_ / "model");
        PendingFolder other(folder_ / "model");
        QVERIFY(fs::is_directory(one.path()));
        QVERIFY(one.path() != other.path());
    }

    void aFullDiskIsToldBeforehandOrAtLastLeavesNothing() {
        if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") != 0)
            QSKIP("a small disk can only be mounted as root");
        const auto told = messageOf([&] { write(folder_ / "model", 0); });
        // What others write meanwhile nobody can foresee.
        const auto late = messageOf([&] {
            PendingFolder folder(folder_ / "model");
            folder.writeFile("large", std::string(2'000'000, 'x'));
        });
        const bool empty = fs::is_empty(folder_);
        ::umount(folder_.c_str());
        QVERIFY2(told.find("are to be written, and the disk has room for 0.00 GB") != std::string::npos, told.c_str());
        QVERIFY2(late.find("No space left") != std::string::npos, late.c_str());
        QVERIFY(empty);
    }

    void aRewritableModelIsWrittenOverInPlace() {
        const auto tensors = someTensors();
        RewritableModel model(folder_, planModel(tensors));
        const auto inode = MappedFile::open(model.path())->state().inode;
        for (int child = 0; child < 2; ++child) {
            model.rewrite([&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
                contentsOf(tensors)(tensor, begin, out);
                if (child == 0) std::ranges::fill(out, std::byte{1});
            });
        }
        compare(model.path(), tensors);
        QCOMPARE(MappedFile::open(model.path())->state().inode, inode);
    }

    void everyPieceIsDoneOnceOnHoweverManyThreads() {
        for (const std::size_t threads : {1u, 3u, 50u}) {
            std::vector<std::atomic<int>> done(20);
            forEachPiece(done.size(), threads, [&](std::size_t piece) { ++done[piece]; });
            for (const auto& one : done) QCOMPARE(one.load(), 1);
        }
    }
};

MERGARIUM_SUITE(ModelWriterTest)
#include "model_writer_test.moc"
