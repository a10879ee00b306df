#include "core/comparison/comparison.h"
#include "core/comparison/figure.h"
#include "core/comparison/tables.h"
#include "core/figures/axes.h"
#include "tests/support/suite.h"

#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>

using namespace mergarium;

namespace {

ComparedRun runOf(const std::string& arm, std::uint64_t seed, double test, bool finished = true) {
    return {
        .arm = arm,
        .seed = seed,
        .budget = 100,
        .finished = finished,
        .curve = {
            {.step = 0, .bestTrain = 0.2, .bestTest = 0.2, .coverage = 0.4, .disagreement = 0.1, .entropy = 0.5},
            {.step = 50, .bestTrain = 0.9, .bestTest = test, .coverage = 0.8, .disagreement = 0.2, .entropy = 0.7}}};
}

std::vector<ComparedRun> twoArms() {
    return {runOf("m2n2", 1, 0.68), runOf("ga", 1, 0.50), runOf("m2n2", 2, 0.70), runOf("ga", 2, 0.54),
            runOf("ga", 3, 0.52)};
}

QStringList textsOf(const Drawing& drawing) {
    QStringList texts;
    for (const auto& mark : drawing.marks)
        if (const auto* label = std::get_if<Label>(&mark)) texts << QString::fromStdString(label->text);
    return texts;
}

/// The tables that say which characters the glyphs of a PDF's embedded fonts stand for, as "<03b1>".
QByteArray embeddedCharacters(const QByteArray& pdf) {
    QByteArray tables;
    for (qsizetype at = pdf.indexOf("\nstream\n"); at >= 0; at = pdf.indexOf("\nstream\n", at + 1)) {
        const auto begin = at + 8;
        // qUncompress wants the size first, and takes a wrong one for a hint.
        const auto stream = qUncompress(QByteArray(4, 0) + pdf.mid(begin, pdf.indexOf("endstream", begin) - begin));
        if (stream.contains("beginbfchar")) tables += stream;
    }
    return tables;
}

bool nearly(double a, double b) { return std::abs(a - b) < 1e-12; }

}  // namespace

class ComparisonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void armsComeInOrderWithMeanErrorAndArea() {
        const std::vector<PublishedResult> published{{"ga", 0.52}};
        const auto comparison = compareArms("digits", twoArms(), published);
        QCOMPARE(comparison.arms.size(), std::size_t{2});
        const auto& m2n2 = comparison.arms[0];
        QCOMPARE(m2n2.name, std::string("m2n2"));
        QCOMPARE(m2n2.seeds, (std::vector<std::uint64_t>{1, 2}));
        QVERIFY(nearly(m2n2.bestTest.mean, 0.69));
        QVERIFY(nearly(m2n2.bestTest.standardError, 0.01));
        // Half of the budget at 0.2, half at the end's score.
        QVERIFY(nearly(m2n2.area.mean, 0.1 + 0.345));
        QVERIFY(nearly(m2n2.coverage.mean, 0.8));
        QVERIFY(nearly(m2n2.nicheEntropy.mean, 0.7));
        QVERIFY(!m2n2.againstFirst && !m2n2.published);
        QCOMPARE(*comparison.arms[1].published, 0.52);
    }

    void pairsAreTheSeedsThatBothArmsHave() {
        const auto comparison = compareArms("", twoArms());
        const auto& test = *comparison.arms[1].againstFirst;
        QCOMPARE(test.pairs, std::size_t{2});
        QVERIFY(nearly(test.difference, -0.17));
        QVERIFY(test.pValue > 0.0 && test.pValue < 0.1);
    }

    void unfinishedRunsAreCountedButEnterNoMean() {
        auto runs = twoArms();
        runs.push_back(runOf("m2n2", 3, 0.01, false));
        runs.push_back(runOf("never", 1, 0.01, false));
        const auto comparison = compareArms("", runs);
        QCOMPARE(comparison.arms[0].unfinished, std::size_t{1});
        QVERIFY(nearly(comparison.arms[0].bestTest.mean, 0.69));
        QVERIFY(comparison.arms[2].seeds.empty());
        QVERIFY(toMarkdown(std::vector{comparison}).find("| never | 0 | 1 | - |") != std::string::npos);
    }

    void aSeedRunAgainCountsOnce() {
        auto runs = twoArms();
        runs.push_back(runOf("m2n2", 2, 0.72));
        const auto comparison = compareArms("", runs);
        QCOMPARE(comparison.arms[0].seeds.size(), std::size_t{2});
        QVERIFY(nearly(comparison.arms[0].bestTest.mean, 0.70));
    }

    void markdownRowsHaveAsManyCellsAsTheHeading() {
        const std::vector<PublishedResult> published{{"ga", 0.52}};
        auto runs = twoArms();
        runs.push_back(runOf("a|b", 1, 0.6));
        runs.push_back(runOf("never", 1, 0.6, false));
        const auto text = QString::fromStdString(toMarkdown(std::vector{compareArms("digits", runs, published)}));
        QVERIFY(text.startsWith("### digits\n"));
        const auto lines = text.split('\n', Qt::SkipEmptyParts).mid(1);
        QCOMPARE(lines.size(), 2 + 4);
        for (const auto& line : lines) QCOMPARE(QString(line).replace("\\|", "").count('|'), lines.front().count('|'));
        QVERIFY(text.contains("69.0 +- 1.0"));
    }

    void csvHasALineForEveryArmAndPlace() {
        const auto lines =
            QString::fromStdString(toCsv(std::vector{compareArms("a, b", twoArms())})).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 2 * 201);
        QVERIFY(lines[1].startsWith("\"a, b\",m2n2,0,2,0.200000,0.000000,"));
        QVERIFY(lines[201].startsWith("\"a, b\",m2n2,100,2,0.690000,0.010000,"));
    }

    // Runs of language models often hold nothing out: their test scores are no zeros.
    void whereNothingIsHeldOutNothingIsSaidOfIt() {
        auto runs = twoArms();
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            auto run = runOf("all in training", seed, 0.0);
            for (auto& point : run.curve) point.bestTest = 0.0;
            runs.push_back(run);
        }
        const std::vector<PublishedResult> published{{"all in training", 0.52}};
        const auto comparison = compareArms("", runs, published);
        const auto& arm = comparison.arms[2];
        QCOMPARE(arm.seeds.size(), std::size_t{2});
        QCOMPARE(arm.bestTest.count, std::size_t{0});
        QCOMPARE(arm.area.count, std::size_t{0});
        QVERIFY(arm.testBand.at.empty() && !arm.againstFirst);
        QVERIFY(nearly(arm.bestTrain.mean, 0.9));
        const auto table = QString::fromStdString(toMarkdown(std::vector{comparison}));
        QVERIFY2(table.contains("| all in training | 2 | - | - | 90.0 +- 0.0 | - | - | - | 80.0 | 0.70 | 52.0 | - |\n"),
                 qPrintable(table));
        const auto lines =
            QString::fromStdString(toCsv(std::vector{comparison})).split('\n', Qt::SkipEmptyParts).filter("all in");
        QCOMPARE(lines.size(), 201);
        QVERIFY2(lines.back().startsWith(",all in training,100,2,,,0.900000,0.000000,"), qPrintable(lines.back()));
        QVERIFY(textsOf(figureOf(std::vector{comparison})).contains("all in training: nothing is held out"));

        // One run that scores nothing is measured where others of its arm score something.
        runs = {runOf("m2n2", 1, 0.5), runOf("m2n2", 2, 0.0)};
        for (auto& point : runs[1].curve) point.bestTest = 0.0;
        QVERIFY(nearly(compareArms("", runs).arms[0].bestTest.mean, 0.25));
    }

    void ticksAreRoundAndInside() {
        QCOMPARE(ticksBetween(0.0, 10'000.0), (std::vector<double>{0, 2000, 4000, 6000, 8000, 10'000}));
        QCOMPARE(ticksBetween(45.0, 80.0).front(), 50.0);
        QVERIFY(ticksBetween(3.0, 3.0).empty());
    }

    void figureNamesAxesAndArms() {
        const std::vector<PublishedResult> published{{"ga", 0.52}};
        const auto figure = figureOf(
            std::vector{compareArms("5 < 6 & \"more\"", twoArms(), published), compareArms("second", twoArms())});
        const auto texts = textsOf(figure);
        QVERIFY(texts.contains("5 < 6 & \"more\""));
        QVERIFY(texts.contains("Evaluations (models scored)"));
        QVERIFY(texts.filter("Test accuracy").size() == 2);
        QCOMPARE(texts.filter("m2n2: 69.0").size(), 2);
        QCOMPARE(texts.filter("published 52.0 %").size(), 1);
        // A band for each arm of each panel, and one published end point.
        QCOMPARE(std::ranges::count_if(figure.marks, [](auto& mark) { return std::holds_alternative<Area>(mark); }),
                 4 + 1);
        for (const auto& mark : figure.marks)
            if (const auto* line = std::get_if<Line>(&mark))
                for (const auto& place : line->points)
                    QVERIFY(place.x >= 0 && place.x <= figure.width && place.y >= 0 && place.y <= figure.height);
    }

    void svgHasEveryMark() {
        const auto figure = figureOf(std::vector{compareArms("5 < 6", twoArms())});
        QXmlStreamReader xml(QByteArray::fromStdString(toSvg(figure)));
        std::ptrdiff_t strokes = 0, fills = 0, letters = 0;
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement) continue;
            const auto style = xml.attributes().value("style");
            if (style.contains(QLatin1String("stroke-width"))) ++strokes;
            // Bands alone are translucent.
            if (style.contains(QLatin1String("fill-opacity:0.2"))) ++fills;
            if (xml.name() == QLatin1String("use")) ++letters;
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(strokes,
                 std::ranges::count_if(figure.marks, [](auto& mark) { return std::holds_alternative<Line>(mark); }));
        QCOMPARE(fills, 2);
        QVERIFY(letters >= textsOf(figure).join("").remove(' ').size());
    }

    void pdfShowsNamesInEveryScript() {
        const std::string name = "Gr\u00F6\u00DFe, \u6A21\u578B, \u03B1";
        const auto pdf =
            QByteArray::fromStdString(toPdf(figureOf(std::vector{compareArms(name, std::vector{runOf("a", 1, 0.5)})})));
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.endsWith("%%EOF\n"));
        QVERIFY(pdf.contains("/FontFile"));
        const auto characters = embeddedCharacters(pdf);
        for (const char* code : {"<00f6>", "<00df>", "<03b1>"}) QVERIFY2(characters.contains(code), code);
        QVERIFY(!characters.contains("<003f>"));
    }

    void theSameFigureMakesTheSamePdf() {
        const auto figure = figureOf(std::vector{compareArms("digits", twoArms())});
        const auto pdf = toPdf(figure);
        QCOMPARE(toPdf(figure), pdf);
        QVERIFY(pdf.find("CreationDate") == std::string::npos);
    }

    void nothingFinishedMakesAnEmptyFigure() {
        const auto figure = figureOf(std::vector{compareArms("none", std::vector{runOf("m2n2", 1, 0.5, false)})});
        QVERIFY(textsOf(figure).contains("m2n2: no finished run"));
    }
};

MERGARIUM_SUITE(ComparisonTest)
#include "comparison_test.moc"
