#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/session/workbench.h"
#include "ui/theme/plain_labels.h"

#include <SQLiteCpp/Database.h>

#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
namespace fs = std::filesystem;

// What a person is asked before a run of others begins.
class ConsentTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    Workplace place(const char* name) {
        const fs::path folder = folder_.path().toStdString();
        return {.database = folder / (std::string(name) + ".db"),
                .resources = test::kResources,
                .threads = 1,
                .lanes = 1,
                .trusted = TrustedPrograms(folder / name / "trusted-programs")};
    }
    /// The last state of what the workbench does now.
    static SnapshotPtr endOf(Workbench& workbench) {
        SnapshotPtr last;
        const auto connection =
            QObject::connect(&workbench, &Workbench::ended, [&](const SnapshotPtr& snapshot) { last = snapshot; });
        const bool ended = QTest::qWaitFor([&] { return last != nullptr; }, 60'000);
        QObject::disconnect(connection);
        return ended ? last : nullptr;
    }

private Q_SLOTS:
    void aProgramStartsOnceItIsApproved() {
        const auto configuration = readConfiguration(MERGARIUM_SOURCE_DIR "/resources/evaluators/example.yaml",
                                                     {{"task.program", "[./example.sh]"}, {"budget.evaluations", "3"}});
        const auto where = place("program");
        Workbench workbench(where);
        workbench.start(configuration);
        const auto refused = endOf(workbench);
        QVERIFY(refused && refused->phase == Phase::Failed && refused->consent);
        const auto program = std::get<Program>(*refused->consent);
        QCOMPARE(program.command, std::vector<std::string>{"./example.sh"});
        QVERIFY(!where.trusted.contains(program));
        QVERIFY(!fs::exists(where.database));

        workbench.agree(*refused->consent);
        const auto ended = endOf(workbench);
        QVERIFY2(ended && ended->phase == Phase::Finished, ended ? ended->message.c_str() : "it didn't end");
        QVERIFY(where.trusted.contains(program));
        // Another argument, or another folder, is another program.
        QVERIFY(!where.trusted.contains({{"./example.sh", "-x"}, program.folder}));
        QVERIFY(!where.trusted.contains({{"./other.sh"}, program.folder}));
        QVERIFY(!where.trusted.contains({program.command, program.folder / ".."}));
        workbench.start(configuration);
        QCOMPARE(endOf(workbench)->phase, Phase::Finished);
    }

    void aDamagedRunGoesBackOnceThePersonSaysSo() {
        const auto where = place("damaged");
        const auto whole = test::runToItsEnd(test::shortRun(40), where.database.string() + ".whole");
        {
            const std::atomic<bool> never = false;
            const auto loop = RunLoop::begin(test::shortRun(40),
                                             {.database = where.database, .resources = test::kResources, .threads = 1});
            for (int step = 0; step < 30; ++step) (void)loop->step(never);
            loop->store(Phase::Stopped);
        }
        SQLite::Database(where.database.string(), SQLite::OPEN_READWRITE)
            .exec("UPDATE births SET train = 0.5 WHERE step = 20");
        Workbench workbench(where);
        QSignalSpy failures(&workbench, &Workbench::failed);
        workbench.open({1});
        QTRY_COMPARE(failures.count(), 1);
        QVERIFY(failures[0][0].toString().contains("births"));

        workbench.resume({1});
        const auto refused = endOf(workbench);
        QVERIFY(refused && refused->consent);
        QVERIFY(std::get<DamagedRun>(*refused->consent).wholeUntil < 20);
        workbench.agree(*refused->consent);
        const auto ended = endOf(workbench);
        QVERIFY2(ended && ended->phase == Phase::Finished, ended ? ended->message.c_str() : "it didn't end");
        QCOMPARE(ended->archiveHash, whole.archiveHash);
    }

    void namesAreNoHtml() {
        showLabelsAsPlainText(*qApp);
        QLabel label("<b>bold</b>");
        label.ensurePolished();
        QCOMPARE(label.textFormat(), Qt::PlainText);
        QLabel rich("<b>bold</b>");
        rich.setTextFormat(Qt::RichText);
        rich.ensurePolished();
        QCOMPARE(rich.textFormat(), Qt::RichText);
    }
};

MERGARIUM_SUITE(ConsentTest)
#include "consent_test.moc"
