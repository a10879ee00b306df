#include "ui/genome/genome_view.h"
#include "core/genome/recipe_genome.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/shown_words.h"
#include "tests/support/suite.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_frame.h"
#include "ui/genome/genome_readout.h"
#include "ui/members/member_text.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

using namespace mergarium;
using namespace mergarium::test;

namespace {

GenomeFramePtr frameOf(const SnapshotPtr& snapshot, std::size_t width = 300) {
    return makeGenomeFrame({.snapshot = snapshot, .range = {}, .width = width}, nullptr);
}

std::size_t rowOf(const GenomeFrame& frame, MemberId id) { return *rankOf(frame.rows, id); }

/// Euclidean distance in CIE L*a*b* (D65).
double distance(QRgb a, QRgb b) {
    const auto lab = [](QRgb color) {
        const auto linear = [](int code) {
            const double v = code / 255.0;
            return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
        };
        const double red = linear(qRed(color)), green = linear(qGreen(color)), blue = linear(qBlue(color));
        const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0; };
        const double x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
        const double y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
        const double z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
        return std::array{116 * y - 16, 500 * (x - y), 200 * (y - z)};
    };
    const auto p = lab(a), q = lab(b);
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

}  // namespace

class GenomeViewTest : public QObject {
    Q_OBJECT

    static GenomeCanvas* shown(GenomeView& view, const SnapshotPtr& snapshot) {
        view.resize(1000, 700);
        view.setSnapshot(snapshot);
        view.show();
        auto* canvas = view.findChild<GenomeCanvas*>();
        [&] {
            QTRY_VERIFY(canvas->frame() && canvas->frame()->snapshot == snapshot && !canvas->frame()->bins.empty());
        }();
        return canvas;
    }
    static QPoint pointOf(const GenomeCanvas& canvas, std::uint64_t position, std::size_t row) {
        const auto g = canvas.places();
        return QPointF(g.xOf(static_cast<double>(position) + 0.5), g.rowRect(row).center().y()).toPoint();
    }
    static PositionRange whole(const GenomeCanvas& canvas) { return {0, canvas.frame()->layout().length()}; }

private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }

    void foundersAreTheEndsOfTheScaleAndChildrenLieBetween() {
        const auto snapshot = exampleSnapshot();
        const auto frame = frameOf(snapshot);
        const FounderColors colors(2);
        for (std::uint64_t founder = 0; founder < 2; ++founder) {
            const auto row = static_cast<int>(rowOf(*frame, {founder + 1}));
            for (int x = 0; x < frame->image.width(); ++x)
                QCOMPARE(frame->image.pixel(x, row), colors.of(founder).rgb());
        }
        // Bred from both: neither colour.
        const auto row = static_cast<int>(rowOf(*frame, snapshot->members[2]->id));
        const auto last = frame->image.pixel(frame->image.width() - 1, row);
        for (std::size_t founder = 0; founder < 2; ++founder) QVERIFY(distance(last, colors.of(founder).rgb()) > 2.0);
    }

    void aSplitShowsWhereItIs() {
        const auto later = laterSnapshot(exampleSnapshot());
        const auto frame = frameOf(later, 1000);
        const auto row = rowOf(*frame, {later->evaluations + 2});
        const auto& splice = frame->rows[row].member->parentage->splice;
        const FounderColors colors(2);
        const float ratio = static_cast<float>(splice.ratio);
        for (std::size_t bin = 0; bin < frame->bins.size(); ++bin) {
            if (frame->bins[bin].begin <= splice.splits[0] && splice.splits[0] < frame->bins[bin].end) continue;
            const float second = frame->bins[bin].end <= splice.splits[0] ? ratio : 1.0f - ratio;
            const auto expected = colors.mixture(std::array{1.0f - second, second});
            QVERIFY(distance(frame->image.pixel(static_cast<int>(bin), static_cast<int>(row)), expected) < 1.5);
        }
        QCOMPARE(frame->family.newborn, std::optional(row));
    }

    void onlyRowsWhoseMemberChangedArePaintedAnew() {
        const auto snapshot = exampleSnapshot();
        const auto before = frameOf(snapshot);
        QCOMPARE(before->paintedRows, 20u);
        const auto later = laterSnapshot(snapshot);
        const auto after = makeGenomeFrame({.snapshot = later, .range = {}, .width = 300}, before);
        QCOMPARE(after->paintedRows, 1u);
        QCOMPARE(after->image, frameOf(later)->image);
        const auto zoomed = makeGenomeFrame({.snapshot = later, .range = {100, 5000}, .width = 300}, after);
        QCOMPARE(zoomed->paintedRows, 20u);
        QCOMPARE(zoomed->range(), (VectorRange{100, 5000}));
    }

    void aMemberWithoutRecipeIsTransparentAndSaysSo() {
        auto snapshot = std::make_shared<SessionSnapshot>(*exampleSnapshot());
        auto member = std::make_shared<Member>(*snapshot->members[5]);
        member->genome = nullptr;
        snapshot->members[5] = member;
        const auto frame = frameOf(snapshot);
        const auto row = rowOf(*frame, member->id);
        QCOMPARE(qAlpha(frame->image.pixel(3, static_cast<int>(row))), 0);
        QVERIFY(readoutText(*frame, {3, 4}, row).contains("its recipe is not known"));
        QVERIFY(whyNothingIsPainted(*snapshot).isEmpty());
    }

    void coloursOfFoundersAreToldApart() {
        for (const std::size_t count : {2u, 3u, 7u, 14u}) {
            const FounderColors colors(count);
            for (std::size_t a = 0; a < count; ++a)
                for (std::size_t b = 0; b < a; ++b) QVERIFY(distance(colors.of(a).rgb(), colors.of(b).rgb()) > 15.0);
            std::vector<float> alone(count, 0.0f);
            alone[count - 1] = 1.0f;
            QCOMPARE(colors.mixture(alone), colors.of(count - 1).rgb());
        }
    }

    void threeFoundersBlend() {
        const FounderColors colors(3);
        const auto even = colors.mixture(std::array{0.5f, 0.0f, 0.5f});
        for (const std::size_t founder : {0u, 2u}) QVERIFY(distance(even, colors.of(founder).rgb()) > 10.0);
        QCOMPARE(qAlpha(even), 255);
        QCOMPARE(qAlpha(colors.mixture(std::array{0.0f, 0.0f, 0.0f})), 0);
        const auto frame = frameOf(exampleSnapshot({.founders = 3}));
        QCOMPARE(frame->founders.size(), 3u);
    }

    void theReadoutNamesTensorPositionAndCoefficients() {
        const auto later = laterSnapshot(exampleSnapshot());
        const auto frame = frameOf(later, 100'000);
        const auto row = rowOf(*frame, {later->evaluations + 2});
        const auto& splice = frame->rows[row].member->parentage->splice;
        const auto position = splice.splits[0] > 16'400 ? 3u : 16'400u;
        const auto column = columnAt(*frame, position);
        const auto text = readoutText(*frame, column, row);
        QVERIFY(text.contains(memberText({later->evaluations + 2})));
        QVERIFY(text.contains(position == 3u ? "hidden.weight, position 3" : "hidden.bias, position 16,400"));
        const double second = position < splice.splits[0] ? splice.ratio : 1.0 - splice.ratio;
        QVERIFY(text.contains(QString("%1 \u00d7 digits 0-4 + %2 \u00d7 digits 5-9")
                                  .arg(1.0 - second, 0, 'f', 3)
                                  .arg(second, 0, 'f', 3)));
        QVERIFY(readoutText(*frame, column, std::nullopt).contains(position == 3u ? "64 \u00d7 256" : "256"));
        QVERIFY(axisText(*frame).contains("19,210 parameters; each column is one"));
    }

    void genesAreShownWhereChildrenInheritThemWhole() {
        auto snapshot = std::make_shared<SessionSnapshot>(*exampleSnapshot());
        auto run = std::make_shared<RunDescription>(*snapshot->run);
        run->genes = tensorGenes(run->layout);
        snapshot->run = run;
        auto member = std::make_shared<Member>(*snapshot->members[0]);
        // The first tensor is the first founder's, the others are the second's.
        Recipe recipe{
            .founders = 2, .ends = {1, run->genes->size()}, .coefficients = {1.0, 0.0, 0.0, 1.0}, .genes = run->genes};
        member->genome = std::make_shared<const RecipeGenome>(std::move(recipe));
        snapshot->members[0] = member;
        const auto frame = frameOf(snapshot);
        QCOMPARE(frame->bins.size(), run->layout.tensors.size());
        QVERIFY(axisText(*frame).contains("Genes in depth order, 4 in all; each column is one"));
        const auto row = rowOf(*frame, member->id);
        const FounderColors colors(2);
        for (std::size_t gene = 0; gene < 4; ++gene)
            QCOMPARE(frame->image.pixel(static_cast<int>(gene), static_cast<int>(row)),
                     colors.of(gene == 0 ? 0 : 1).rgb());
        QVERIFY(readoutText(*frame, {1, 2}, row).contains("gene 1: 0.000 \u00d7 digits 0-4 + 1.000"));
        QVERIFY(readoutText(*frame, {1, 2}, std::nullopt).contains("hidden.bias: 1 gene, number 1."));
    }

    void aClickTellsTheMemberAndTheCursorReadsTheSame() {
        Selection selection;
        GenomeView view(selection);
        auto* canvas = shown(view, exampleSnapshot());
        QTest::mouseClick(canvas, Qt::LeftButton, {}, pointOf(*canvas, 9000, 4));
        QCOMPARE(selection.member().value(), canvas->frame()->rows[4].member->id);

        QTest::keyClick(canvas, Qt::Key_Down);
        const auto id = memberText(canvas->frame()->rows[5].member->id);
        QVERIFY(canvas->accessibleDescription().contains(id));
        QVERIFY(canvas->accessibleDescription().contains("hidden.weight"));
        QVERIFY(shows(view, canvas->accessibleDescription()));
        const auto before = canvas->accessibleDescription();
        QTest::keyClick(canvas, Qt::Key_Right);
        QVERIFY(canvas->accessibleDescription() != before);
        QTest::keyClick(canvas, Qt::Key_Return);
        QCOMPARE(memberText(selection.member().value()), id);
    }

    void aDoubleClickZoomsToTheTensorThenToItsLayerThenBack() {
        Selection selection;
        GenomeView view(selection);
        auto* canvas = shown(view, exampleSnapshot());
        const auto doubleClick = [&](std::uint64_t position) {
            QTest::mouseDClick(canvas, Qt::LeftButton, {}, pointOf(*canvas, position, 2));
        };
        const auto& tensors = canvas->frame()->layout().tensors;
        doubleClick(17'000);
        QCOMPARE(canvas->range().begin, tensors[2].begin);
        QCOMPARE(canvas->range().end, tensors[2].begin + tensors[2].count);
        QTRY_COMPARE(canvas->frame()->range(), (VectorRange{tensors[2].begin, tensors[2].begin + tensors[2].count}));
        doubleClick(17'000);
        QCOMPARE(canvas->range().end, whole(*canvas).end);
        QCOMPARE(canvas->range().begin, tensors[2].begin);
        doubleClick(17'000);
        QCOMPARE(canvas->range().begin, 0u);
        // By keyboard, at the cursor.
        QTest::mouseClick(canvas, Qt::LeftButton, {}, pointOf(*canvas, 400, 2));
        QTest::keyClick(canvas, Qt::Key_T);
        QCOMPARE(canvas->range().end, tensors[0].count);
    }

    void wheelAndKeysZoomAroundTheMouse() {
        Selection selection;
        GenomeView view(selection);
        auto* canvas = shown(view, exampleSnapshot());
        const auto place = pointOf(*canvas, 12'000, 2);
        const auto turn = [&](int angle) {
            QWheelEvent event(place, canvas->mapToGlobal(place), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(canvas, &event);
        };
        for (int i = 0; i < 8; ++i) turn(120);
        const auto seen = canvas->range();
        QVERIFY(seen.end - seen.begin < 19'210 / 5);
        QVERIFY(seen.begin < 12'000 && 12'000 < seen.end);
        QTRY_VERIFY(canvas->frame()->range().begin == seen.begin && canvas->frame()->range().end == seen.end);
        QTest::keyClick(canvas, Qt::Key_Home);
        QCOMPARE(canvas->range().end, whole(*canvas).end);
        QTest::keyClick(canvas, Qt::Key_Plus);
        QVERIFY(canvas->range().end - canvas->range().begin < 19'210);
        QTest::keyClick(canvas, Qt::Key_Minus);
        QCOMPARE(canvas->range().end - canvas->range().begin, 19'210u);
    }

    void theCursorStaysWithItsMember() {
        Selection selection;
        GenomeView view(selection);
        const auto snapshot = exampleSnapshot();
        auto* canvas = shown(view, snapshot);
        QTest::mouseClick(canvas, Qt::LeftButton, {}, pointOf(*canvas, 9000, 3));
        const auto id = memberText(canvas->frame()->rows[3].member->id);
        auto shuffled = std::make_shared<SessionSnapshot>(*laterSnapshot(snapshot));
        for (auto& fitness : shuffled->fitness) fitness = 100.0 - fitness;
        view.setSnapshot(shuffled);
        QTRY_VERIFY(canvas->frame()->snapshot == shuffled);
        QTest::keyClick(canvas, Qt::Key_Right);
        QVERIFY(canvas->accessibleDescription().contains("Member " + id + ","));
    }

    void aRunOfPlainVectorsAndAStoredRunSayWhyNothingIsPainted() {
        Selection selection;
        GenomeView view(selection);
        view.resize(900, 600);
        view.show();
        QVERIFY(shows(view, "appears here"));
        view.setSnapshot(exampleSnapshot({.founders = 0}));
        QVERIFY(shows(view, "Resume the run"));

        auto snapshot = std::make_shared<SessionSnapshot>(*exampleSnapshot({.run = 2, .founders = 0}));
        auto run = std::make_shared<RunDescription>(*snapshot->run);
        std::get<M2n2Settings>(run->configuration.strategy).splice.mutation = 0.01;
        snapshot->run = run;
        view.setSnapshot(snapshot);
        QVERIFY(shows(view, "Mutation"));
        QVERIFY(!view.findChild<GenomeCanvas*>()->isVisible());
        view.setSnapshot(exampleSnapshot({.run = 3}));
        QVERIFY(view.findChild<GenomeCanvas*>()->isVisible());
    }

    void largeModelsZoomFromEverythingToOneElement() {
        auto snapshot = std::make_shared<SessionSnapshot>(*exampleSnapshot({.slots = 4, .members = 4}));
        auto run = std::make_shared<RunDescription>(*snapshot->run);
        run->layout = {};
        run->layout.append("model.embed_tokens.weight", {128'256, 4096}, DType::BF16);
        for (int layer = 0; layer < 32; ++layer) {
            const auto name = "model.layers." + std::to_string(layer);
            run->layout.append(name + ".self_attn.q_proj.weight", {4096, 4096}, DType::BF16);
            run->layout.append(name + ".mlp.up_proj.weight", {4096, 43'000}, DType::BF16);
        }
        run->layout.append("lm_head.weight", {128'256, 4096}, DType::BF16);
        snapshot->run = run;
        Selection selection;
        GenomeView view(selection);
        auto* canvas = shown(view, snapshot);
        QVERIFY(run->layout.length() > 7'000'000'000u);
        QCOMPARE(canvas->frame()->bins.back().end, run->layout.length());
        for (int i = 0; i < 120; ++i) QTest::keyClick(canvas, Qt::Key_Plus);
        QVERIFY(canvas->range().end - canvas->range().begin <= 9);
        QTRY_VERIFY(canvas->frame()->bins.size() <= 9);
        QVERIFY(!canvas->grab().isNull());
    }

    void everyPixelOfTheMapIsPaintedInLightAndDark() {
        for (const auto kind : {ThemeKind::Light, ThemeKind::Dark}) {
            applyTheme(*qApp, kind);
            Selection selection;
            GenomeView view(selection);
            auto* canvas = shown(view, exampleSnapshot());
            const auto picture = canvas->grab().toImage();
            const auto row = rowOf(*canvas->frame(), {1});
            const auto color = picture.pixel(pointOf(*canvas, 5000, row));
            QVERIFY(distance(color, FounderColors(2).of(0).rgb()) < 2.0);
        }
        applyTheme(*qApp, ThemeKind::Light);
    }

    void distancesAreFromTheSelectedMember() {
        const auto snapshot = exampleSnapshot();
        const auto founder = snapshot->members[0]->id;
        const auto frame =
            makeGenomeFrame({.snapshot = snapshot, .range = {}, .width = 100, .reference = founder}, nullptr);
        QCOMPARE(frame->reference.value(), founder);
        const auto pixel = [&](MemberId member, int bin) {
            return frame->image.pixel(bin, static_cast<int>(*rankOf(frame->rows, member)));
        };
        for (int bin = 0; bin < frame->image.width(); ++bin) {
            QCOMPARE(pixel(founder, bin), magnitude(0.0));
            // The founders have nothing in common.
            QCOMPARE(pixel(snapshot->members[1]->id, bin), magnitude(1.0));
        }
        const auto nobody =
            makeGenomeFrame({.snapshot = snapshot, .range = {}, .width = 100, .reference = MemberId{999'999}}, frame);
        QVERIFY(!nobody->reference);
        QCOMPARE(nobody->paintedRows, nobody->rows.size());
    }
};

MERGARIUM_SUITE(GenomeViewTest)
#include "genome_view_test.moc"
