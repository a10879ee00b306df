#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/export/export_dialog.h"

#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;

class ExportTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    void prepare(ExportDialog& dialog, const SnapshotPtr& snapshot) {
        dialog.setRun(snapshot->run->id, "Digits, from specialists!", exportChoices(*snapshot));
        dialog.findChild<QWidget*>("parent")->findChild<QLineEdit*>()->setText(folder_.path());
        dialog.show();
    }
    static QString verdict(const ExportDialog& dialog) { return dialog.findChild<QLabel*>("verdict")->text(); }
    static QPushButton* button(ExportDialog& dialog) { return dialog.findChild<QPushButton*>("export"); }

private Q_SLOTS:
    void theBestMemberComesFirst() {
        const auto snapshot = exampleSnapshot();
        const auto candidates = exportChoices(*snapshot).members;
        QCOMPARE(candidates.size(), 20u);
        QCOMPARE(candidates.front().member, snapshot->members[*bestSlot(snapshot->members)]->id);
    }

    void whatIsChosenIsWished() {
        ExportDialog dialog;
        const auto snapshot = exampleSnapshot();
        prepare(dialog, snapshot);
        dialog.choose(snapshot->members[4]->id);
        const auto id = snapshot->members[4]->id.value;
        QCOMPARE(dialog.findChild<QLineEdit*>("folder")->text(), QString("digits-from-specialists-%1").arg(id));
        dialog.findChild<QComboBox*>("dtype")->setCurrentText("bf16");
        dialog.findChild<QDoubleSpinBox*>("shard")->setValue(0.5);
        QSignalSpy wished(&dialog, &ExportDialog::exportRequested);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QCOMPARE(wished.size(), 1);
        const auto wish = wished[0][0].value<ExportWish>();
        QCOMPARE(wish.run, snapshot->run->id);
        QCOMPARE(wish.member.value, id);
        QCOMPARE(wish.dtype, std::optional(DType::BF16));
        QCOMPARE(wish.shardBytes, 500'000'000u);
        QCOMPARE(QString::fromStdString(wish.folder.string()),
                 folder_.filePath(QString("digits-from-specialists-%1").arg(id)));
    }

    void onlyPipelinesHaveAForm() {
        ExportDialog dialog;
        const auto snapshot = exampleSnapshot();
        auto* form = dialog.findChild<QComboBox*>("form");
        const auto wished = [&] {
            QSignalSpy wish(&dialog, &ExportDialog::exportRequested);
            QTest::mouseClick(button(dialog), Qt::LeftButton);
            return wish[0][0].value<ExportWish>().form;
        };
        prepare(dialog, snapshot);
        QVERIFY(!form->isVisible());
        QVERIFY(!wished());

        auto run = *snapshot->run;
        run.layout.tensors.front().name = "unet.conv_in.weight";
        auto pipelines = *snapshot;
        pipelines.run = std::make_shared<const RunDescription>(run);
        prepare(dialog, std::make_shared<const SessionSnapshot>(pipelines));
        QVERIFY(form->isVisible());
        QVERIFY(!wished());
        form->setCurrentIndex(2);
        QCOMPARE(wished(), std::optional(PipelineForm::SingleFile));
        // Of the run before nothing is left.
        prepare(dialog, snapshot);
        QVERIFY(!wished());
    }

    void aFolderThatIsThereIsRefusedAsItIsTyped() {
        ExportDialog dialog;
        prepare(dialog, exampleSnapshot());
        QVERIFY(button(dialog)->isEnabled());
        QDir(folder_.path()).mkdir("taken");
        dialog.findChild<QLineEdit*>("folder")->setText("taken");
        QVERIFY(!button(dialog)->isEnabled());
        QVERIFY(verdict(dialog).contains("is there already"));
        for (const char* bad : {"", "..", "a/b"}) {
            dialog.findChild<QLineEdit*>("folder")->setText(bad);
            QVERIFY(!button(dialog)->isEnabled());
        }
        dialog.findChild<QLineEdit*>("folder")->setText("free");
        QVERIFY(button(dialog)->isEnabled());
        dialog.findChild<QWidget*>("parent")->findChild<QLineEdit*>()->setText("/no/such/place");
        QVERIFY(verdict(dialog).contains("/no/such/place is no folder"));
    }

    void progressSaysRateAndTimeLeftAndCanBeCancelled() {
        ExportDialog dialog;
        prepare(dialog, exampleSnapshot());
        dialog.setRunning(true);
        QVERIFY(!dialog.findChild<QLineEdit*>("folder")->isEnabled());
        dialog.setProgress("Writing weights", 500'000'000, 2'000'000'000, 250e6);
        QCOMPARE(verdict(dialog), QString("Writing weights"));
        QCOMPARE(dialog.findChild<QLabel*>("rate")->text(), QString("500.0 MB of 2.0 GB, 250.0 MB/s, 6 s left"));
        QSignalSpy cancelled(&dialog, &ExportDialog::cancelRequested);
        QSignalSpy wished(&dialog, &ExportDialog::exportRequested);
        QTest::mouseClick(button(dialog), Qt::LeftButton);
        QCOMPARE(cancelled.size(), 1);
        QCOMPARE(wished.size(), 0);
        dialog.setFailure("/dev/full: no space left.");
        QVERIFY(verdict(dialog).contains("no space left"));
        QCOMPARE(button(dialog)->text().remove('&'), QString("Export"));
        QVERIFY(dialog.findChild<QLineEdit*>("folder")->isEnabled());
    }

    void closingWhileItIsWrittenAsksForTheEnd() {
        ExportDialog dialog;
        prepare(dialog, exampleSnapshot());
        QSignalSpy cancelled(&dialog, &ExportDialog::cancelRequested);
        dialog.reject();
        QCOMPARE(cancelled.size(), 0);
        dialog.show();
        dialog.setRunning(true);
        dialog.reject();
        QCOMPARE(cancelled.size(), 1);
        QVERIFY(!dialog.isVisible());
    }
};

MERGARIUM_SUITE(ExportTest)
#include "export_test.moc"
