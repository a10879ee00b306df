#include "ui/sweep/sweep_page.h"
#include "core/store/run_catalog.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/small_sweep.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/sweep/sweep_form.h"
#include "ui/sweep/sweep_runs_model.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using test::cell;

namespace {

/// What runs came to, whatever their numbers.
QStringList hashesOf(const std::filesystem::path& database) {
    const RunCatalog catalog(database);
    QStringList hashes;
    for (const auto& run : catalog.runs())
        hashes
            << QString("%1 %2 %3").arg(run.arm.c_str()).arg(run.seed).arg(catalog.snapshot(run.id).archiveHash.c_str());
    hashes.sort();
    return hashes;
}

}  // namespace

class SweepPageTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    Workplace newPlace() {
        return {.database = folder_.filePath(QString("%1.db").arg(++files_)).toStdString(),
                .resources = kResources,
                .threads = 1};
    }

    QString write(const QString& name, const std::string& text) {
        std::ofstream(folder_.filePath(name).toStdString()) << text;
        return folder_.filePath(name);
    }

    /// A page that shows a sweep and has looked at it.
    struct Page {
        explicit Page(const Workplace& place) : page(place, {"digits-scratch", "digits-specialists"}) {
            page.resize(660, 700);
            page.show();
        }
        void open(const QString& path) {
            page.open(path);
            QTRY_VERIFY_WITH_TIMEOUT(start().isEnabled() || !says("Looking"), kPatience);
        }
        void type(const std::string& text) {
            page.findChild<QPlainTextEdit*>()->setPlainText(QString::fromStdString(text));
            QTRY_VERIFY_WITH_TIMEOUT(!says("Looking"), kPatience);
        }
        QString verdict() const { return page.findChild<QLabel*>("sweep.verdict")->text(); }
        bool says(const QString& words) const { return verdict().contains(words); }
        QString text() const { return page.findChild<QPlainTextEdit*>()->toPlainText(); }
        QPushButton& start() const { return *page.findChild<QPushButton*>("sweep.start"); }
        QTableView& table(const char* name) const { return *page.findChild<QTableView*>(name); }
        QAbstractItemModel& runs() const { return *table("sweep.runs").model(); }
        int countIn(const QString& state) const {
            int count = 0;
            for (int row = 0; row < runs().rowCount(); ++row)
                count += cell(runs(), row, SweepRunsModel::StateColumn) == state;
            return count;
        }
        SweepPage page;
    };

private Q_SLOTS:
    void everySweepThatShipsCanBeStarted() {
        Page page(newPlace());
        auto* presets = page.page.findChild<QComboBox*>("sweep.preset");
        QVERIFY(presets->count() >= 4);
        for (int index = 0; index < presets->count(); ++index) {
            QVERIFY(page.page.choosePreset(presets->itemText(index)));
            QTRY_VERIFY_WITH_TIMEOUT(page.text().contains("name: " + presets->itemText(index)), kPatience);
            QTRY_VERIFY2_WITH_TIMEOUT(page.start().isEnabled(), qPrintable(page.verdict()), kPatience);
        }
        QVERIFY(page.page.choosePreset("paper-specialists"));
        QTRY_VERIFY_WITH_TIMEOUT(page.says("7 arms and 10 seeds: 70 runs, 700,000 evaluations in all."), kPatience);
        QCOMPARE(page.runs().rowCount(), 70);
        QVERIFY(!page.page.choosePreset("none such"));
    }

    void fieldsAndTextAreTheSameSweep() {
        Page page(newPlace());
        page.open(write("small.yaml", test::kSmallSweep));
        QTRY_COMPARE_WITH_TIMEOUT(page.runs().rowCount(), 4, kPatience);
        QVERIFY(page.says("2 arms and 2 seeds: 4 runs, 240 evaluations in all."));
        // An axis is typed into the last row.
        auto& axes = page.table("sweep.axes");
        axes.model()->setData(axes.model()->index(0, 0), "strategy.archive");
        axes.model()->setData(axes.model()->index(0, 1), "10, 20, 30");
        QTRY_COMPARE_WITH_TIMEOUT(page.runs().rowCount(), 12, kPatience);
        QVERIFY(page.text().contains("  strategy.archive: [10, 20, 30]"));
        QCOMPARE(cell(page.runs(), 1, SweepRunsModel::ArmColumn), QString("m2n2, archive 20"));
        QCOMPARE(page.page.findChild<QComboBox*>("sweep.preset")->currentIndex(), -1);
        // The text leads as well.
        page.type(page.text().replace("seeds: 2", "seeds: [4, 9, 11]").toStdString());
        QTRY_COMPARE_WITH_TIMEOUT(page.runs().rowCount(), 18, kPatience);
        QCOMPARE(page.page.findChild<QLineEdit*>("sweep.seeds")->text(), QString("4, 9, 11"));
        QCOMPARE(cell(page.runs(), 17, SweepRunsModel::SeedColumn), QString("11"));
    }

    void whatCantRunIsSaidInOneSentenceWithKeyAndLine_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("key") << "{strategy: {kind: ga}}"
                             << "{strategy.alhpa: 1}"
                             << "line 7, arm 'ga': strategy.alhpa: is not a known key";
        QTest::newRow("value") << "m2n2: {}"
                               << "m2n2: {strategy.archive: 1}"
                               << "line 6, arm 'm2n2': strategy.archive: must be";
        QTest::newRow("base") << "digits-specialists"
                              << "nothing"
                              << "base: 'nothing' is neither a preset nor a file";
        QTest::newRow("YAML") << "seeds: 2"
                              << "seeds: [2"
                              << "this is not YAML";
        QTest::newRow("name") << "name: small"
                              << "name: 12"
                              << "name: a sweep needs a name";
        QTest::newRow("unknown") << "seeds: 2"
                                 << "sedes: 2"
                                 << "line 8: sedes: is not a known key";
    }
    void whatCantRunIsSaidInOneSentenceWithKeyAndLine() {
        QFETCH(QString, change);
        QFETCH(QString, to);
        QFETCH(QString, says);
        Page page(newPlace());
        page.open(write("small.yaml", test::kSmallSweep));
        QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
        page.type(QString(test::kSmallSweep).replace(change, to).toStdString());
        QTRY_VERIFY2_WITH_TIMEOUT(page.verdict().contains(says.toHtmlEscaped()), qPrintable(page.verdict()), kPatience);
        QVERIFY(!page.verdict().contains('\n'));
        QVERIFY(!page.start().isEnabled());
        QCOMPARE(page.runs().rowCount(), 0);
        page.page.start();
        QVERIFY(!page.page.isGoing());
        page.type(test::kSmallSweep);
        QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
    }

    void filesAreDroppedAndOtherFilesRefused() {
        Page page(newPlace());
        const auto drop = [&](const QString& path) {
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile(path)});
            QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(&page.page, &enter);
            QVERIFY(enter.isAccepted());
            QDropEvent event({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(&page.page, &event);
        };
        QSignalSpy said(&page.page, &SweepPage::said);
        drop(write("small.yaml", test::kSmallSweep));
        QTRY_VERIFY_WITH_TIMEOUT(page.text().contains("name: small"), kPatience);
        // A run configuration becomes the base of a sweep.
        drop(write("mine.yaml", "name: mine\nfounders: random\nbudget: {evaluations: 50}\n"));
        QTRY_VERIFY_WITH_TIMEOUT(page.text().contains(folder_.filePath("mine.yaml")), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(page.says("neither arms nor axes"), kPatience);
        auto& arms = page.table("sweep.arms");
        arms.model()->setData(arms.model()->index(0, 0), "as it is");
        QTRY_VERIFY2_WITH_TIMEOUT(page.says("1 arm and 1 seed: 1 run, 50 evaluations in all."),
                                  qPrintable(page.verdict()), kPatience);
        drop(write("model.safetensors", std::string("{\0x", 3)));
        QTRY_COMPARE_WITH_TIMEOUT(said.size(), 1, kPatience);
        QVERIFY(said[0][0].value<Message>().sentence.contains("this is not the text of a sweep"));
        drop("/no/such/file.yaml");
        QTRY_COMPARE_WITH_TIMEOUT(said.size(), 2, kPatience);
        QVERIFY(page.text().contains("as it is"));
    }

    void startedStoppedAndGoneOnWithItEndsAsUninterrupted() {
        const auto whole = newPlace();
        SweepSession uninterrupted(
            parseSweep(QString(test::kSmallSweep).replace("60", "400").toStdString(), "whole", {}, kResources),
            {.database = whole.database, .resources = kResources, .jobs = 1, .threads = 1});
        while (uninterrupted.advance()) QThread::yieldCurrentThread();

        const auto place = newPlace();
        {
            Page page(place);
            QSignalSpy said(&page.page, &SweepPage::said);
            QSignalSpy runsChanged(&page.page, &SweepPage::runsChanged);
            page.open(write("small.yaml", QString(test::kSmallSweep).replace("60", "400").toStdString()));
            QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
            QCOMPARE(page.start().text(), QString("S&tart"));
            QTest::mouseClick(&page.start(), Qt::LeftButton);
            QVERIFY(page.page.isGoing());
            QVERIFY(!page.page.findChild<SweepForm*>()->isEnabled());
            QVERIFY(page.page.findChild<QPlainTextEdit*>()->isReadOnly());
            QTRY_VERIFY_WITH_TIMEOUT(page.countIn("Finished") >= 1, kPatience);
            QVERIFY(page.page.findChild<QLabel*>("sweep.progress")->text().contains("of 4 runs"));
            QTest::mouseClick(&page.start(), Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(!page.page.isGoing(), kPatience);
            QVERIFY(page.countIn("Finished") < 4);
            QVERIFY(said.last()[0].value<Message>().sentence.contains("was stopped"));
            QVERIFY(runsChanged.size() >= 2);
            QCOMPARE(page.start().text(), QString("&Go on"));
        }
        // Another sitting finds what is stored, and goes on with it.
        Page page(place);
        QSignalSpy said(&page.page, &SweepPage::said);
        QSignalSpy opened(&page.page, &SweepPage::openRequested);
        page.page.findChild<QSpinBox*>("sweep.jobs")->setValue(2);
        page.open(folder_.filePath("small.yaml"));
        QTRY_VERIFY2_WITH_TIMEOUT(page.says("stored are"), qPrintable(page.verdict()), kPatience);
        QTest::mouseClick(&page.start(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!page.page.isGoing(), kPatience);
        QCOMPARE(page.countIn("Finished"), 4);
        QVERIFY(said.last()[0].value<Message>().sentence.contains("has finished: 4 of 4 runs"));
        QVERIFY(!page.start().isEnabled());
        QVERIFY(page.says("everything is stored"));
        QCOMPARE(hashesOf(place.database), hashesOf(whole.database));
        // What names of arms end with tells them apart.
        QCOMPARE(page.table("sweep.runs").textElideMode(), Qt::ElideMiddle);
        page.table("sweep.runs").setCurrentIndex(page.runs().index(2, 0));
        QTest::keyClick(&page.table("sweep.runs"), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        const auto run = opened[0][0].value<RunId>();
        QCOMPARE(RunCatalog(place.database).configuration(run).seed, 2u);
    }

    void anotherConfigurationUnderTheSameNameIsRefusedBeforeItStarts() {
        const auto place = newPlace();
        Page page(place);
        page.open(write("small.yaml", test::kSmallSweep));
        QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
        page.page.start();
        QTRY_VERIFY_WITH_TIMEOUT(!page.page.isGoing(), kPatience);
        page.type(QString(test::kSmallSweep).replace("60", "61").toStdString());
        QTRY_VERIFY2_WITH_TIMEOUT(page.says("was made with another configuration"), qPrintable(page.verdict()),
                                  kPatience);
        QVERIFY(!page.start().isEnabled());
        page.type(QString(test::kSmallSweep).replace("60", "61").replace("name: small", "name: other").toStdString());
        QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
    }

    void closingThePageStopsTheSweepAndStoresIt() {
        const auto place = newPlace();
        {
            Page page(place);
            page.open(write("long.yaml", QString(test::kSmallSweep).replace("60", "1000000").toStdString()));
            QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
            page.page.start();
            QTRY_VERIFY_WITH_TIMEOUT(page.page.isGoing() && page.countIn("Running") == 1, kPatience);
            QTRY_VERIFY_WITH_TIMEOUT(cell(page.runs(), 0, SweepRunsModel::TestColumn).contains('%'), kPatience);
        }
        const auto runs = RunCatalog(place.database).runs();
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0].phase, Phase::Stopped);
    }

    void whatCannotBeginIsSaidAndThePageLives() {
        auto place = newPlace();
        place.database = "/nonexistent/folder/runs.db";
        Page page(place);
        QSignalSpy said(&page.page, &SweepPage::said);
        page.open(write("small.yaml", test::kSmallSweep));
        QTRY_VERIFY_WITH_TIMEOUT(page.start().isEnabled(), kPatience);
        page.page.start();
        QTRY_VERIFY_WITH_TIMEOUT(!page.page.isGoing(), kPatience);
        QCOMPARE(said.last()[0].value<Message>().kind, Message::Kind::Error);
        QVERIFY(said.last()[0].value<Message>().sentence.contains("/nonexistent/folder"));
    }

    void aSavedSweepIsOneThatTheCommandLineReads() {
        Page page(newPlace());
        QSignalSpy said(&page.page, &SweepPage::said);
        page.open(write("small.yaml", test::kSmallSweep));
        QTRY_COMPARE_WITH_TIMEOUT(page.runs().rowCount(), 4, kPatience);
        auto& arms = page.table("sweep.arms");
        arms.model()->setData(arms.model()->index(2, 0), "64 splits, Beta 0.3: ours");
        arms.model()->setData(arms.model()->index(2, 1), "strategy.splits: 64, strategy.ratio: {beta: 0.3}");
        QTRY_COMPARE_WITH_TIMEOUT(page.runs().rowCount(), 6, kPatience);
        const auto path = folder_.filePath("saved.yaml");
        page.page.save(path);
        QCOMPARE(said.size(), 1);
        const auto sweep = readSweep(path.toStdString(), kResources);
        QCOMPARE(sweep.arms.size(), std::size_t{3});
        QCOMPARE(sweep.arms[2].name, std::string("64 splits, Beta 0.3: ours"));
        QCOMPARE(sweep.description, std::string("What it shows."));
        QCOMPARE(sweep.published.size(), std::size_t{1});
        page.page.save("/no/such/folder/a.yaml");
        QCOMPARE(said.last()[0].value<Message>().kind, Message::Kind::Error);
    }
};

MERGARIUM_SUITE(SweepPageTest)
#include "sweep_page_test.moc"
