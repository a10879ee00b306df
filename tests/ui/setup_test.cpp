#include "ui/setup/new_run_page.h"
#include "ui/setup/run_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QtTest>

using namespace mergarium;

namespace {

std::vector<Preset> presets() { return readPresets(MERGARIUM_SOURCE_DIR "/resources"); }

}  // namespace

class SetupTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formKeepsEveryPresetAsItIs_data() {
        QTest::addColumn<int>("index");
        const auto all = presets();
        for (int index = 0; index < static_cast<int>(all.size()); ++index)
            QTest::newRow(all[static_cast<std::size_t>(index)].name.c_str()) << index;
    }

    void formKeepsEveryPresetAsItIs() {
        QFETCH(int, index);
        const auto configuration = presets()[static_cast<std::size_t>(index)].configuration;
        RunForm form;
        form.setConfiguration(configuration);
        QVERIFY(form.configuration() == configuration);
        QVERIFY(!form.violation());
        QVERIFY(!form.isChanged());
    }

    void formKeepsWhatIsOutOfTheOrdinary() {
        RunConfiguration configuration;
        configuration.splice.splits = {3, 64};
        configuration.splice.ratio = BetaRatio{0.25};
        configuration.splice.mutation = 0.0125;
        configuration.seed = 9'007'199'254'740'993ull;  // more than a double can hold
        configuration.competition.capacity = Capacity::Best;
        configuration.splice.interpolation = Interpolation::SlerpPerSide;
        configuration.device = "cuda:1";
        RunForm form;
        form.setConfiguration(configuration);
        QVERIFY(form.configuration() == configuration);
    }

    void impossibleValuesCantBeStarted_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("key");
        QTest::newRow("archive of one") << "strategy.archive" << "1" << "strategy.archive";
        QTest::newRow("no evaluations") << "budget.evaluations" << "0" << "budget.evaluations";
        QTest::newRow("least above most") << "splitsLeast" << "7" << "strategy.splits";
        QTest::newRow("no seed") << "seed" << "" << "seed";
        QTest::newRow("seed in words") << "seed" << "forty-two" << "seed";
        QTest::newRow("alpha too large") << "strategy.alpha" << "500" << "strategy.alpha";
        QTest::newRow("strange device") << "device" << "toaster" << "device";
    }

    void impossibleValuesCantBeStarted() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QString, key);
        NewRunPage page(presets());
        auto* start = page.findChild<QPushButton*>("start");
        QVERIFY(start->isEnabled());
        auto* editor = page.findChild<QWidget*>(field);
        QVERIFY(editor);
        if (auto* box = qobject_cast<QSpinBox*>(editor)) box->setValue(value.toInt());
        if (auto* box = qobject_cast<QDoubleSpinBox*>(editor)) box->setValue(value.toDouble());
        if (auto* line = qobject_cast<QLineEdit*>(editor)) line->setText(value);
        if (auto* choice = qobject_cast<QComboBox*>(editor)) choice->setCurrentText(value);
        QVERIFY(!start->isEnabled());
        QVERIFY(page.findChild<QLabel*>("verdict")->text().contains(key));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        page.start();
        QCOMPARE(started.size(), 0);
    }

    void strategyPresetsCompetitionAndAttraction() {
        RunForm form;
        auto* strategy = form.findChild<QComboBox*>("strategy.kind");
        strategy->setCurrentText("ga");
        QCOMPARE(form.configuration().competition.alpha, 0.0);
        QVERIFY(!form.configuration().attraction);
        QVERIFY(form.isChanged());
        form.reset();
        QVERIFY(!form.isChanged());
        QCOMPARE(form.configuration().competition.alpha, 1.0);
    }

    void presetStartsWithOneKey() {
        NewRunPage page(presets());
        page.show();
        QVERIFY(page.choosePreset("digits-specialists-ga"));
        QVERIFY(!page.choosePreset("no-such-preset"));
        QSignalSpy started(&page, &NewRunPage::startRequested);
        auto* list = page.findChild<QListWidget*>("presets");
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(started.size(), 1);
        QCOMPARE(started[0][0].value<RunConfiguration>().strategy, StrategyKind::Ga);
    }

    void memoryGrowsWithTheArchive() {
        RunConfiguration configuration;
        const double twenty = archiveBytes(configuration);
        configuration.archive = 200;
        QCOMPARE(archiveBytes(configuration), 10.0 * twenty);
    }
};

QTEST_MAIN(SetupTest)
#include "setup_test.moc"
