#include "core/database/binding.h"
#include "core/database/seals.h"
#include "core/genome/dense_genome.h"
#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>

#include <fstream>
#include <map>
#include <random>

using namespace mergarium;
using test::exec;
using test::kResources;
using test::shortRun;
namespace fs = std::filesystem;

namespace {

/// How many changes of a kind are tried; more by hand: MERGARIUM_ROUNDS=1000.
int rounds(int usual) {
    const int asked = qEnvironmentVariableIntValue("MERGARIUM_ROUNDS");
    return asked > 0 ? asked : usual;
}

/// Everything that people are told of a run.
std::string tale(const SessionSnapshot& snapshot, const std::vector<Pairing>& births) {
    auto text = fmt::format("{} {} {} {} {} {} {} {}\n{}\n", nameOf(snapshot.phase), snapshot.message,
                            snapshot.evaluations, snapshot.accepted, snapshot.seconds, snapshot.archiveHash,
                            snapshot.samplesScored, snapshot.samplesSaved, toYaml(snapshot.run->configuration));
    for (const auto& founder : snapshot.run->founders)
        text += fmt::format("{} {} {} {}\n", founder.name, founder.train, founder.test, founder.hash);
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (const auto& member = snapshot.members[slot])
            text += fmt::format("{} {} {} {} {} {}\n", slot, member->id.value, snapshot.fitness[slot],
                                snapshot.test[slot].value_or(-1.0), fmt::join(member->scores.values(), ","),
                                member->genome ? member->genome->pack().size() : 0);
    for (const auto& point : *snapshot.curve)
        text += fmt::format("{} {} {} {} {} {} {}\n", point.step, point.bestTrain, point.meanTrain, point.bestTest,
                            point.coverage, point.disagreement, point.entropy);
    for (const auto& birth : births)
        text += fmt::format("{} {} {} {} {} {} {} {}\n", birth.step, birth.first.value, birth.second.value,
                            birth.childTrain, birth.accepted, birth.replaced.value_or(MemberId{}).value,
                            birth.scored.value_or(0), birth.failure);
    return text;
}

}  // namespace

// What a run database holds was written by anybody, and lay on any disk.
class DamagedDatabaseTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    std::string tale_;

    /// What a changed copy says: nothing false. Empty, or what is believed and isn't so.
    std::string falsehood(const fs::path& database) {
        try {
            const RunCatalog catalog(database);
            bool there = false;
            for (const auto& run : catalog.runs()) there = there || (run.id.value == 1 && run.damage.empty());
            const auto snapshot = catalog.snapshot({1});
            const auto births = catalog.births({1});
            (void)catalog.resumePoint({1});
            if (!catalog.inspect({1}).isWhole() || tale(snapshot, births) == tale_) return {};
            return tale(snapshot, births);
        } catch (const std::runtime_error& error) {
            const std::string_view sentence = error.what();
            if (sentence.empty() || sentence.find('\n') != std::string_view::npos) return std::string(sentence);
            return {};
        }
    }

private Q_SLOTS:
    void initTestCase() {
        make();
        const RunCatalog catalog(good_);
        QVERIFY(catalog.inspect({1}).isWhole());
        tale_ = tale(catalog.snapshot({1}), catalog.births({1}));
    }

    void valuesThatCantBeTrueAreNamed_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* change, const char* words) {
            QTest::newRow(name) << change << words;
        };
        const auto* births = "births, step ";
        row("split behind the vector", "UPDATE births SET splits = x'00CA9A3B00000000' WHERE slot IS NOT NULL", births);
        row("splits that descend",
            "UPDATE births SET splits = x'02000000000000000100000000000000' WHERE slot IS NOT NULL", births);
        row("chromosomes of a run without any",
            "UPDATE births SET chromosomes = x'00', splits = NULL, ratio = 0 WHERE "
            "slot IS NOT NULL",
            "had no chromosomes");
        row("chromosomes beside a cut", "UPDATE births SET chromosomes = x'00' WHERE slot IS NOT NULL",
            "stands beside");
        row("inheritance of no genes", "UPDATE births SET inheritance = x'00' WHERE slot IS NOT NULL",
            "doesn't say how genes were inherited");
        row("inheritance beside a cut",
            "UPDATE births SET inheritance = x'0100000000000000000000000000E03F00000000000000000000000000000000' WHERE "
            "slot IS NOT NULL",
            "stands beside");
        row("genes of a run without any", "INSERT INTO genes VALUES (1, x'00')",
            "aren't those of the run's configuration");
        row("splits of another type", "UPDATE births SET splits = 7 WHERE slot IS NOT NULL", births);
        row("ratio", "UPDATE births SET ratio = 1e30 WHERE slot IS NOT NULL", "ratio is 1e+30");
        row("ratio not a number", "UPDATE births SET ratio = 'much' WHERE slot IS NOT NULL", "ratio is not a number");
        row("parent from the future", "UPDATE births SET first = 1000000 WHERE slot IS NOT NULL", births);
        row("no such parent", "UPDATE births SET second = -1 WHERE slot IS NOT NULL", births);
        row("interpolation", "UPDATE births SET interpolation = 'magic' WHERE slot IS NOT NULL", "magic");
        row("slot", "UPDATE births SET slot = 1000000 WHERE slot IS NOT NULL", "slot is 1000000");
        row("train", "UPDATE births SET train = 1e30", "train is 1e+30");
        row("score list", "UPDATE births SET scores = x'62FF' WHERE slot IS NOT NULL", "scores");
        row("births missing", "DELETE FROM births WHERE step = 33", "births");
        row("scores", "UPDATE founders SET scores = x'00'", "founders, member 1: scores");
        row("founder's score", "UPDATE founders SET train = 1e30", "train is 1e+30");
        row("founders' numbers", "UPDATE founders SET member = member + 5", "member is 6");
        row("no founders", "DELETE FROM founders", "no founders");
        row("founder's seat", "UPDATE founders SET slot = 99999", "slot is 99999");
        row("two in a seat", "UPDATE founders SET slot = 0", "another founder's");
        row("shape", "UPDATE tensors SET shape = '-3'", "is not a shape");
        row("huge shape", "UPDATE tensors SET shape = '4294967296 4294967296 4294967296'", "too large");
        row("dtype", "UPDATE tensors SET dtype = 'F7'", "is no element type");
        row("frozen of nobody", "UPDATE tensors SET founder = 9 WHERE position = 3", "that there isn't");
        row("no tensors", "DELETE FROM tensors", "no parameters");
        row("evaluations", "UPDATE runs SET evaluations = -1", "evaluations is -1");
        row("more than the budget", "UPDATE runs SET evaluations = 5000", "doesn't fit");
        row("accepted", "UPDATE runs SET accepted = 99999", "accepted is 99999");
        row("samples", "UPDATE runs SET samples = 4611686018427387904", "samples is ");
        row("other samples", "UPDATE runs SET samples = 1000", "founders, member 1: scores");
        row("seconds", "UPDATE runs SET seconds = -5.0", "seconds is -5");
        row("phase", "UPDATE runs SET phase = 'dreaming'", "dreaming");
        row("configuration", "UPDATE runs SET configuration = 'colour: red'", "colour");
        row("genomes", "UPDATE runs SET genomes = 'recipe'", "");
        row("genomes unknown", "UPDATE runs SET genomes = 'rna'", "rna");
        row("weights", "UPDATE runs SET sample_weights = x'00'", "sample_weights");
        row("checkpoint of others", "UPDATE checkpoints SET member = 1", "checkpoints");
        row("checkpoint's genome", "UPDATE checkpoints SET genome = x'0102'", "genome");
        row("checkpoint's step", "UPDATE checkpoints SET step = 70", "step is 70");
        row("progress", "UPDATE progress SET coverage = 7", "coverage is 7");
        row("test", "INSERT INTO tests VALUES (1, 999999, 0.5)", "member is 999999");
    }
    void valuesThatCantBeTrueAreNamed() {
        QFETCH(QString, change);
        QFETCH(QString, words);
        const auto copy = copyOfGood();
        exec(copy, change.toStdString());
        const RunCatalog catalog(copy);
        QVERIFY(!catalog.inspect({1}).isWhole());
        QString said;
        try {
            (void)catalog.snapshot({1});
            (void)catalog.births({1});
            (void)catalog.resumePoint({1});
        } catch (const StoreError& error) {
            said = QString::fromStdString(error.what());
        }
        QVERIFY2(said.contains(words) && said.contains("copy") && !said.contains('\n'), qPrintable(said));
        // Nor does anything go on from it.
        QVERIFY_EXCEPTION_THROWN(RunLoop::goOn({1}, place(copy)), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN((void)catalog.ancestry({1}, {1}), std::runtime_error);
    }

    void aDamagedRunDoesntHideTheOthers() {
        const auto copy = copyOfGood();
        (void)test::runToItsEnd(shortRun(10), copy);
        exec(copy, "UPDATE runs SET configuration = 'colour: red' WHERE run = 1");
        const auto runs = RunCatalog(copy).runs();
        QCOMPARE(runs.size(), std::size_t{2});
        QVERIFY(runs[0].damage.empty() && runs[0].phase == Phase::Finished);
        QVERIFY(runs[1].damage.find("colour") != std::string::npos);
    }

    void noFlippedBitIsBelieved() {
        const auto size = fs::file_size(good_);
        std::string bytes(size, '\0');
        std::ifstream(good_, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(size));
        std::mt19937_64 random(7);
        for (int round = 0; round < rounds(60); ++round) {
            auto changed = bytes;
            const auto at = random() % size;
            changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
            const auto copy = path("flipped.db");
            std::ofstream(copy, std::ios::binary) << changed;
            const auto believed = falsehood(copy);
            QVERIFY2(believed.empty(), qPrintable(QString("byte %1: %2").arg(at).arg(believed.c_str())));
            for (const char* beside : {"-wal", "-shm"}) fs::remove(copy.string() + beside);
        }
    }

    void noChangedValueIsBelieved() {
        const char* values[] = {"NULL",   "-1", "0",   "1",      "9223372036854775807", "1e308", "-0.5",
                                "'text'", "''", "x''", "x'00ff'"};
        std::vector<std::pair<std::string, std::string>> columns;
        {
            SQLite::Database connection(good_.string());
            SQLite::Statement rows(connection,
                                   "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE "
                                   "m.type = 'table' AND m.name NOT IN ('events', 'exports') AND c.name != 'run'");
            while (rows.executeStep())
                columns.emplace_back(rows.getColumn(0).getString(), rows.getColumn(1).getString());
        }
        QVERIFY(columns.size() > 70);
        int tried = 0;
        for (int round = 0; round < rounds(150); ++round) {
            const auto& [table, column] = columns[static_cast<std::size_t>(round) * 37 % columns.size()];
            const auto* value = values[static_cast<std::size_t>(round) % std::size(values)];
            // Who holds a run decides nothing.
            if (column == "owner") continue;
            const auto copy = path("changed.db");
            fs::copy_file(good_, copy, fs::copy_options::overwrite_existing);
            try {
                exec(copy, fmt::format("UPDATE {} SET \"{}\" = {}", table, column, value));
            } catch (const SQLite::Exception&) {
                continue;  // a constraint stands against it
            }
            ++tried;
            const auto believed = falsehood(copy);
            QVERIFY2(believed.empty(),
                     qPrintable(QString("%1.%2 = %3: %4").arg(table.c_str(), column.c_str(), value, believed.c_str())));
            for (const char* beside : {"-wal", "-shm"}) fs::remove(copy.string() + beside);
        }
        QVERIFY(tried > rounds(150) / 2);
    }

    void otherTablesAreRefused_data() {
        QTest::addColumn<QString>("change");
        QTest::newRow("a view for a table")
            << "ALTER TABLE runs RENAME TO theirs; CREATE VIEW runs AS WITH RECURSIVE n(i) AS "
               "(SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS run FROM n";
        QTest::newRow("a trigger") << "CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM births; END";
        QTest::newRow("one more table") << "CREATE TABLE more (x)";
        QTest::newRow("a table less") << "DROP TABLE tests";
        QTest::newRow("one more column") << "ALTER TABLE runs ADD COLUMN x";
        QTest::newRow("an index on an expression") << "CREATE INDEX i ON runs (abs(seconds))";
    }
    void otherTablesAreRefused() {
        QFETCH(QString, change);
        const auto copy = copyOfGood();
        exec(copy, change.toStdString());
        QVERIFY_EXCEPTION_THROWN(RunCatalog(copy).runs(), StoreError);
        QVERIFY_EXCEPTION_THROWN(RunLoop::begin(shortRun(5), place(copy)), StoreError);
    }

    void recipesForOtherModelsAreRefused_data() {
        QTest::addColumn<int>("founders");
        QTest::addColumn<int>("more");
        QTest::newRow("of more founders") << 3 << 0;
        QTest::newRow("of longer models") << 2 << 1;
    }
    void recipesForOtherModelsAreRefused() {
        QFETCH(int, founders);
        QFETCH(int, more);
        const auto copy = copyOfGood();
        const auto length = RunCatalog(copy).snapshot({1}).run->layout.length();
        const DenseGenome genome(std::vector<float>(length), founderRecipe(0, static_cast<std::size_t>(founders),
                                                                           length + static_cast<std::uint64_t>(more)));
        {
            SQLite::Database connection(copy.string(), SQLite::OPEN_READWRITE);
            SQLite::Statement update(connection, "UPDATE checkpoints SET genome = ?");
            bindBlob(update, 1, genome.pack());
            update.exec();
            Seals(connection, {1}).seal(SealedPart::Checkpoint);
        }
        QVERIFY(RunCatalog(copy).inspect({1}).isWhole());
        QVERIFY_EXCEPTION_THROWN((void)RunCatalog(copy).snapshot({1}), StoreError);
    }

    void aFileThatCantBeWrittenIsRead() {
        const auto closed = path("closed");
        fs::create_directory(closed);
        const auto copy = closed / "runs.db";
        fs::copy_file(good_, copy);
        fs::permissions(copy, fs::perms::owner_read);
        fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec);
        // To root everything is permitted, but not on a read-only medium.
        const bool mounted = mount(closed.c_str(), closed.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
                             mount(nullptr, closed.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
        const auto release = qScopeGuard([&] {
            if (mounted) umount(closed.c_str());
            fs::permissions(closed, fs::perms::owner_all);
        });
        QString failure;
        try {
            const RunCatalog catalog(copy);
            if (tale(catalog.snapshot({1}), catalog.births({1})) != tale_) failure = "another run";
            if (std::distance(fs::directory_iterator(closed), {}) != 1) failure = "something was written";
        } catch (const std::exception& error) {
            failure = error.what();
        }
        QVERIFY2(failure.isEmpty(), qPrintable(failure));
    }
};

MERGARIUM_SUITE(DamagedDatabaseTest)
#include "damaged_database_test.moc"
