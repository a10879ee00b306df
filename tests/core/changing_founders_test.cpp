#include "core/store/run_catalog.h"
#include "tests/support/command_line.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace mergarium;
using test::cli;
using test::Ended;

// Founders' files that change under a run, by way of the command line.
class ChangingFoundersTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    QString folder_;

    QString pathOf(const char* name) const { return folder_ + "/" + name; }
    Ended resume(const char* database) const { return cli({"resume", "1", "--json", "--db", pathOf(database)}); }
    void fickle(const std::string& then) const {
        test::writeText(pathOf("fickle").toStdString(), test::fickleEvaluator(then));
    }

    /// A run of copies of the small models, which may be spoilt, under `fickle`.
    QStringList runOfCopies(const QString& database, const QString& more = {}) const {
        const auto models = std::filesystem::path(MERGARIUM_SOURCE_DIR "/resources/models/tiny-llm");
        for (const char* name : {"add", "sort"})
            std::filesystem::copy(
                models / name, pathOf(name).toStdString(),
                std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
        test::writeText(pathOf("samples.jsonl").toStdString(), "{\"a\": 1}\n{\"a\": 2}\n");
        test::writeText(pathOf("run.yaml").toStdString(),
                        "task: {kind: command, program: [sh, fickle], samples: samples.jsonl" + more.toStdString() +
                            "}\nfounders: [add, sort]\nstrategy: {archive: 4}\nbudget: {evaluations: 6}\n");
        return {"run",  pathOf("run.yaml"),           "--json",         "--threads", "1",
                "--db", pathOf(qPrintable(database)), "--trust-program"};
    }
    std::string founder() const { return pathOf("add/model.safetensors").toStdString(); }

private Q_SLOTS:
    void init() {
        // Nothing that is approved here is approved for the person.
        qputenv("XDG_CONFIG_HOME", temporary_.filePath("configuration").toUtf8());
        folder_ = temporary_.filePath(QTest::currentTestFunction());
        QVERIFY(QDir().mkpath(folder_));
    }

    void aFounderThatIsTruncatedFailsTheRunWhichGoesOnOnceItIsBack() {
        fickle(":");
        const auto whole = cli(runOfCopies("whole.db"));
        QVERIFY2(whole.code == 0, whole.errors);

        const auto kept = pathOf("kept").toStdString();
        fickle("[ -e " + kept + " ] || { cp " + founder() + " " + kept + "; truncate -s 1000 " + founder() + "; }");
        const auto failed = cli(runOfCopies("runs.db"));
        QVERIFY2(failed.code == 3 && failed.errors.contains("add/model.safetensors: was truncated while it was"),
                 failed.errors);
        const auto refused = resume("runs.db");
        QVERIFY2(refused.code != 0 && refused.errors.contains("add/model.safetensors"), refused.errors);

        std::filesystem::copy_file(kept, founder(), std::filesystem::copy_options::overwrite_existing);
        const auto goneOn = resume("runs.db");
        QVERIFY2(goneOn.code == 0, goneOn.errors);
        QCOMPARE(goneOn.json()["evaluations"], 6);
        QCOMPARE(goneOn.hash(), whole.hash());
    }

    void childrenOfAFounderThatWasWrittenToAreNotStored() {
        fickle(":");
        const auto whole = cli(runOfCopies("whole.db"));
        QVERIFY2(whole.code == 0, whole.errors);
        const auto kept = pathOf("kept").toStdString();
        std::filesystem::copy_file(founder(), kept);
        fickle("printf x | dd of=" + founder() + " bs=1 seek=100000 conv=notrunc 2>/dev/null");
        const auto failed = cli(runOfCopies("runs.db"));
        QVERIFY2(failed.code == 3 && failed.errors.contains("was changed while it was in use"), failed.errors);
        const auto stored = RunCatalog(pathOf("runs.db").toStdString()).snapshot({1});
        QCOMPARE(stored.phase, Phase::Failed);
        QCOMPARE(stored.evaluations, 0u);
        QVERIFY(stored.pairings.empty());

        fickle(":");
        std::filesystem::copy_file(kept, founder(), std::filesystem::copy_options::overwrite_existing);
        const auto goneOn = resume("runs.db");
        QVERIFY2(goneOn.code == 0, goneOn.errors);
        QCOMPARE(goneOn.json()["evaluations"], 6);
        QCOMPARE(goneOn.hash(), whole.hash());
    }

    void otherNumbersUnderAFoundersOldDateAreRefused() {
        fickle("exit 1");
        QCOMPARE(cli(runOfCopies("runs.db")).code, 3);
        fickle(":");
        const auto changeOne = [&] {
            const auto date = std::filesystem::last_write_time(founder());
            QFile file(QString::fromStdString(founder()));
            QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() - 1));
            const char last = file.peek(1).at(0);
            QVERIFY(file.putChar(static_cast<char>(last ^ 1)));
            file.close();
            std::filesystem::last_write_time(founder(), date);
        };
        changeOne();
        const QStringList verified{"resume", "1", "--json", "--verify", "--db", pathOf("runs.db")};
        for (const auto& refused : {resume("runs.db"), cli(verified)})
            QVERIFY2(refused.code != 0 && refused.errors.contains("the founder has changed since run 1 began"),
                     refused.errors);
        changeOne();
        const auto goneOn = cli(verified);
        QVERIFY2(goneOn.code == 0, goneOn.errors);
    }

    void anEvaluatorThatTruncatesItsModelFailsOneChild() {
        fickle("c=${line#*checkpoint\\\": \\\"}; [ -e " + pathOf("once").toStdString() + " ] || { touch " +
               pathOf("once").toStdString() + "; truncate -s 100 ${c%%\\\"*}/model.safetensors; }");
        const auto ended = cli(runOfCopies("runs.db", ", handover: in-place"));
        QVERIFY2(ended.code == 0, ended.errors);
        QVERIFY(QFile::exists(pathOf("once")));
        const auto snapshot = RunCatalog(pathOf("runs.db").toStdString()).snapshot({1});
        std::vector<std::string> failures;
        for (const auto& pairing : snapshot.pairings)
            if (!pairing.failure.empty()) failures.push_back(pairing.failure);
        QCOMPARE(failures.size(), 1u);
        QVERIFY2(failures.front().find("model.safetensors: was truncated by another program") != std::string::npos,
                 failures.front().c_str());
    }
};

MERGARIUM_SUITE(ChangingFoundersTest)
#include "changing_founders_test.moc"
