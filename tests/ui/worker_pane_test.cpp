#include "ui/overview/worker_pane.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"

#include <QLabel>
#include <QTableView>
#include <QTest>

using namespace mergarium;
using test::cell;

class WorkerPaneTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void workersAreShownWhereTheyScore() {
        WorkerPane pane;
        QVERIFY(pane.isHidden());
        const auto worker = [](const char* name, bool admitted, double silent) {
            return WorkerStanding{.name = name,
                                  .device = "CPU, 2 threads",
                                  .processor = "a kind",
                                  .state = admitted ? "scoring" : "lacks the founder \x1b[31mx",
                                  .isAdmitted = admitted,
                                  .tickets = 1234,
                                  .rate = 2.0,
                                  .secondsSilent = silent};
        };
        pane.setWorkers({worker("one", true, 0.5), worker("two", false, 0.5), worker("three", true, 90.0)});
        QVERIFY(!pane.isHidden());
        QCOMPARE(pane.findChild<QLabel*>("workers")->text(), QString("Workers: 1 of 3 score, 2.0 models a second."));
        const auto& model = *pane.findChild<QTableView*>()->model();
        QCOMPARE(cell(model, 0, WorkerTable::ScoredColumn), QString("1,234"));
        QCOMPARE(cell(model, 0, WorkerTable::SilenceColumn), QString("now"));
        QVERIFY(cell(model, 1, WorkerTable::StateColumn).contains("\\x1b[31mx"));
        QCOMPARE(cell(model, 2, WorkerTable::RateColumn), QString());
        QVERIFY(cell(model, 2, WorkerTable::SilenceColumn).endsWith("ago"));
        pane.setWorkers({});
        QVERIFY(pane.isHidden());
    }
};

MERGARIUM_SUITE(WorkerPaneTest)
#include "worker_pane_test.moc"
