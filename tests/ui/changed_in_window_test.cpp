#include "core/configuration/yaml.h"
#include "core/export/export_model.h"
#include "core/session/run_loop.h"
#include "core/store/run_catalog.h"
#include "tests/support/new_databases.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/births/birth_table.h"
#include "ui/births/births_view.h"
#include "ui/main_window.h"
#include "ui/runs/extend_dialog.h"
#include "ui/selection/selection.h"
#include "ui/setup/path_edit.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
using namespace mergarium::test;
using test::cell;

namespace {}  // namespace

/// What a person does to a run that is going on, in the window.
class ChangedInWindowTest : public QObject, test::NewDatabases {
    Q_OBJECT

    QTemporaryDir folder_;

    std::filesystem::path network() {
        const auto folder = folder_.filePath("network").toStdString();
        const auto place = newPlace();
        const auto last = test::finish(*RunLoop::begin(test::shortRun(30), place));
        exportModel({.database = place.database,
                     .run = {1},
                     .member = last.members[*bestSlot(last.members)]->id,
                     .folder = folder});
        return folder;
    }

private Q_SLOTS:
    void aFounderJoinsAPausedRun() {
        const auto model = network();
        const auto place = newPlace();
        MainWindow window({.workplace = {.database = place.database, .resources = test::kResources, .threads = 1}});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto& bench = window.workbench();
        const auto isIn = [&](Phase phase) { return bench.shown() && bench.shown()->phase == phase; };
        bench.start(test::shortRun(1'000'000));
        QTRY_VERIFY_WITH_TIMEOUT(isIn(Phase::Running) && bench.shown()->evaluations > 5, kPatience);
        bench.pause();
        QTRY_VERIFY_WITH_TIMEOUT(isIn(Phase::Paused), kPatience);
        const auto before = bench.shown()->evaluations;

        QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = window.findChild<ExtendDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        auto* go = dialog->findChild<QPushButton*>("extend");
        QVERIFY(!go->isEnabled());
        dialog->findChild<PathEdit*>("extend.founder")->setPath(QString::fromStdString(model.string()));
        QVERIFY(go->isEnabled());
        QTest::mouseClick(go, Qt::LeftButton);
        const auto founders = [&] { return bench.shown()->run->founders.size(); };
        QTRY_VERIFY_WITH_TIMEOUT(founders() == 3 && bench.shown()->evaluations > before + 5, kPatience);
        QCOMPARE(bench.shown()->run->founders.back().joined, before + 1);
        bench.stop();
        QTRY_VERIFY_WITH_TIMEOUT(isIn(Phase::Stopped), kPatience);
        const auto births = RunCatalog(place.database).births({1});
        QCOMPARE(births[before].origin, BirthOrigin::Founder);
    }

    void whatCantBeChangedIsSaidBeforeItIsTried_data() {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("said");
        QTest::newRow("a map")
            << "map-elites"
            << "Of this run's strategy crossover, splits, ratio, interpolation, mutation, snap, chromosomes, inherit "
               "and "
               "chance can change; everything else has to stay, since its members sit where their behaviours "
               "lie in the map.";
        QTest::newRow("competition") << "m2n2"
                                     << "";
    }
    void whatCantBeChangedIsSaidBeforeItIsTried() {
        QFETCH(QString, strategy);
        QFETCH(QString, said);
        const auto place = newPlace();
        auto configuration = parseConfiguration("strategy: {kind: " + strategy.toStdString() + "}", "test");
        configuration.evaluations = 20;
        configuration.device = "cpu";
        test::finish(*RunLoop::begin(configuration, place));
        MainWindow window({.workplace = {.database = place.database, .resources = test::kResources, .threads = 1}});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.workbench().open({1});
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() != nullptr, kPatience);
        QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = window.findChild<ExtendDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        const auto* label = dialog->findChild<QLabel*>("extend.stays");
        QTRY_COMPARE_WITH_TIMEOUT(label->text(), said, kPatience);
        QCOMPARE(label->isVisible(), !said.isEmpty());
    }

    void whatWasBredByHandIsMarkedAndFound() {
        const auto place = newPlace();
        {
            const auto loop = RunLoop::begin(test::shortRun(60), place);
            const std::atomic<bool> never = false;
            for (const std::uint64_t step : {12, 30}) {
                test::stepTo(*loop, step);
                const auto now = loop->snapshot(Phase::Paused);
                loop->breedByHand({now.members[0]->id, now.members[1]->id, {.splits = {9000}, .ratio = 0.3}}, never);
                loop->admitByHand();
            }
            test::finish(*loop);
        }
        Selection selection;
        BirthsView view(place.database, selection);
        view.resize(1100, 500);
        view.show();
        view.setSnapshot(std::make_shared<const SessionSnapshot>(RunCatalog(place.database).snapshot({1})));
        auto& births = *view.findChild<BirthTable*>();
        QTRY_VERIFY_WITH_TIMEOUT(births.rowCount() == 60 && births.birthAt(0), kPatience);
        const auto isBold = [&](int row) {
            return births.data(births.index(row, 0), Qt::FontRole).value<QFont>().bold();
        };
        // From the latest down.
        QTRY_VERIFY_WITH_TIMEOUT(births.birthAt(29) && births.birthAt(30), kPatience);
        QCOMPARE(births.birthAt(29)->step, 31u);
        QCOMPARE(cell(births, 29, BirthTable::OriginColumn), QString("by hand"));
        QVERIFY(isBold(29));
        QCOMPARE(cell(births, 30, BirthTable::OriginColumn), QString());
        QVERIFY(!isBold(30));

        auto* outcome = view.findChild<QComboBox*>("births.outcome");
        outcome->setCurrentIndex(outcome->findText("By hand"));
        QTRY_VERIFY_WITH_TIMEOUT(births.rowCount() == 2 && births.birthAt(0) && births.birthAt(1), kPatience);
        QCOMPARE(births.birthAt(0)->step, 31u);
        QCOMPARE(births.birthAt(1)->step, 13u);
    }
};

MERGARIUM_SUITE(ChangedInWindowTest)
#include "changed_in_window_test.moc"
