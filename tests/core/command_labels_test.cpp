#include "core/store/run_catalog.h"
#include "tests/support/command_line.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using test::cli;

/// What is noted of runs, and runs of other databases, by way of the command line.
class CommandLabelsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString here_, there_;

    static std::string outputOf(const QStringList& arguments) { return cli(arguments).output.toStdString(); }

private Q_SLOTS:
    void init() {
        const QDir folder(folder_.filePath(QTest::currentTestFunction()));
        QVERIFY(folder.mkpath("."));
        here_ = folder.filePath("here.db");
        there_ = folder.filePath("there.db");
        test::runToItsEnd(test::shortRun(5, "mine"), here_.toStdString());
        test::runToItsEnd(test::shortRun(5, "first"), there_.toStdString());
        test::runToItsEnd(test::shortRun(7, "second"), there_.toStdString());
    }

    void notesAreWrittenAndRead() {
        const QStringList note{"note", "1", "--db", here_};
        QCOMPARE(outputOf(note), std::string());
        QCOMPARE(cli(note + QStringList{"as good as it gets\nask \x1b[1m Ada"}).code, 0);
        QCOMPARE(outputOf(note), std::string("as good as it gets\nask \\x1b[1m Ada\n"));
        QCOMPARE(cli(note + QStringList{"--json"}).json()["notes"], "as good as it gets\nask \x1b[1m Ada");
        // One line of them where runs are listed, all where one is shown.
        const auto list = outputOf({"list", "--db", here_});
        QVERIFY(list.find("as good as it gets\n") != std::string::npos);
        QVERIFY(list.find("Ada") == std::string::npos);
        QVERIFY(outputOf({"show", "1", "--db", here_}).find("Notes\nas good as it gets\nask") != std::string::npos);
        QCOMPARE(cli({"show", "1", "--db", here_, "--json"}).json()["notes"], "as good as it gets\nask \x1b[1m Ada");
        QCOMPARE(cli({"list", "--db", here_, "--json"}).json()["runs"][0]["notes"],
                 "as good as it gets\nask \x1b[1m Ada");
        QCOMPARE(cli(note + QStringList{""}).code, 0);
        QCOMPARE(outputOf(note), std::string());
        const auto refused = cli({"note", "7", "of nothing", "--db", here_});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.errors.contains("there is no run 7"));
    }

    void runsAreImported() {
        const auto all = cli({"import", there_, "--db", here_, "--json"});
        QCOMPARE(all.code, 0);
        QCOMPARE(all.json()["runs"], nlohmann::json({2, 3}));
        const auto runs = RunCatalog(here_.toStdString()).runs();
        QCOMPARE(runs.size(), std::size_t{3});
        QCOMPARE(runs[0].name, std::string("second"));
        QCOMPARE(runs[1].name, std::string("first"));
        QCOMPARE(outputOf({"import", there_, "2", "--db", here_}), std::string("    4\n"));
        // The others are taken all the same.
        const auto some = cli({"import", there_, "9", "1", "--db", here_});
        QCOMPARE(some.code, 3);
        QCOMPARE(some.output.toStdString(), std::string("    5\n"));
        QVERIFY(some.errors.contains("there is no run 9"));
        const auto none = cli({"import", here_, "--db", here_});
        QCOMPARE(none.code, 2);
        QVERIFY(none.errors.contains("these runs are here already"));
    }

    void aFounderJoinsAndIsListed() {
        QCOMPARE(cli({"export", "1", "1", "--db", there_, "--out", there_ + ".model"}).code, 0);
        const auto refused =
            cli({"resume", "1", "--add-founder", there_ + ".nothing", "--db", here_, "--evaluations", "9"});
        QCOMPARE(refused.code, 2);
        const auto joined =
            cli({"resume", "1", "--add-founder", there_ + ".model", "--db", here_, "--evaluations", "9", "--json"});
        QVERIFY2(joined.code == 0, joined.errors);
        QCOMPARE(joined.json()["founders_train"].size(), std::size_t{3});
        const auto births = cli({"show", "1", "--births", "--db", here_, "--json"}).json()["births"];
        QCOMPARE(births[5]["origin"], "founder");
        QCOMPARE(births[6]["origin"], "search");
    }
};

MERGARIUM_SUITE(CommandLabelsTest)
#include "command_labels_test.moc"
