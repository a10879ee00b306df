#include "core/files/mapped_file.h"

#include "core/files/mapping.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPage = 4096;
constexpr int kOthers = 42;

int valueOf(std::byte byte) { return std::to_integer<int>(byte); }

}  // namespace

// Files that another program cuts while they are mapped.
class MappedFileTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path file_;

    std::shared_ptr<const MappedFile> openOfSize(std::size_t size) const {
        writeText(file_, std::string(size, 'x'));
        return MappedFile::open(file_);
    }
    void isTold(const std::string& message) const {
        QVERIFY2(message.starts_with(file_.string() + ": was truncated while it was being read"), message.c_str());
    }

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        file_ = fs::path(temporary_->path().toStdString()) / "file";
    }

    // First, since whoever handled the signal before is asked when the first file is mapped.
    void othersFaultsGoToWhoeverHandledThemBefore() {
        writeText(file_, std::string(kPage, 'x'));
        const auto child = ::fork();
        if (child == 0) {
            ::signal(SIGBUS, [](int) { ::_exit(kOthers); });
            const auto ours = MappedFile::open(file_);
            const int theirs = ::open(file_.c_str(), O_RDONLY);
            const auto* bytes =
                static_cast<const volatile char*>(::mmap(nullptr, kPage, PROT_READ, MAP_SHARED, theirs, 0));
            fs::resize_file(file_, 0);
            ::_exit(bytes[0] + valueOf(ours->bytes()[0]));
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), kOthers);
    }

    void whatIsTruncatedIsAnErrorAndNotTheEnd() {
        const auto file = openOfSize(3 * kPage);
        QCOMPARE(valueOf(file->bytes()[2 * kPage]), int{'x'});
        fs::resize_file(file_, kPage);
        QCOMPARE(valueOf(file->bytes()[3 * kPage - 1]), 0);
        QCOMPARE(valueOf(file->bytes()[kPage]), 0);
        QCOMPARE(valueOf(file->bytes()[kPage - 1]), int{'x'});
        isTold(messageOf([&] { file->check(); }));
        isTold(messageOf([&] { file->reading([](auto) { return 0; }); }));
        isTold(messageOf([&] { file->reading([](auto) -> int { throw std::runtime_error("senseless"); }); }));
        // Whoever saw zeros was wrong, whatever became of the file since.
        fs::resize_file(file_, 3 * kPage);
        isTold(messageOf([&] { file->check(); }));
    }

    void whatIsTruncatedWithinItsLastPageIsNoticed() {
        const auto file = openOfSize(1000);
        fs::resize_file(file_, 999);
        isTold(messageOf([&] { file->check(); }));
        std::array<std::byte, 2> out{};
        isTold(messageOf([&] { file->read(file->bytes().data() + 998, out); }));
    }

    void anotherFileIsNotTakenForBroken() {
        const auto file = openOfSize(kPage);
        const auto other = fs::path(file_) += ".other";
        writeText(other, std::string(kPage, 'y'));
        const auto whole = MappedFile::open(other);
        fs::resize_file(file_, 0);
        QCOMPARE(valueOf(file->bytes()[0]), 0);
        whole->check();
        QCOMPARE(valueOf(whole->bytes()[0]), int{'y'});
    }

    void anyNumberOfFilesIsGuarded() {
        std::vector<std::shared_ptr<const MappedFile>> files;
        writeText(file_, std::string(kPage, 'x'));
        for (int i = 0; i < 600; ++i) files.push_back(MappedFile::open(file_));
        fs::resize_file(file_, 0);
        int sum = 0;
        for (const auto& file : files) sum += valueOf(file->bytes()[0]);
        QCOMPARE(sum, 0);
        for (const auto& file : files) isTold(messageOf([&] { file->check(); }));
    }

    void whatIsWrittenToATruncatedFileIsLost() {
        writeText(file_, std::string(2 * kPage, 'x'));
        const FileDescriptor file(::open(file_.c_str(), O_RDWR));
        Mapping mapping(file.number(), 2 * kPage, Mapping::Access::ReadAndWrite);
        fs::resize_file(file_, 0);
        QVERIFY(!mapping.isBroken());
        mapping.bytes()[kPage] = std::byte{'z'};
        QVERIFY(mapping.isBroken());
        QCOMPARE(fs::file_size(file_), 0u);
    }

    void theStateTellsWhatNoProgramCanSetBack() {
        const auto file = openOfSize(10);
        const auto time = fs::last_write_time(file_);
        QCOMPARE(file->stateNow(), file->state());
        // Clocks of file systems tick a few hundred times a second.
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const FileDescriptor writer(::open(file_.c_str(), O_WRONLY));
                return ::pwrite(writer.number(), "y", 1, 0) == 1 && !(file->stateNow() == file->state());
            }(),
            1000);
        fs::last_write_time(file_, time);
        QCOMPARE(file->stateNow().modifiedNanoseconds, file->state().modifiedNanoseconds);
        QVERIFY(!(file->stateNow() == file->state()));
    }
};

MERGARIUM_SUITE(MappedFileTest)
#include "mapped_file_test.moc"
