#include "core/session/stored_session.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
namespace fs = std::filesystem;

// Databases that earlier versions of the format left behind.
class StoredVersionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    fs::path copyOf(const char* name) const {
        const fs::path copy = folder_.filePath(name).toStdString();
        fs::copy_file(fs::path(MERGARIUM_TEST_DATA "/store") / name, copy, fs::copy_options::overwrite_existing);
        fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
        return copy;
    }

private Q_SLOTS:
    // Nine runs, each killed at 300 of 1,500 evaluations; the hashes are those of runs that were never interrupted.
    void everyKindOfVersion3IsGoneOnWith_data() {
        QTest::addColumn<int>("run");
        QTest::addColumn<QString>("archiveHash");
        QTest::newRow("m2n2") << 1 << "dff9339058a3ec21677dc09f72a8f313cf9e2bdaac65db0be9a46305275233d8";
        QTest::newRow("many splits") << 2 << "2dda7cb4cae8900215bde8510185591615224a3c996a67915f3711e71c320c0d";
        QTest::newRow("scratch") << 3 << "deb8fac14ebcab4245d05c57bdd99a69dac155a7bcbf1a63aac045568d19363d";
        QTest::newRow("map-elites") << 4 << "c3daa450915efd6b4e4fb66ce67b85cd8504097c32e83efb1a0a90d97021ecb6";
        QTest::newRow("cma-es") << 5 << "37c0354f75e60e9ae2c74705f8e5684bda1ddd40b97b7437d3a99f3b6284030b";
        QTest::newRow("brute-force") << 6 << "0d3acf7c527e7fcaa2c521b24252efc73748484d7786db5957c90c160b440108";
        QTest::newRow("random-pairing") << 7 << "75f7c18cfa83c9e8140818dd3a6ee05f0cb0a15b1b4dabe30698202b2d3e57c9";
        QTest::newRow("ga") << 8 << "e0182828909382b3a771a01886d9cf9cbc20370c3ecad0631610b5b607c63765";
        QTest::newRow("graded") << 9 << "01ab4ade9774722d80a601f554181816895d6d36db9b134cebfe7c989642f18c";
    }
    void everyKindOfVersion3IsGoneOnWith() {
        QFETCH(int, run);
        QFETCH(QString, archiveHash);
        const auto database = copyOf("version3.db");
        const auto stored = storedSnapshot(database, {run}, test::kResources);
        QCOMPARE(stored->phase, Phase::Interrupted);
        QCOMPARE(stored->evaluations, 300u);
        QCOMPARE(stored->budget, 1500u);
        const auto loop = RunLoop::goOn({run}, {.database = database, .resources = test::kResources, .threads = 1});
        QCOMPARE(loop->snapshot(Phase::Running).fitness, stored->fitness);
        QCOMPARE(test::finish(*loop).archiveHash, archiveHash.toStdString());
    }

    // One run of 60 evaluations in blocks of 7, finished; the hash is that of a run that had 100 from the start.
    void aFinishedRunOfVersion5IsExtended() {
        const auto database = copyOf("version5.db");
        QCOMPARE(storedSnapshot(database, {1}, test::kResources)->phase, Phase::Finished);
        const auto loop = RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1},
                                        nullptr, {.evaluations = 100});
        QCOMPARE(test::finish(*loop).archiveHash,
                 std::string("983f93f9a9ebade19d215826cc73fa555ba61fc7d92d52788b2b68f1df186cb1"));
    }

    // One run of 60 evaluations in blocks of 7 with 3 split points, finished; the hash is that of a run that had 100
    // from the start.
    void aFinishedRunOfVersion8IsExtended() {
        const auto database = copyOf("version8.db");
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        const auto loop = RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1},
                                        nullptr, {.evaluations = 100});
        QCOMPARE(test::finish(*loop).archiveHash,
                 std::string("646f895107c176b2c1afd7a1784a5d2d8aa13ee4b46e8a791d73e1e6563d4960"));
    }

    // The same with a chromosome, whose cuts are sealed.
    void aFinishedRunOfVersion9IsExtended() {
        const auto database = copyOf("version9.db");
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        const auto loop = RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1},
                                        nullptr, {.evaluations = 100});
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        QCOMPARE(test::finish(*loop).archiveHash,
                 std::string("1dab17320265edcdcfcbae93872250856edf8cca6409f4b6e12ba03ce75b27ee"));
    }

    // One run of 60 evaluations in blocks of 7 that was changed and extended to 80 there, and finished; the hash is
    // that of one that was extended to 120 there.
    void aChangedRunOfVersion7IsExtended() {
        const auto database = copyOf("version7.db");
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        QCOMPARE(storedSnapshot(database, {1}, test::kResources)->members.size(), std::size_t{10});
        const auto loop = RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1},
                                        nullptr, {.evaluations = 120});
        QCOMPARE(test::finish(*loop).archiveHash,
                 std::string("fb8f80eb60dd07382b7864242382e729dd57a92fa67c0b0cf7b0b12f575db469"));
    }
};

MERGARIUM_SUITE(StoredVersionsTest)
#include "stored_versions_test.moc"
