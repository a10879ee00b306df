#include "tests/support/command_line.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <SQLiteCpp/Database.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace mergarium;
using test::cli;
using test::endOf;

// What the command line does with files of others, and with what others do to its files.
class TrustTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    QString folder_;

    QString pathOf(const char* name) const { return folder_ + "/" + name; }

private Q_SLOTS:
    void init() {
        folder_ = temporary_.filePath(QTest::currentTestFunction());
        QVERIFY(QDir().mkpath(folder_));
        // Nothing that is approved here is approved for the person.
        qputenv("XDG_CONFIG_HOME", temporary_.filePath("configuration").toUtf8());
    }

    // Whose database or file it is: a program runs because the person said so on this machine.
    void aProgramThatNobodyApprovedIsNotStarted() {
        const auto started = pathOf("started");
        test::writeText(pathOf("fickle").toStdString(),
                        "touch " + started.toStdString() +
                            "\nwhile IFS= read -r line; do\n id=${line#*: }; echo \"{\\\"id\\\": ${id%%,*}, "
                            "\\\"scores\\\": [1, 0]}\"\ndone\n");
        test::writeText(pathOf("samples.jsonl").toStdString(), "{\"a\": 1}\n{\"a\": 2}\n");
        const std::string models = MERGARIUM_SOURCE_DIR "/resources/models/tiny-llm";
        test::writeText(pathOf("run.yaml").toStdString(),
                        "task: {kind: command, program: [sh, fickle], samples: samples.jsonl}\nfounders: [" + models +
                            "/add, " + models + "/sort]\nbudget: {evaluations: 6}\n");
        const QStringList run{"run", pathOf("run.yaml"), "--json", "--db", pathOf("runs.db")};
        const auto refuses = [&](const QStringList& arguments) {
            const auto ended = cli(arguments);
            return ended.code == 2 && ended.errors.contains("sh fickle") && ended.errors.contains("--trust-program") &&
                   !QFile::exists(started);
        };
        QVERIFY(refuses(run));
        QVERIFY(!QFile::exists(pathOf("runs.db")));
        test::writeText(pathOf("sweep.yaml").toStdString(), "name: s\nbase: run.yaml\nseeds: 1\narms: {a: {}}\n");
        QVERIFY(refuses({"sweep", pathOf("sweep.yaml"), "--db", pathOf("runs.db")}));
        QVERIFY(refuses({"score", QString::fromStdString(models) + "/add", "--task", pathOf("run.yaml")}));

        // Approved once: a run and all that goes on from it.
        QCOMPARE(cli(run + QStringList{"--trust-program"}).code, 0);
        QVERIFY(QFile::remove(started));
        QCOMPARE(cli(run).code, 0);
        // On another machine, or for another person, it is a stranger's.
        SQLite::Database(pathOf("runs.db").toStdString(), SQLite::OPEN_READWRITE)
            .exec("UPDATE runs SET phase = 'stopped'");
        QVERIFY(QFile::remove(started));
        qputenv("XDG_CONFIG_HOME", pathOf("other").toUtf8());
        QVERIFY(refuses({"resume", "1", "--db", pathOf("runs.db")}));
        // Others can write it: it is nobody's word.
        qputenv("XDG_CONFIG_HOME", temporary_.filePath("configuration").toUtf8());
        const auto approved = temporary_.filePath("configuration/mergarium/trusted-programs");
        QFile::setPermissions(approved, QFile::ReadOwner | QFile::WriteOwner | QFile::WriteOther);
        QVERIFY(refuses(run));
        QFile::setPermissions(approved, QFile::ReadOwner | QFile::WriteOwner);
    }

    void interruptedWhileTheDatabaseIsLockedItSaysSo() {
        const auto database = pathOf("locked.db");
        QCOMPARE(cli({"run", "digits-specialists", "--evaluations", "5", "--json", "--db", database}).code, 0);
        SQLite::Database other(database.toStdString(), SQLite::OPEN_READWRITE);
        other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
        QProcess process;
        process.start(MERGARIUM_CLI, {"run", "digits-specialists", "--evaluations", "5", "--json", "--db", database});
        const auto hasItOpen = [&] {
            for (const auto& one : QDir(QString("/proc/%1/fd").arg(process.processId())).entryInfoList(QDir::Files))
                if (one.symLinkTarget() == database) return true;
            return false;
        };
        while (!hasItOpen() && !process.waitForFinished(2)) {
        }
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const auto ended = endOf(process);
        QVERIFY2(ended.code == 130 && ended.errors.count('\n') <= 1, ended.errors);
    }

    void aFileDoesntStandInForAPreset() {
        test::writeText(pathOf("digits-specialists").toStdString(),
                        "task: {kind: command, program: [sh], samples: s}\n");
        const auto ended =
            cli({"run", "digits-specialists", "--evaluations", "5", "--json", "--db", pathOf("runs.db")}, folder_);
        QVERIFY2(ended.code == 0, ended.errors);
        QCOMPARE(ended.json()["evaluations"], 5);
    }
};

MERGARIUM_SUITE(TrustTest)
#include "trust_test.moc"
