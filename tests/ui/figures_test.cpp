#include "core/text/words.h"
#include "tests/support/pictures.h"
#include "tests/support/suite.h"
#include "ui/breeding/breed_frame.h"
#include "ui/breeding/split_canvas.h"
#include "ui/figures/figure_desk.h"
#include "ui/figures/figure_dialog.h"
#include "ui/figures/svg_device.h"

#include <QAction>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <cmath>

using namespace mergarium;
using namespace mergarium::test;

/// What is seen leaves the window as figures.
class FiguresTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Pictures> pictures_;

private Q_SLOTS:
    void initTestCase() { pictures_ = std::make_unique<Pictures>(); }
    void cleanupTestCase() { pictures_.reset(); }

    void everyPictureIsDrawnAsLinesAndLetters_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("paths");
        const auto row = [](const char* name, const QStringList& words, int paths) {
            QTest::newRow(name) << QString(name) << words << paths;
        };
        row("overview", {"Evaluations", "Score and coverage (%)", "Train, the best"}, 10);
        row("niches", {"Fitness F", "unsolved by all", "Share s/z of a sample"}, 30);
        row("attraction", {"Parent 2, fittest first", "Parent 1, fittest first", "Attraction g"}, 100);
        row("genome", {"Layer", "Tensor", "Fitness", "newest member"}, 30);
        row("lineage", {"from parent 1", "founder"}, 5);
        row("compare", {"Evaluations", "Test score of the best (%)", "m2n2 & <more>", "ga"}, 10);
    }
    void everyPictureIsDrawnAsLinesAndLetters() {
        QFETCH(QString, name);
        QFETCH(QStringList, words);
        QFETCH(int, paths);
        const auto document = pictures_->bytes(name, "svg");
        const auto svg = read(document);
        QVERIFY2(svg.wellFormed, qPrintable(svg.problem));
        QVERIFY2(svg.paths >= paths, qPrintable(QString::number(svg.paths)));
        QVERIFY(document.size() < 2'000'000);
        const auto all = svg.texts.join('\n');
        for (const auto& word : words) QVERIFY2(all.contains(word), qPrintable(word + " isn't in\n" + all));
        // On white paper.
        QVERIFY(document.contains("fill=\"#ffffff\""));
    }

    void everyPictureIsAPageAndAnImageOfTheWishedSize_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<FigureForm>("form");
        QTest::addColumn<QSize>("pixels");
        for (const auto* name : {"overview", "niches", "attraction", "genome", "lineage", "compare"}) {
            QTest::addRow("%s", name) << QString(name) << FigureForm{.width = 120.0, .height = 90.0, .dotsPerInch = 200}
                                      << QSize(945, 709);
            QTest::addRow("%s, a column", name)
                << QString(name) << FigureForm{.width = 85.0, .height = 60.0, .dotsPerInch = 300} << QSize(1004, 709);
        }
    }
    void everyPictureIsAPageAndAnImageOfTheWishedSize() {
        QFETCH(QString, name);
        QFETCH(FigureForm, form);
        QFETCH(QSize, pixels);
        const auto pdf = pictures_->bytes(name, "pdf", form);
        QVERIFY(pdf.startsWith("%PDF"));
        // In points.
        QVERIFY(pdf.contains(form.width > 100.0 ? "/MediaBox [0 0 340" : "/MediaBox [0 0 241"));
        QVERIFY(pdf.contains("/FontFile"));

        const auto image = QImage::fromData(pictures_->bytes(name, "png", form), "PNG");
        QCOMPARE(image.size(), pixels);
        QCOMPARE(image.dotsPerMeterX(), qRound(form.dotsPerInch / 0.0254));
        QSet<QRgb> colors;
        for (int y = 0; y < image.height(); y += 3)
            for (int x = 0; x < image.width(); x += 3) colors << image.pixel(x, y);
        QVERIFY(colors.size() > 10);
        // Nothing of it leaves the paper: the margin is white all around.
        const auto white = qRgb(255, 255, 255);
        for (int x = 0; x < image.width(); ++x)
            for (const int y : {0, 2, image.height() - 3, image.height() - 1}) QCOMPARE(image.pixel(x, y), white);
        for (int y = 0; y < image.height(); ++y)
            for (const int x : {0, 2, image.width() - 3, image.width() - 1}) QCOMPARE(image.pixel(x, y), white);
    }

    void paperIsLightUnlessItIsAskedOtherwise() {
        auto& plot = (*pictures_)["overview"];
        const auto before = plot.palette();
        plot.setPalette(paletteOf(true));
        const auto pixel = [&](bool asShown) {
            return QImage::fromData(bytesOf(plot, "png", {.asShown = asShown}), "PNG").pixelColor(1, 1);
        };
        QCOMPARE(pixel(false), QColor(Qt::white));
        QCOMPARE(pixel(true), paletteOf(true).color(QPalette::Base));
        plot.setPalette(before);
    }

    void whatFollowsTheMouseStaysAndWhatIsSelectedGoesAlong() {
        auto& canvas = (*pictures_)["niches"];
        const auto plain = pictures_->bytes("niches", "svg");
        QTest::mouseMove(&canvas, {200, 200});
        QTest::keyClick(&canvas, Qt::Key_Right);
        QCOMPARE(bytesOf(canvas, "svg"), plain);
        pictures_->selection().select(exampleSnapshot()->members[3]->id);
        QVERIFY(bytesOf(canvas, "svg") != plain);
        pictures_->selection().clear();
        QTRY_COMPARE(bytesOf(canvas, "svg"), plain);

        auto& plot = (*pictures_)["overview"];
        const auto latest = bytesOf(plot, "svg");
        QTest::keyClick(&plot, Qt::Key_Left);
        QCOMPARE(bytesOf(plot, "svg"), latest);
    }

    void aRasterOfMillionsOfCellsIsAnImage() {
        Pictures large(exampleSnapshot({.slots = 200, .members = 200, .samples = 60'000}));
        const auto document = large.bytes("niches", "svg");
        const auto svg = read(document);
        QVERIFY(svg.wellFormed);
        QVERIFY2(svg.images >= 1 && svg.paths < 10'000, qPrintable(QString::number(svg.paths)));
        QVERIFY2(document.size() < 4'000'000, qPrintable(QString::number(document.size())));
        // All members have a row.
        QVERIFY(svg.texts.filter("#").size() > 10);
    }

    // Of all members only the parents, and a child that isn't any.
    void parentsAndTheirChildAreDrawnAsTheyAreSeen() {
        const auto snapshot = exampleSnapshot();
        SplitCanvas canvas;
        canvas.resize(800, 300);
        const Parentage wish{snapshot->members[2]->id, snapshot->members[3]->id, {.splits = {5000}, .ratio = 0.5}};
        canvas.setFrame(makeBreedFrame(snapshot, wish, {}, 300, nullptr));
        const auto uncut = bytesOf(canvas, "svg");
        QCOMPARE(canvas.frame()->rows.size(), std::size_t{3});
        QCOMPARE(read(uncut).texts.filter(QRegularExpression("^#[0-9]+$")).size(), 2);
        QCOMPARE(read(uncut).texts.filter(QRegularExpression("^Child$")).size(), 1);
        canvas.setSplits({5000});
        QCOMPARE(read(bytesOf(canvas, "svg")).paths, read(uncut).paths + 2);
    }

    void titlesAndTextsOfAnyOriginAreWellFormed() {
        SvgDevice device({100, 50}, QString("<a> & \"b\" ") + QChar(1) + QChar(0xffff));
        QPainter painter(&device);
        painter.drawText(QPointF(5, 20), QString("</text> & ") + QChar(2) + " \u03b1");
        painter.end();
        const auto svg = read(device.document());
        QVERIFY2(svg.wellFormed, qPrintable(svg.problem));
        QVERIFY2(svg.title.startsWith("<a> & \"b\" "), qPrintable(svg.title));
        QVERIFY2(svg.texts.join("").startsWith("</text> & "), qPrintable(svg.texts.join("|")));
    }

    void whatIsClippedStaysClipped() {
        SvgDevice device({100, 100}, {});
        QPainter painter(&device);
        painter.translate(10, 0);
        painter.save();
        painter.setClipRect(QRectF(0, 20, 30, 30));
        painter.drawLine(QPointF(0, 0), QPointF(90, 90));
        painter.setClipRect(QRectF(500, 500, 0, 0), Qt::IntersectClip);
        painter.fillRect(QRectF(0, 0, 90, 90), Qt::red);
        painter.restore();
        painter.drawLine(QPointF(0, 50), QPointF(90, 50));
        painter.end();
        const auto document = device.document();
        QVERIFY(document.contains("<clipPath id=\"clip1\"><path d=\"M10 20L40 20L40 50L10 50Z\"/>"));
        const auto group = document.indexOf("<g clip-path=\"url(#clip1)\">"), end = document.indexOf("</g>");
        QVERIFY(group > 0 && document.indexOf("M10 0L100 90") > group && document.indexOf("M10 0L100 90") < end);
        QVERIFY(document.indexOf("M10 50L100 50") > end);
        QVERIFY(!document.contains("#ff0000"));
    }

    void theDeskWritesTheFileAndSaysSo() {
        QTemporaryDir folder;
        QWidget window;
        FigureDesk desk(&window);
        desk.setRun("<a> & \"b\"");
        QSignalSpy said(&desk, &FigureDesk::said);
        auto& plot = (*pictures_)["overview"];
        QVERIFY(!pictures_->bytes("overview", "svg").isEmpty());
        desk.saveFigure(plot, "Overview", {}, folder.filePath("a.SVG"));
        QTRY_COMPARE(said.size(), 1);
        QVERIFY(said[0][0].value<Message>().sentence.contains("a.SVG was saved"));
        QFile file(folder.filePath("a.SVG"));
        QVERIFY(file.open(QFile::ReadOnly));
        const auto svg = read(file.readAll());
        QVERIFY2(svg.wellFormed, qPrintable(svg.problem));
        QCOMPARE(svg.title, QString("<a> & \"b\": Overview"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{"a.SVG"});
    }

    void whatCantBeWrittenIsSaidAndLeavesNothing_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<double>("width");
        QTest::addColumn<QString>("words");
        QTest::newRow("no folder") << "no/such/a.svg" << 180.0 << "No such file or directory";
        QTest::newRow("no format") << "a.doc" << 180.0 << ".svg, .pdf or .png";
        QTest::newRow("too large") << "a.png" << 100'000.0 << "too large";
    }
    void whatCantBeWrittenIsSaidAndLeavesNothing() {
        QFETCH(QString, file);
        QFETCH(double, width);
        QFETCH(QString, words);
        QTemporaryDir folder;
        QWidget window;
        FigureDesk desk(&window);
        QSignalSpy said(&desk, &FigureDesk::said);
        desk.saveFigure((*pictures_)["overview"], "Overview", {.width = width}, folder.filePath(file));
        QTRY_COMPARE(said.size(), 1);
        const auto message = said[0][0].value<Message>();
        QVERIFY(message.kind == Message::Kind::Error);
        QVERIFY2(message.sentence.contains(words) && message.sentence.endsWith('.'), qPrintable(message.sentence));
        QVERIFY(QDir(folder.path()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    }

    void whatShowsNothingHasNoFigure() {
        ProgressPlot plot;
        ComparePlot compare;
        NicheCanvas niches;
        for (const QWidget* one : std::initializer_list<QWidget*>{&plot, &compare, &niches})
            QVERIFY(bytesOf(*one, "svg").isEmpty());
    }

    void aReportIsWrittenElsewhereAndItsFailureIsSaid() {
        QWidget window;
        FigureDesk desk(&window);
        QSignalSpy said(&desk, &FigureDesk::said);
        const auto* here = QThread::currentThread();
        std::atomic<bool> elsewhere = false;
        desk.saveReport([&](const auto&, const auto&) { elsewhere = QThread::currentThread() != here; },
                        "/tmp/report.html");
        QTRY_COMPARE(said.size(), 1);
        QVERIFY(elsewhere);
        desk.saveReport([](const auto&, const auto&) { throw std::runtime_error("There is no run 7."); },
                        "/tmp/report.html");
        QTRY_COMPARE(said.size(), 2);
        QCOMPARE(said[1][0].value<Message>().sentence, QString("There is no run 7."));
    }

    void aReportIsCancelled() {
        QWidget window;
        FigureDesk desk(&window);
        Message last;
        connect(&desk, &FigureDesk::said, &window, [&](const Message& message) { last = message; });
        desk.saveReport(
            [](const auto&, const Progress& progress) {
                while (progress(0, 0)) std::this_thread::yield();
                throw Cancelled();
            },
            "/tmp/report.html");
        QTRY_COMPARE_WITH_TIMEOUT(last.action, QString("Cancel"), 240'000);
        last.carryOut();
        QTRY_COMPARE_WITH_TIMEOUT(last.sentence, QString("report.html was not written: it was cancelled."), 240'000);
    }

    void theDialogCountsThePixels() {
        FigureDialog dialog;
        dialog.setForm({.width = 85.0, .height = 60.0, .textPoints = 7.0, .dotsPerInch = 600, .asShown = true});
        QVERIFY(dialog.form() == FigureForm({85.0, 60.0, 7.0, 600, true}));
        QStringList words;
        for (const auto* label : dialog.findChildren<QLabel*>()) words << label->text();
        QVERIFY2(words.join('\n').contains("2,008 x 1,417 dots"), qPrintable(words.join('\n')));
    }

    void theDialogProposesTheShapeOfThePictureThatIsSeen() {
        QWidget window;
        FigureDesk desk(&window);
        QSignalSpy said(&desk, &FigureDesk::said);
        const auto asked = [&](QWidget& view) {
            desk.askFigure(view);
            auto* dialog = window.findChild<FigureDialog*>();
            const auto form = dialog ? dialog->form() : FigureForm{.width = 0.0};
            delete dialog;
            return form;
        };
        auto& canvas = (*pictures_)["niches"];
        const auto niches = asked(*canvas.window());
        QCOMPARE(niches.width, 180.0);
        QCOMPARE(niches.height, std::round(180.0 * canvas.height() / canvas.width()));
        // A strip on the screen is more on paper.
        (*pictures_)["overview"].window()->resize(1400, 500);
        QCOMPARE(asked(*(*pictures_)["overview"].window()).height, 99.0);
        // As high as the family needs, whatever the screen's shape.
        auto& lineage = dynamic_cast<LineageCanvas&>((*pictures_)["lineage"]);
        QTRY_VERIFY(lineage.layout());
        const auto& size = lineage.layout()->size;
        QCOMPARE(asked(*lineage.window()).height,
                 std::round(180.0 * std::clamp(size.height() / size.width(), 0.55, 1.35)));
        QVERIFY(said.empty());
        QCOMPARE(asked(window).width, 0.0);
        QVERIFY(said.takeFirst()[0].value<Message>().sentence.startsWith("There is no picture here."));
    }

    void picturesHaveAMenu() {
        QWidget window;
        FigureDesk desk(&window);
        Selection selection;
        NichesView view(selection);
        desk.serve(view);
        const auto* canvas = view.findChild<NicheCanvas*>();
        QCOMPARE(canvas->contextMenuPolicy(), Qt::ActionsContextMenu);
        QCOMPARE(canvas->actions().size(), 1);
        QCOMPARE(canvas->actions().front()->text(), QString("Save figure..."));
    }
};

MERGARIUM_SUITE(FiguresTest)
#include "figures_test.moc"
