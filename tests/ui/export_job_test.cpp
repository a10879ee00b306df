#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/export/export_desk.h"
#include "ui/export/export_dialog.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <latch>

using namespace mergarium;

class ExportJobTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theJobTellsHowFarItIsAndHowItEnded() {
        std::latch seen(1);
        ExportJob job(nullptr, [&](const ExportRequest& request, const Announce& announce) {
            announce("Writing weights", 1, 4);
            seen.wait();
            return ExportResult{.folder = request.folder, .bytes = 4, .hash = "abc"};
        });
        QSignalSpy progressed(&job, &ExportJob::progressed);
        QSignalSpy finished(&job, &ExportJob::finished);
        job.start({.folder = "/out"});
        QVERIFY(job.isRunning());
        QTRY_VERIFY(!progressed.isEmpty());
        QCOMPARE(progressed[0][0].toString(), QString("Writing weights"));
        QCOMPARE(progressed[0][2].value<std::uint64_t>(), 4u);
        seen.count_down();
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!job.isRunning());
        QCOMPARE(finished[0][0].value<ExportResult>().folder.string(), std::string("/out"));
    }

    void cancellingEndsItAtTheNextPiece() {
        ExportJob job(nullptr, [](const ExportRequest&, const Announce& announce) -> ExportResult {
            while (announce("Writing", 0, 1)) std::this_thread::yield();
            throw Cancelled();
        });
        QSignalSpy cancelled(&job, &ExportJob::cancelled);
        job.start({});
        job.cancel();
        QTRY_COMPARE(cancelled.size(), 1);
        QVERIFY(!job.isRunning());
    }

    void destroyingTheJobCancelsIt() {
        std::atomic<bool> ended = false;
        {
            ExportJob job(nullptr, [&](const ExportRequest&, const Announce& announce) -> ExportResult {
                while (announce("Writing", 0, 1)) std::this_thread::yield();
                ended = true;
                throw Cancelled();
            });
            job.start({});
        }
        QVERIFY(ended);
    }

    void theDeskTakesAModelFromTheWishToTheVerifiedFolder() {
        QTemporaryDir folder;
        QWidget window;
        ExportRequest asked;
        ExportDesk desk("/runs.db", &window, [&](const ExportRequest& request, const Announce&) {
            asked = request;
            return ExportResult{.folder = request.folder, .bytes = 2'200'000'000, .hash = "0123456789abcdef"};
        });
        QSignalSpy said(&desk, &ExportDesk::said);
        desk.ask(nullptr, {});
        QVERIFY(said.takeFirst()[0].value<Message>().sentence.contains("no model to export"));

        const auto snapshot = exampleSnapshot();
        desk.ask(snapshot, snapshot->members[3]->id);
        auto& dialog = desk.dialog();
        QVERIFY(dialog.isVisible());
        dialog.findChild<QWidget*>("parent")->findChild<QLineEdit*>()->setText(folder.path());
        QTest::mouseClick(dialog.findChild<QPushButton*>("export"), Qt::LeftButton);
        QTRY_COMPARE(said.size(), 1);
        QCOMPARE(asked.member, snapshot->members[3]->id);
        QCOMPARE(asked.run, snapshot->run->id);
        QCOMPARE(asked.database.string(), std::string("/runs.db"));
        const auto message = said[0][0].value<Message>();
        QVERIFY(message.sentence.contains("2.2 GB") && message.sentence.contains("verified") &&
                message.sentence.contains("0123456789ab"));
        QVERIFY(message.sentence.contains(folder.path()));
        QVERIFY(!dialog.isVisible());
    }

    void aFailureStaysInTheDialogAndIsSaid() {
        QTemporaryDir folder;
        QWidget window;
        ExportDesk desk("/runs.db", &window, [](const ExportRequest&, const Announce&) -> ExportResult {
            throw std::runtime_error("/models/a: the founder has changed.");
        });
        QSignalSpy said(&desk, &ExportDesk::said);
        desk.ask(exampleSnapshot(), {});
        desk.dialog().findChild<QWidget*>("parent")->findChild<QLineEdit*>()->setText(folder.path());
        QTest::mouseClick(desk.dialog().findChild<QPushButton*>("export"), Qt::LeftButton);
        QTRY_COMPARE(said.size(), 1);
        QCOMPARE(said[0][0].value<Message>().kind, Message::Kind::Error);
        QVERIFY(desk.dialog().findChild<QLabel*>("verdict")->text().contains("the founder has changed"));
        QVERIFY(desk.dialog().isVisible());
    }
};

MERGARIUM_SUITE(ExportJobTest)
#include "export_job_test.moc"
