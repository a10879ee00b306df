#include "core/session/session.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <SQLiteCpp/Database.h>

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>

using namespace mergarium;
using namespace std::chrono_literals;
using test::kResources;
using test::shortRun;
namespace fs = std::filesystem;

namespace {

SnapshotPtr runToItsEnd(SessionRequest request) {
    Session session(std::move(request), nullptr);
    SnapshotPtr last;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(10ms);
        if (auto snapshot = session.take()) last = std::move(snapshot);
    }
    return last;
}

}  // namespace

// Whatever is wrong with the file: one sentence that names it, and nothing lost that was stored.
class StoreTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path good_;
    std::string goodHash_;

    fs::path path(const char* name) { return folder_.filePath(name).toStdString(); }
    SessionRequest request(const fs::path& database, std::uint64_t evaluations = 30) {
        return {.run = NewRun{shortRun(evaluations)}, .database = database, .resources = kResources, .threads = 1};
    }
    /// A new run there fails, and its one sentence holds the file's name and `words`.
    void refuses(const fs::path& database, const char* words) {
        const auto last = runToItsEnd(request(database));
        QCOMPARE(last->phase, Phase::Failed);
        const auto message = QString::fromStdString(last->message);
        QVERIFY2(message.contains(QString::fromStdString(database.filename().string())) && message.contains(words),
                 qPrintable(message));
        QVERIFY2(!message.contains('\n'), qPrintable(message));
    }

private Q_SLOTS:
    void initTestCase() {
        good_ = path("good.db");
        const auto last = runToItsEnd(request(good_));
        QCOMPARE(last->phase, Phase::Finished);
        goodHash_ = last->archiveHash;
    }

    void foreignDatabasesAreLeftAlone() {
        const auto foreign = path("foreign.db");
        SQLite::Database(foreign.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE theirs (x)");
        refuses(foreign, "another program");
        QCOMPARE(SQLite::Database(foreign.string()).execAndGet("SELECT count(*) FROM sqlite_master").getInt(), 1);
    }

    void newerDatabasesAreRefused() {
        const auto newer = path("newer.db");
        fs::copy_file(good_, newer);
        SQLite::Database(newer.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999");
        refuses(newer, "newer");
        QVERIFY_EXCEPTION_THROWN(RunCatalog(newer).runs(), std::runtime_error);
    }

    void brokenFilesAreRefused() {
        const auto text = path("text.db");
        std::ofstream(text) << std::string(5000, 'x');
        refuses(text, "");

        const auto truncated = path("truncated.db");
        fs::copy_file(good_, truncated);
        fs::resize_file(truncated, fs::file_size(truncated) / 3);
        QVERIFY_EXCEPTION_THROWN(
            {
                const RunCatalog catalog(truncated);
                (void)catalog.snapshot({1});
                (void)catalog.births({1});
            },
            std::runtime_error);

        // Noise over everything but the first page, with SQLite's own head left as it was.
        const auto corrupt = path("corrupt.db");
        fs::copy_file(good_, corrupt);
        std::fstream stream(corrupt, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(8192);
        for (auto left = fs::file_size(corrupt) - 8192; left > 0; --left) stream.put(static_cast<char>(left * 31));
        stream.close();
        QVERIFY_EXCEPTION_THROWN(RunCatalog(corrupt).snapshot({1}), std::runtime_error);
    }

    void foldersAndPlacesWhereNothingCanLieAreRefused() {
        const auto folder = path("folder.db");
        fs::create_directory(folder);
        refuses(folder, "folder");
        refuses(path("missing") / "runs.db", "its folder doesn't exist");
        refuses(good_ / "runs.db", "its folder doesn't exist");
        refuses("/proc/runs.db", "can't be opened");
    }

    void databasesWithoutPermissionAreRefused() {
        if (geteuid() == 0) QSKIP("to root everything is permitted");
        const auto closed = path("closed.db");
        fs::copy_file(good_, closed);
        fs::permissions(closed, fs::perms::owner_read);
        refuses(closed, "can't be ");
    }

    void aLockedDatabaseDelaysARunAndLosesNothing() {
        const auto locked = path("locked.db");
        auto what = request(locked, 1'000'000);
        what.startPaused = true;
        Session session(what, nullptr);
        const auto look = [&](auto condition) {
            for (int times = 0; times < 6000; ++times) {
                session.waitFor(10ms);
                if (const auto now = session.take(); now && condition(*now)) return now;
            }
            return SnapshotPtr{};
        };
        QVERIFY(look([](const auto& s) { return s.phase == Phase::Paused; }));
        SnapshotPtr waiting;
        {
            SQLite::Database other(locked.string(), SQLite::OPEN_READWRITE);
            other.exec("BEGIN IMMEDIATE");
            session.resume();
            // It goes on computing, and says that births wait.
            waiting = look([](const auto& s) { return s.message.find("wait in memory") != std::string::npos; });
            other.exec("ROLLBACK");
        }
        QVERIFY(waiting);
        QVERIFY(look([&](const auto& s) {
            return s.phase == Phase::Running && s.message.empty() && s.evaluations > waiting->evaluations;
        }));
        session.stop();
        const auto last = look([](const auto& s) { return s.phase == Phase::Stopped; });
        QVERIFY(last);
        QCOMPARE(RunCatalog(locked).snapshot({1}).evaluations, last->evaluations);
    }

    void aFullDiskFailsTheRunAndKeepsWhatWasStored() {
        const auto disk = path("disk");
        fs::create_directory(disk);
        if (mount("none", disk.c_str(), "tmpfs", 0, "size=1500k") != 0) QSKIP("mounting a small disk takes root");
        const auto full = disk / "runs.db";
        auto configuration = shortRun(1'000'000);
        std::get<M2n2Settings>(configuration.strategy).splice.splits = {64, 64};
        const auto last =
            runToItsEnd({.run = NewRun{configuration}, .database = full, .resources = kResources, .threads = 1});
        const auto message = QString::fromStdString(last->message);
        std::string read;
        std::uint64_t evaluations = 0;
        try {
            evaluations = RunCatalog(full).snapshot({1}).evaluations;
        } catch (const std::exception& error) {
            read = error.what();
        }
        umount(disk.c_str());
        QCOMPARE(last->phase, Phase::Failed);
        QVERIFY2(message.contains("runs.db") && message.contains("full"), qPrintable(message));
        QVERIFY2(read.empty(), read.c_str());
        QVERIFY(evaluations <= last->evaluations);
    }

    void aStoredRunEndsWithItsLastBirth() {
        const std::atomic<bool> never = false;
        const auto database = path("last.db");
        const auto loop = RunLoop::begin(shortRun(200), {.database = database, .resources = kResources, .threads = 1});
        do {
            QCOMPARE(loop->step(never), StepOutcome::Done);
        } while (!loop->snapshot(Phase::Running).pairings.back().accepted);
        loop->store(Phase::Stopped);
        const auto live = loop->snapshot(Phase::Stopped);
        const auto stored = RunCatalog(database).snapshot({1});
        QCOMPARE(stored.members.size(), live.members.size());
        for (std::size_t slot = 0; slot < live.members.size(); ++slot) {
            QCOMPARE(stored.members[slot] != nullptr, live.members[slot] != nullptr);
            if (live.members[slot]) QCOMPARE(stored.members[slot]->id.value, live.members[slot]->id.value);
        }
        QCOMPARE(stored.fitness, live.fitness);
    }

    void aDatabaseOfTheFirstVersionIsBroughtForwardAndGoneOnWith() {
        const auto old = path("old.db");
        fs::copy_file(MERGARIUM_TEST_DATA "/store/version1.db", old);
        fs::permissions(old, fs::perms::owner_read | fs::perms::owner_write);
        const auto before = storedSnapshot(old, {1}, kResources);
        QCOMPARE(before->phase, Phase::Stopped);
        QVERIFY(before->evaluations > 0 && before->evaluations < before->budget);
        QCOMPARE(before->samplesScored, before->evaluations * 1437);

        auto what = request(old);
        what.run = ResumedRun{{1}};
        const auto last = runToItsEnd(what);
        QCOMPARE(last->phase, Phase::Finished);
        const auto fresh = runToItsEnd(request(path("fresh.db"), last->budget));
        QCOMPARE(last->archiveHash, fresh->archiveHash);
    }
};

MERGARIUM_SUITE(StoreTest)
#include "store_test.moc"
