#include "core/files/cache_folder.h"

#include "core/evaluation/checkpoint_founders.h"
#include "core/files/scratch_place.h"
#include "tests/support/example_models.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

using namespace mergarium;
using namespace mergarium::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kNobody = 65534;

void keep(const fs::path& folder, std::string_view text) {
    CacheFolder(folder).keep("name", std::as_bytes(std::span(text)));
}

std::string found(const fs::path& folder) {
    const auto body = CacheFolder(folder).find("name");
    return body ? std::string(reinterpret_cast<const char*>(body->data()), body->size()) : "nothing";
}

/// Whether a folder beneath one lies in memory while an overlay that is written to `upper` is mounted there; in a
/// process of its own, with mounts of its own. Absent where mounting isn't allowed.
std::optional<bool> liesInMemoryUnderOverlay(const fs::path& upper, const fs::path& mount) {
    fs::create_directories(upper / "up per");
    fs::create_directories(upper / "work");
    fs::create_directories(mount / "beneath");
    const auto options = "lowerdir=" + mount.string() + ",upperdir=" + (upper / "up per").string() +
                         ",workdir=" + (upper / "work").string();
    const auto child = ::fork();
    if (child == 0) {
        const int spaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
        if (::unshare(spaces) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("overlay", mount.c_str(), "overlay", 0, options.c_str()) != 0)
            ::_exit(2);
        ::_exit(liesInMemory(mount / "beneath" / "new") ? 1 : 0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1) return {};
    return WEXITSTATUS(status) == 1;
}

unsigned modeOf(const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); }

}  // namespace

// What is kept of founders, which nobody else may forge or divert, and where large temporary files go.
class CacheFolderTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> temporary_;
    fs::path around_, folder_;

private Q_SLOTS:
    void init() {
        temporary_ = std::make_unique<QTemporaryDir>();
        around_ = temporary_->path().toStdString();
        folder_ = around_ / "below" / "cache";
    }

    void whatIsKeptIsFoundAndThisUsersAlone() {
        const auto mask = ::umask(0);
        QCOMPARE(found(folder_), std::string("nothing"));
        QVERIFY(!fs::exists(folder_));
        keep(folder_, "one");
        keep(folder_, "another");
        ::umask(mask);
        QCOMPARE(found(folder_), std::string("another"));
        QCOMPARE(modeOf(folder_), 0700u);
        QCOMPARE(modeOf(folder_ / "name"), 0600u);
        QCOMPARE(std::distance(fs::directory_iterator(folder_), {}), 1);
    }

    void aFolderThatIsOpenToOthersIsClosed() {
        fs::create_directories(folder_);
        fs::permissions(folder_, fs::perms::all);
        keep(folder_, "one");
        QCOMPARE(modeOf(folder_), 0700u);
        QCOMPARE(found(folder_), std::string("one"));
    }

    void whatIsNotWholeIsNotFound() {
        keep(folder_, "one");
        auto text = textOf(folder_ / "name");
        text.back() ^= 1;
        writeText(folder_ / "name", text);
        QCOMPARE(found(folder_), std::string("nothing"));
        writeText(folder_ / "name", "short");
        QCOMPARE(found(folder_), std::string("nothing"));
    }

    void noLinkIsFollowed() {
        const auto theirs = around_ / "theirs";
        keep(theirs, "forged");
        fs::create_directory(folder_.parent_path());
        fs::create_directory_symlink(theirs, folder_);
        QCOMPARE(found(folder_), std::string("nothing"));
        keep(folder_, "ours");
        QCOMPARE(found(theirs), std::string("forged"));

        fs::remove(folder_);
        keep(folder_, "ours");
        fs::remove(folder_ / "name");
        fs::create_symlink(theirs / "name", folder_ / "name");
        QCOMPARE(found(folder_), std::string("nothing"));
        keep(folder_, "ours");
        QCOMPARE(found(theirs), std::string("forged"));
        QCOMPARE(found(folder_), std::string("ours"));
    }

    void whatBelongsToSomebodyElseIsNeitherReadNorWritten() {
        if (::geteuid() != 0) QSKIP("only root can give files away");
        keep(folder_, "forged");
        QCOMPARE(::chown((folder_ / "name").c_str(), kNobody, kNobody), 0);
        QCOMPARE(found(folder_), std::string("nothing"));
        keep(folder_, "ours");
        QCOMPARE(found(folder_), std::string("ours"));
        QCOMPARE(::chown(folder_.c_str(), kNobody, kNobody), 0);
        QCOMPARE(found(folder_), std::string("nothing"));
        keep(folder_, "more");
        QVERIFY(textOf(folder_ / "name").find("ours") != std::string::npos);
    }

    void thePersonsCacheIsInTheirHome() {
        const QByteArray home = qgetenv("HOME"), cache = qgetenv("XDG_CACHE_HOME");
        ::setenv("HOME", around_.c_str(), 1);
        ::unsetenv("XDG_CACHE_HOME");
        const auto inHome = founderCache({});
        ::setenv("XDG_CACHE_HOME", "relative", 1);
        const auto relative = founderCache({});
        ::setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
        const auto named = founderCache({});
        qputenv("HOME", home);
        cache.isNull() ? qunsetenv("XDG_CACHE_HOME") : qputenv("XDG_CACHE_HOME", cache);
        QCOMPARE(inHome, around_ / ".cache" / "mergarium");
        QCOMPARE(relative, inHome);
        QCOMPARE(named, folder_ / "mergarium");
    }

    void largeFilesAreNotPutIntoMemory() {
        const fs::path memory = "/dev/shm";
        if (liesInMemory(around_) || !liesInMemory(memory)) QSKIP("no file system in memory beside one on a disk");
        QVERIFY(liesInMemory(memory / "not" / "there"));
        QCOMPARE(firstOnDisk(std::array{memory, around_}), around_);
        QCOMPARE(firstOnDisk(std::array{around_ / "gone", memory}), memory);
        const QByteArray before = qgetenv("TMPDIR");
        ::setenv("TMPDIR", memory.c_str(), 1);
        const auto place = scratchPlace();
        before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before);
        QVERIFY(place != memory);
    }

    // As a live system's disk.
    void anOverlayLiesWhereItIsWrittenTo() {
        const fs::path memory = "/dev/shm";
        if (liesInMemory(around_) || !liesInMemory(memory)) QSKIP("no file system in memory beside one on a disk");
        const QTemporaryDir inMemory(QString::fromStdString((memory / "mergarium-XXXXXX").string()));
        QVERIFY(inMemory.isValid());
        const auto there = liesInMemoryUnderOverlay(inMemory.path().toStdString(), around_ / "mount");
        if (!there) QSKIP("mounting isn't allowed");
        QVERIFY(*there);
        QCOMPARE(liesInMemoryUnderOverlay(around_ / "on disk", around_ / "mount").value_or(true), false);
    }
};

MERGARIUM_SUITE(CacheFolderTest)
#include "cache_folder_test.moc"
