#include "core/import/import_runs.h"
#include "core/database/seals.h"
#include "core/labels/export_record.h"
#include "core/labels/run_notes.h"
#include "core/session/stored_session.h"
#include "tests/support/other_process.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
namespace fs = std::filesystem;

namespace {

const std::vector<RunId> kFirst{{1}};

std::vector<std::string> tablesOf(const SQLite::Database& database, const char* column) {
    std::vector<std::string> tables;
    SQLite::Statement rows(database,
                           "SELECT name FROM sqlite_schema AS one WHERE type = 'table' AND EXISTS (SELECT 1 FROM "
                           "pragma_table_info(one.name) WHERE name = ?) ORDER BY name");
    rows.bind(1, column);
    while (rows.executeStep()) tables.push_back(rows.getColumn(0).getString());
    return tables;
}

}  // namespace

/// Runs of one database, taken over into another.
class ImportRunsTest : public QObject, test::StoppedRun {
    Q_OBJECT

    fs::path target(const char* name) {
        const auto database = path(name);
        test::runToItsEnd(test::shortRun(5, "mine"), database);
        return database;
    }

private Q_SLOTS:
    void initTestCase() { make(); }

    void anImportedRunEndsAsItWouldHaveThere() {
        const auto there = copyOfGood(), here = target("here.db");
        setRunNotes(there, {1}, "noted");
        const auto imported = importRuns(here, there, kFirst);
        QVERIFY(imported.refused.empty());
        QCOMPARE(imported.runs, std::vector{RunId{2}});

        const RunCatalog catalog(here);
        QCOMPARE(catalog.runs().size(), 2u);
        const auto listed = catalog.runs().front();
        QCOMPARE(listed.id, RunId{2});
        QCOMPARE(listed.notes, std::string("noted"));
        QCOMPARE(listed.phase, Phase::Interrupted);
        QVERIFY(catalog.inspect({1}).isWhole());
        QVERIFY(catalog.inspect({2}).isWhole());
        QCOMPARE(catalog.births({2}).size(), RunCatalog(there).births({1}).size());
        QCOMPARE(catalog.snapshot({2}).fitness, RunCatalog(there).snapshot({1}).fitness);

        const auto end = test::finish(*RunLoop::goOn({2}, place(here)));
        QCOMPARE(end.archiveHash, test::finish(*RunLoop::goOn({1}, place(there))).archiveHash);
    }

    void everyTableOfARunIsCopied() {
        const auto there = copyOfGood(), here = target("tables.db");
        recordExport(there, {1}, {1}, "/somewhere", "abc");
        QCOMPARE(importRuns(here, there, kFirst).runs.size(), 1u);
        const SQLite::Database one(there.string()), other(here.string());
        const auto count = [](const SQLite::Database& database, const std::string& table, int run) {
            SQLite::Statement rows(database, "SELECT count(*) FROM " + table + " WHERE run = ?");
            rows.bind(1, run);
            rows.executeStep();
            return rows.getColumn(0).getInt();
        };
        const auto tables = tablesOf(one, "run");
        QVERIFY(tables.size() > 10);
        for (const auto& table : tables) {
            // A table of its own: who deletes it here does not delete it there.
            if (table == "deletions") continue;
            // That it was imported.
            const int more = table == "events" ? 1 : 0;
            QVERIFY2(count(other, table, 2) == count(one, table, 1) + more, table.c_str());
        }
        QCOMPARE(count(other, "exports", 2), 1);
    }

    void severalAreTakenInOrderAndWhatIsDamagedIsNamed() {
        const auto there = path("several.db"), here = target("into.db");
        for (const char* name : {"a", "b", "c"}) test::runToItsEnd(test::shortRun(5, name), there);
        test::exec(there, "UPDATE births SET train = 0.123 WHERE run = 2 AND step = 3");
        const auto imported = importRuns(here, there, std::vector<RunId>{{3}, {2}, {1}, {9}});
        QCOMPARE(imported.runs, (std::vector<RunId>{{2}, {3}}));
        QCOMPARE(imported.refused.size(), 2u);
        QVERIFY2(imported.refused[0].find("run 2") != std::string::npos, imported.refused[0].c_str());
        QVERIFY2(imported.refused[1].find("no run 9") != std::string::npos, imported.refused[1].c_str());
        const auto runs = RunCatalog(here).runs();
        QCOMPARE(runs.size(), 3u);
        QCOMPARE(runs[0].name, std::string("a"));
        QCOMPARE(runs[1].name, std::string("c"));
        // Nothing of what was refused has stayed.
        const SQLite::Database database(here.string());
        for (const auto& table : tablesOf(database, "run"))
            QVERIFY2(SQLite::Database(here.string())
                             .execAndGet("SELECT count(*) FROM " + table + " WHERE run > 3")
                             .getInt() == 0,
                     table.c_str());
    }

    // Sealed by whoever forged it.
    void whatCantBeTrueIsRefusedThoughItsSealsAgree() {
        const auto there = copyOfGood(), here = target("forged.db");
        test::exec(there,
                   "UPDATE births SET first = 40000 WHERE step = (SELECT min(step) FROM births WHERE slot IS "
                   "NOT NULL)");
        {
            SQLite::Database connection(there.string(), SQLite::OPEN_READWRITE);
            connection.exec("DELETE FROM birth_seals");
            Seals(connection, {1}).sealAll();
        }
        QVERIFY(RunCatalog(there).inspect({1}).isWhole());
        const auto imported = importRuns(here, there, kFirst);
        QVERIFY(imported.runs.empty());
        QCOMPARE(imported.refused.size(), 1u);
        QCOMPARE(RunCatalog(here).runs().size(), 1u);
    }

    void whatGoesOnThereIsRefused() {
        const auto there = copyOfGood(), here = target("going.db");
        test::giveAway(there);
        const auto imported = importRuns(here, there, kFirst);
        QVERIFY(imported.runs.empty());
        QVERIFY2(imported.refused.front().find("stop it before importing it") != std::string::npos,
                 imported.refused.front().c_str());
    }

    void aDatabaseIsNotImportedIntoItself() {
        const auto here = target("self.db");
        QVERIFY_EXCEPTION_THROWN(importRuns(here, here, kFirst), StoreError);
        const auto link = path("link.db");
        fs::create_symlink(here, link);
        QVERIFY_EXCEPTION_THROWN(importRuns(here, link, kFirst), StoreError);
        QVERIFY_EXCEPTION_THROWN(importRuns(here, path("missing.db"), kFirst), StoreError);
        QCOMPARE(RunCatalog(here).runs().size(), 1u);
    }

    void runsOfAnOlderFormatAreTaken() {
        const fs::path there = path("version3.db");
        fs::copy_file(MERGARIUM_TEST_DATA "/store/version3.db", there);
        fs::permissions(there, fs::perms::owner_read | fs::perms::owner_write);
        const auto here = path("new.db");
        std::vector<RunId> all;
        for (const auto& run : RunCatalog(there).runs()) all.push_back(run.id);
        const auto imported = importRuns(here, there, all);
        QCOMPARE(imported.runs.size(), all.size());
        for (const auto run : imported.runs) QVERIFY(RunCatalog(here).inspect(run).isWhole());
    }
};

MERGARIUM_SUITE(ImportRunsTest)
#include "import_runs_test.moc"
