#include "core/files/free_memory.h"
#include "core/files/scratch_memory.h"
#include "core/files/scratch_place.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <string>

using namespace mergarium;
using test::messageOf;
namespace fs = std::filesystem;

class FreeMemoryTest : public QObject {
    Q_OBJECT

    const QTemporaryDir temporary_;
    const fs::path root_ = temporary_.path().toStdString();

    void write(const char* file, const std::string& text) const {
        fs::create_directories((root_ / file).parent_path());
        test::writeText(root_ / file, text);
    }

private Q_SLOTS:
    void init() {
        fs::remove_all(root_);
        fs::create_directory(root_);
    }

    void itIsWhatTheMachineHasLeft() {
        QVERIFY(!availableMemory(root_));
        write("proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\nBuffers: 5 kB\n");
        QCOMPARE(availableMemory(root_).value(), std::uint64_t{8'000'000} * 1024);
        QVERIFY(availableMemory().value() > 0);
    }

    void orLessWhereAContainerIsBounded() {
        write("proc/meminfo", "MemAvailable:    8000000 kB\n");
        write("proc/self/cgroup", "1:name=systemd:/x\n0::/user/app\n");
        const auto group = [&](const std::string& path, const char* most, const char* used, const char* cached) {
            const auto folder = "sys/fs/cgroup/" + path;
            write((folder + "memory.max").c_str(), most);
            write((folder + "memory.current").c_str(), used);
            write((folder + "memory.stat").c_str(), std::string("anon 1\ninactive_file ") + cached + "\nfile 2\n");
        };
        group("user/app/", "max\n", "900\n", "0");
        QCOMPARE(availableMemory(root_).value(), std::uint64_t{8'000'000} * 1024);
        group("user/app/", "1000\n", "900\n", "50");
        QCOMPARE(availableMemory(root_).value(), std::uint64_t{150});
        group("user/", "800\n", "900\n", "50");
        QCOMPARE(availableMemory(root_).value(), std::uint64_t{0});
        group("user/", "max\n", "900\n", "50");
        group("", "990\n", "900\n", "1000");
        QCOMPARE(availableMemory(root_).value(), std::uint64_t{150});
    }

    // Without the bound, the system kills a process when memory is full.
    void filesInMemoryTakeNoMoreThanIsFree() {
        const fs::path memory = "/dev/shm";
        if (liesInMemory(root_) || !liesInMemory(memory)) QSKIP("no file system in memory beside one on a disk");
        std::uint64_t free = std::uint64_t{1} << 30;
        const FreeMemory of = [&] { return free; };
        const std::uint64_t size = 1 << 20;
        const ScratchMemory scratch(memory, 2 * size, of);
        QCOMPARE(scratch.claim(0, size).size(), size);
        free = std::uint64_t{1} << 28;
        const auto refused = QString::fromStdString(messageOf([&] { (void)scratch.claim(size, size); }));
        QVERIFY2(refused.contains("/dev/shm") && refused.contains("0.27 GB") && refused.contains("TMPDIR"),
                 qPrintable(refused));
        QCOMPARE(ScratchMemory(root_, size, of).claim(0, size).size(), size);
        needMemoryFor(size, root_, "", of);
    }
};

MERGARIUM_SUITE(FreeMemoryTest)
#include "free_memory_test.moc"
