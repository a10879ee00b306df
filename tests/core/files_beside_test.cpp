#include "core/database/database.h"
#include "core/database/database_watch.h"
#include "core/store/run_catalog.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

#include <QTest>

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <map>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

/// What lies in a folder, to the byte.
std::map<std::string, std::string> filesOf(const fs::path& folder) {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        content[entry.path().filename().string()] = std::string(std::istreambuf_iterator<char>(file), {});
    }
    return content;
}

void appendBigEndian(std::string& text, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(number >> shift);
}

/// As SQLite writes it: of no pages, and of a transaction over several databases that `superior` lists, unless it is
/// empty.
std::string journalOf(const fs::path& database, const fs::path& superior = {}) {
    const auto pages = static_cast<std::uint32_t>(fs::file_size(database) / 4096);
    const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    auto journal = magic;
    for (const std::uint32_t number : {0U, 1U, pages, 512U, 4096U}) appendBigEndian(journal, number);
    journal.resize(512, '\0');
    if (superior.empty()) return journal;
    const auto name = superior.string();
    std::uint32_t sum = 0;
    for (const char c : name) sum += static_cast<std::uint32_t>(c);
    appendBigEndian(journal, (1U << 30) / 4096 + 1);
    journal += name;
    appendBigEndian(journal, static_cast<std::uint32_t>(name.size()));
    appendBigEndian(journal, sum);
    return journal + magic;
}

}  // namespace

// What SQLite keeps beside a database, and what others have put there.
class FilesBesideTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    fs::path folder_;
    fs::path database_;

    QString failureOf(const std::function<void()>& open) {
        try {
            open();
            return {};
        } catch (const StoreError& error) {
            return error.what();
        }
    }

private Q_SLOTS:
    void initTestCase() { make(); }
    void init() {
        folder_ = path(std::string("folder of ") + QTest::currentTestFunction());
        fs::remove_all(folder_);
        fs::create_directory(folder_);
        database_ = folder_ / "runs.db";
        fs::copy_file(good_, database_);
    }

    void readingLeavesTheFolderAsItWas() {
        const auto before = filesOf(folder_);
        {
            DatabaseWatch watch(database_);
            QVERIFY(watch.look());
            const RunCatalog first(database_);
            const RunCatalog second(database_);
            QCOMPARE(first.births({1}).size(), second.births({1}).size());
        }
        QVERIFY(filesOf(folder_) == before);
        {
            DatabaseWatch watch(database_);
            QVERIFY(watch.look());
        }
        QVERIFY(filesOf(folder_) == before);
    }

    void nothingCanBeWrittenByAReader() {
        auto database = openDatabase(database_, Access::Read);
        QVERIFY_EXCEPTION_THROWN(database.exec("UPDATE runs SET notes = 'x'"), SQLite::Exception);
        QVERIFY_EXCEPTION_THROWN(database.exec("PRAGMA user_version = 1"), SQLite::Exception);
    }

    void databasesOfOtherProgramsAreLeftAsTheyWere() {
        const auto others = folder_ / "others";
        fs::create_directory(others);
        {
            SQLite::Database made((others / "a.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            made.exec("PRAGMA journal_mode = WAL; CREATE TABLE places (url)");
            // As if it were killed.
            made.exec("INSERT INTO places VALUES ('here')");
            for (const char* ending : {"", "-wal", "-shm"})
                fs::copy_file(others / (std::string("a.db") + ending), others / (std::string("killed.db") + ending));
        }
        fs::copy_file(others / "a.db", others / "b.db");
        const auto before = filesOf(others);
        for (const char* name : {"a.db", "b.db", "killed.db"}) {
            QVERIFY(failureOf([&] { (void)RunCatalog(others / name); }).contains("another program"));
            DatabaseWatch watch(others / name);
            QVERIFY(!watch.look());
        }
        auto after = filesOf(others);
        // SQLite notes there who reads.
        after["killed.db-shm"] = before.at("killed.db-shm");
        QVERIFY(after == before);
    }

    void whatAKilledProgramHasLeftIsReadAndTakenIn() {
        const auto killed = folder_ / "killed.db";
        {
            SQLite::Database writing(database_.string(), SQLite::OPEN_READWRITE);
            writing.exec("UPDATE runs SET notes = 'the last word'");
            for (const char* ending : {"", "-wal"})
                fs::copy_file(database_.string() + ending, killed.string() + ending);
        }
        const auto names = [&] {
            std::string all;
            for (const auto& [name, content] : filesOf(folder_)) all += name + " ";
            return all;
        };
        QCOMPARE(names(), std::string("killed.db killed.db-wal runs.db "));
        QCOMPARE(RunCatalog(killed).runs().front().notes, std::string("the last word"));
        QCOMPARE(names(), std::string("killed.db runs.db "));
        QCOMPARE(RunCatalog(killed).runs().front().notes, std::string("the last word"));
    }

    // SQLite removes it when it plays the journal back.
    void aJournalThatNamesAnotherFileIsRefused() {
        const auto thesis = folder_ / "thesis.txt";
        test::writeText(thesis, "years of work\n");
        const auto link = folder_ / "link.db";
        fs::create_symlink(database_, link);
        test::writeText(database_.string() + "-journal", journalOf(database_, thesis));
        const auto before = filesOf(folder_);
        for (const auto& opened : {database_, link}) {
            QVERIFY(failureOf([&] { (void)openDatabase(opened, Access::Write); }).contains("names another file"));
            QVERIFY(failureOf([&] { (void)openDatabase(opened, Access::Read); }).contains("names another file"));
            DatabaseWatch watch(opened);
            QVERIFY(!watch.look());
        }
        QVERIFY(filesOf(folder_) == before);
    }

    void aKilledProgramsJournalIsPlayedBackInOurFilesAlone() {
        test::writeText(database_.string() + "-journal", journalOf(database_));
        QCOMPARE(RunCatalog(database_).runs().size(), std::size_t{1});
        QVERIFY(!fs::exists(database_.string() + "-journal"));

        const auto other = folder_ / "other.db";
        SQLite::Database(other.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE places (url)");
        test::writeText(other.string() + "-journal", journalOf(other));
        const auto before = filesOf(folder_);
        QVERIFY(failureOf([&] { (void)RunCatalog(other); }).contains("open it with that program"));
        QVERIFY(filesOf(folder_) == before);
    }

    void whatIsNoFileIsRefusedAndNotWaitedFor_data() {
        QTest::addColumn<QString>("ending");
        for (const char* ending : {"-journal", "-wal", "-shm"}) QTest::newRow(ending) << ending;
    }
    void whatIsNoFileIsRefusedAndNotWaitedFor() {
        QFETCH(const QString, ending);
        const auto name = database_.string() + ending.toStdString();
        QCOMPARE(::mkfifo(name.c_str(), 0600), 0);
        for (const auto access : {Access::Write, Access::Read})
            QVERIFY(failureOf([&] { (void)openDatabase(database_, access); }).contains("no regular file"));
        DatabaseWatch watch(database_);
        QVERIFY(!watch.look());
    }
};

MERGARIUM_SUITE(FilesBesideTest)
#include "files_beside_test.moc"
