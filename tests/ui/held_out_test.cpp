#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/members/member_text.h"
#include "ui/overview/progress_plot.h"
#include "ui/session/run_text.h"

#include <QTest>

using namespace mergarium;

/// Runs that hold samples out, and runs that don't.
class HeldOutTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWasNeverHeldOutIsNoZero() {
        ProgressPlot plot;
        auto points = *exampleSnapshot()->curve;
        for (auto& point : points) point.bestTest = 0.0;
        plot.setCurve(std::make_shared<const std::vector<ProgressPoint>>(points), 10'000);
        QVERIFY2(!plot.legendText(2).contains('%'), qPrintable(plot.legendText(2)));
        QVERIFY(!plot.graph(2)->visible());
        QVERIFY(plot.yAxis->range().lower > 0.0);
    }

    void theEndNamesTheMemberThatItSpeaksOf() {
        auto snapshot = *exampleSnapshot();
        const auto slot = *bestSlot(snapshot.members);
        snapshot.test[slot] = 0.684;
        const auto name = memberText(snapshot.members[slot]->id);
        QVERIFY2(finishText(snapshot).contains(name), qPrintable(finishText(snapshot)));
        QVERIFY(finishText(snapshot).contains("68.4 %"));
        for (auto& test : snapshot.test) test.reset();
        QVERIFY(finishText(snapshot).contains(name));
        QVERIFY(finishText(snapshot).contains("nothing was held out"));
    }
};

MERGARIUM_SUITE(HeldOutTest)
#include "held_out_test.moc"
