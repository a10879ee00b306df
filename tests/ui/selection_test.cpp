#include "ui/selection/selection.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/attraction/attraction_matrix.h"
#include "ui/attraction/attraction_view.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_view.h"
#include "ui/inspector/inspector_view.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/selection/selection_label.h"
#include "ui/theme/theme.h"

#include <QSignalSpy>
#include <QTest>

#include <QLabel>
#include <QTableView>

using namespace mergarium;

namespace {

/// Whether a line in the accent's colour passes within two pixels of a point.
bool isFramedAt(QWidget& canvas, QPointF point) {
    const auto picture = canvas.grab().toImage();
    const double scale = picture.devicePixelRatio();
    const auto accent = colorsOf(canvas.palette()).accent.rgb();
    for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx) {
            const QPoint at(static_cast<int>(point.x() * scale) + dx, static_cast<int>(point.y() * scale) + dy);
            if (picture.rect().contains(at) && picture.pixel(at) == accent) return true;
        }
    return false;
}

template <class View>
void show(View& view, const SnapshotPtr& snapshot) {
    view.resize(1000, 700);
    view.setSnapshot(snapshot);
    view.show();
}

QString currentMember(const QTableView& table) { return table.currentIndex().siblingAtColumn(0).data().toString(); }

}  // namespace

class SelectionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsOnlyWhatIsNew() {
        Selection selection;
        QSignalSpy changed(&selection, &Selection::changed);
        selection.clear();
        QCOMPARE(changed.count(), 0);
        selection.select(MemberId{4});
        selection.select(MemberId{4});
        QCOMPARE(changed.count(), 1);
        selection.select(std::size_t{0});
        QCOMPARE(selection.member().value(), MemberId{4});
        QCOMPARE(selection.sample().value(), std::size_t{0});
        QCOMPARE(selection.latest(), Selection::Subject::Sample);
        // The same member again: it is what one looks at now.
        selection.select(MemberId{4});
        QCOMPARE(changed.count(), 3);
        QCOMPARE(selection.latest(), Selection::Subject::Member);
        selection.clear();
        QCOMPARE(changed.count(), 4);
        QVERIFY(!selection.member() && !selection.sample());
    }

    void theLabelSaysIt() {
        Selection selection;
        const SelectionLabel label(selection);
        QVERIFY(label.isHidden());
        selection.select(MemberId{412});
        QCOMPARE(label.text(), QString("Selected: #412"));
        selection.select(std::size_t{1033});
        QCOMPARE(label.text(), QString("Selected: #412, sample 1,033"));
        QVERIFY(!label.isHidden());
        selection.clear();
        QVERIFY(label.isHidden());
    }

    void aMemberIsMarkedInEveryView() {
        Selection selection;
        OverviewView overview(selection);
        NichesView niches(selection);
        GenomeView genome(selection);
        AttractionView attraction(selection);
        const auto snapshot = exampleSnapshot();
        show(overview, snapshot);
        show(niches, snapshot);
        show(genome, snapshot);
        show(attraction, snapshot);
        auto* table = overview.findChild<QTableView*>();
        auto* nicheCanvas = niches.findChild<NicheCanvas*>();
        auto* genomeCanvas = genome.findChild<GenomeCanvas*>();
        auto* matrix = attraction.findChild<AttractionMatrix*>();
        QTRY_COMPARE(table->model()->rowCount(), 20);
        QTRY_VERIFY(nicheCanvas->frame() && genomeCanvas->frame() && matrix->frame());

        const auto member = nicheCanvas->frame()->rows[6].member->id;
        const auto nicheRow = [&] { return nicheCanvas->places().rowRect(6).topRight() - QPointF(3, 0); };
        const auto genomeRow = [&] {
            return genomeCanvas->places().rowRect(*rankOf(genomeCanvas->frame()->rows, member)).bottomRight() -
                   QPointF(3, 0);
        };
        const auto& shown = matrix->frame()->members;
        const auto index = static_cast<std::size_t>(std::find(shown.begin(), shown.end(), member) - shown.begin());
        const auto cell = [&] { return matrix->cellRect(index, shown.size() - 1).topRight() - QPointF(3, 0); };
        QVERIFY(!isFramedAt(*nicheCanvas, nicheRow()));
        QVERIFY(!isFramedAt(*genomeCanvas, genomeRow()));
        QVERIFY(!isFramedAt(*matrix, cell()));

        selection.select(member);
        QCOMPARE(currentMember(*table), memberText(member));
        QVERIFY(isFramedAt(*nicheCanvas, nicheRow()));
        QVERIFY(isFramedAt(*genomeCanvas, genomeRow()));
        QVERIFY(isFramedAt(*matrix, cell()));

        selection.clear();
        QVERIFY(!table->currentIndex().isValid());
        QVERIFY(!isFramedAt(*nicheCanvas, nicheRow()));
        QVERIFY(!isFramedAt(*genomeCanvas, genomeRow()));
        QVERIFY(!isFramedAt(*matrix, cell()));
    }

    void aSampleIsMarkedWhereverItStands() {
        Selection selection;
        NichesView niches(selection);
        show(niches, exampleSnapshot());
        auto* canvas = niches.findChild<NicheCanvas*>();
        QTRY_VERIFY(canvas->frame());
        selection.select(std::size_t{50});
        const auto& order = *canvas->frame()->samples;
        const auto position = std::find(order.begin(), order.end(), 50u) - order.begin();
        const auto places = canvas->places();
        QVERIFY(isFramedAt(*canvas, {places.xOf(static_cast<double>(position)), places.unsolved.center().y()}));
    }

    void aBirthIsItsChild() {
        Selection selection;
        AttractionView view(selection);
        const auto snapshot = exampleSnapshot();
        show(view, snapshot);
        auto* table = view.findChild<QTableView*>();
        QTRY_VERIFY(table->model()->rowCount() > 3);
        table->selectRow(2);
        const auto& pairing = snapshot->pairings[snapshot->pairings.size() - 3];
        QCOMPARE(selection.member().value(), pairing.child);

        const auto& other = snapshot->pairings[snapshot->pairings.size() - 1];
        selection.select(other.child);
        QCOMPARE(table->currentIndex().row(), 0);
        QCOMPARE(selection.member().value(), other.child);
        selection.clear();
        QVERIFY(table->selectionModel()->selectedRows().isEmpty());
        QVERIFY(!selection.member());
    }

    void aViewThatWasHiddenCatchesUp() {
        Selection selection;
        OverviewView overview(selection);
        const auto snapshot = exampleSnapshot();
        overview.setSnapshot(snapshot);
        selection.select(snapshot->members[3]->id);
        overview.show();
        auto* table = overview.findChild<QTableView*>();
        QTRY_COMPARE(table->model()->rowCount(), 20);
        QCOMPARE(currentMember(*table), memberText(snapshot->members[3]->id));
    }
};

MERGARIUM_SUITE(SelectionTest)
#include "selection_test.moc"
