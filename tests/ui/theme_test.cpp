#include "ui/theme/theme.h"
#include "tests/support/suite.h"
#include "tests/support/text_contrast.h"
#include "ui/background/latest_worker.h"
#include "ui/icons/symbols.h"
#include "ui/theme/custom_plot.h"
#include "ui/theme/plot_theme.h"

#include <sys/resource.h>
#include <QCheckBox>
#include <QTest>

#include <atomic>
#include <latch>
#include <limits>
#include <optional>

using namespace mergarium;
using namespace mergarium::test;

class ThemeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textAndSeriesStandOutFromTheBackground_data() {
        QTest::addColumn<ThemeKind>("kind");
        QTest::newRow("light") << ThemeKind::Light;
        QTest::newRow("dark") << ThemeKind::Dark;
    }

    void textAndSeriesStandOutFromTheBackground() {
        QFETCH(ThemeKind, kind);
        applyTheme(*qApp, kind);
        const auto palette = QApplication::palette();
        QCOMPARE(isDark(palette), kind == ThemeKind::Dark);
        const auto colors = colorsOf(palette);
        QVERIFY(contrast(colors.text, colors.background) >= 7.0);
        QVERIFY(contrast(colors.mutedText, colors.background) >= 4.5);
        for (const auto ground : {QPalette::Base, QPalette::AlternateBase, QPalette::Window})
            for (const auto& ink : {palette.color(QPalette::Link), palette.color(QPalette::PlaceholderText),
                                    colors.mutedText, colors.warning})
                QVERIFY2(contrast(ink, palette.color(ground)) >= 4.5, qPrintable(ink.name()));
        QVERIFY(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)) >= 4.5);
        for (const auto& color :
             {colors.first, colors.second, colors.third, colors.fourth, colors.warning, colors.newborn, colors.parents})
            QVERIFY2(contrast(color, colors.background) >= 3.0, qPrintable(color.name()));
    }

    void marksThatStandBackCanStillBeSeen_data() { textAndSeriesStandOutFromTheBackground_data(); }

    void marksThatStandBackCanStillBeSeen() {
        QFETCH(ThemeKind, kind);
        applyTheme(*qApp, kind);
        const auto palette = QApplication::palette();
        const auto colors = colorsOf(palette);
        for (const auto& color : {colors.first, colors.second, colors.warning, colors.text}) {
            const auto seen = over(colors.background, faded(color, kStandsBack));
            QVERIFY2(contrast(seen, colors.background) >= 3.0, qPrintable(color.name()));
        }
        // What is selected, also on a bar; the place on the track of time, also where it is filled.
        QVERIFY(contrast(colors.accent, colors.background) >= 3.0);
        QVERIFY(contrast(colors.accent, palette.color(QPalette::Window)) >= 3.0);
        QVERIFY(contrast(colors.accent, over(colors.background, faded(colors.accent, 0.15))) >= 3.0);
    }

    void symbolsAreDrawnInTheTextsColour_data() { textAndSeriesStandOutFromTheBackground_data(); }

    void symbolsAreDrawnInTheTextsColour() {
        QFETCH(ThemeKind, kind);
        // Made before the colours changed, as the window's are.
        std::vector<QIcon> icons;
        for (int symbol = 0; symbol <= static_cast<int>(Symbol::Help); ++symbol)
            icons.push_back(iconOf(static_cast<Symbol>(symbol)));
        applyTheme(*qApp, kind);
        const auto text = QApplication::palette().color(QPalette::Active, QPalette::ButtonText);
        for (std::size_t symbol = 0; symbol < icons.size(); ++symbol) {
            const auto image = icons[symbol].pixmap(64).toImage().convertToFormat(QImage::Format_ARGB32);
            int inked = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (const auto pixel = image.pixelColor(x, y); pixel.alpha() == 255) {
                        QCOMPARE(pixel.rgb(), text.rgb());
                        ++inked;
                    }
            QVERIFY2(inked > 100, qPrintable(QString::number(symbol)));
            QVERIFY2(inked < 64 * 64 / 2, qPrintable(QString::number(symbol)));
            // They can be told from one another; what is new and what is more are one sign.
            for (std::size_t other = 0; other < symbol; ++other)
                if (static_cast<Symbol>(other) != Symbol::New || static_cast<Symbol>(symbol) != Symbol::Plus)
                    QVERIFY(icons[other].pixmap(64).toImage() != icons[symbol].pixmap(64).toImage());
        }
    }

    void aBoxThatIsNotTickedCanBeSeen_data() { textAndSeriesStandOutFromTheBackground_data(); }

    void aBoxThatIsNotTickedCanBeSeen() {
        QFETCH(ThemeKind, kind);
        applyTheme(*qApp, kind);
        QCheckBox box;
        box.resize(box.sizeHint());
        const auto picture = box.grab().toImage();
        double most = 0.0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                most = std::max(most, contrast(picture.pixelColor(x, y), box.palette().color(QPalette::Window)));
        QVERIFY2(most >= 3.0, qPrintable(QString::number(most)));
    }

    void systemFollowsTheDesktopEvenAfterAnotherChoice() {
        QApplication::setPalette(QPalette());
        const bool desktopIsDark = isDark(QApplication::palette());
        applyTheme(*qApp, desktopIsDark ? ThemeKind::Light : ThemeKind::Dark);
        applyTheme(*qApp, ThemeKind::System);
        QCOMPARE(isDark(QApplication::palette()), desktopIsDark);
    }

    void magnitudeGrowsEverBrighter_data() {
        QTest::addColumn<int>("magnitudes");
        QTest::newRow("cividis") << static_cast<int>(Magnitudes::Cividis);
        QTest::newRow("viridis") << static_cast<int>(Magnitudes::Viridis);
        QTest::newRow("inferno") << static_cast<int>(Magnitudes::Inferno);
    }
    void magnitudeGrowsEverBrighter() {
        QFETCH(int, magnitudes);
        useMagnitudes(static_cast<Magnitudes>(magnitudes));
        const auto back = qScopeGuard([] { useMagnitudes(Magnitudes::Cividis); });
        double before = -1.0;
        for (int i = 0; i <= 100; ++i) {
            const double now = luminance(QColor(magnitude(i / 100.0)));
            QVERIFY2(now > before, qPrintable(QString::number(i)));
            before = now;
        }
        QCOMPARE(magnitude(-1.0), magnitude(0.0));
        QCOMPARE(magnitude(2.0), magnitude(1.0));
        QCOMPARE(magnitude(std::numeric_limits<double>::quiet_NaN()), magnitude(0.0));
        QVERIFY(QColor(colorsOf(QApplication::palette()).absent).rgb() != magnitude(0.0));
    }

    void digitsAreEquallyWide() {
        const QFontMetricsF metrics(tabularFont());
        for (char digit = '1'; digit <= '9'; ++digit)
            QCOMPARE(metrics.horizontalAdvance(digit), metrics.horizontalAdvance('0'));
    }

    void aPlotTakesItsColoursFromThePalette() {
        QCustomPlot plot;
        for (const auto kind : {ThemeKind::Light, ThemeKind::Dark}) {
            applyTheme(*qApp, kind);
            stylePlot(plot, QApplication::palette(), tabularFont());
            const auto colors = colorsOf(QApplication::palette());
            QCOMPARE(plot.toPixmap(60, 60).toImage().pixelColor(1, 1), colors.background);
            QCOMPARE(plot.xAxis->tickLabelColor(), colors.text);
            QCOMPARE(plot.yAxis->grid()->pen().color(), colors.grid);
        }
    }

    void theWorkerAnswersOnThisThreadWithWhatAnotherComputed() {
        LatestWorker worker;
        QThread* computedOn = nullptr;
        QThread* receivedOn = nullptr;
        int answer = 0;
        worker.run([] { return std::pair(42, QThread::currentThread()); },
                   [&](std::pair<int, QThread*> result) {
                       std::tie(answer, computedOn) = result;
                       receivedOn = QThread::currentThread();
                   });
        QTRY_COMPARE(answer, 42);
        QCOMPARE(receivedOn, QThread::currentThread());
        QVERIFY(computedOn != receivedOn);
    }

    void theWorkerLetsTheWindowGoFirst() {
        LatestWorker worker;
        std::optional<int> niceness;
        worker.run([] { return getpriority(PRIO_PROCESS, 0); }, [&](int answer) { niceness = answer; });
        QTRY_VERIFY(niceness.has_value());
        const int own = getpriority(PRIO_PROCESS, 0);
        // 19 is the most that there is.
        QVERIFY(*niceness > own || own == 19);
    }

    void onlyTheLatestOfTheWaitingIsComputed() {
        LatestWorker worker;
        std::latch begun(1), go(1);
        std::atomic<int> computed = 0;
        QList<int> answers;
        worker.run(
            [&] {
                begun.count_down();
                go.wait();
                return 0;
            },
            [&](int answer) { answers << answer; });
        begun.wait();
        for (int i = 1; i <= 50; ++i)
            worker.run(
                [&computed, i] {
                    ++computed;
                    return i;
                },
                [&](int answer) { answers << answer; });
        go.count_down();
        QTRY_COMPARE(answers, (QList<int>{0, 50}));
        QCOMPARE(computed.load(), 1);
    }

    void whatIsForgottenIsNotAnswered() {
        LatestWorker worker;
        std::latch begun(1), go(1);
        QList<int> answers;
        worker.run(
            [&] {
                begun.count_down();
                go.wait();
                return 1;
            },
            [&](int answer) { answers << answer; });
        begun.wait();
        worker.forget();
        go.count_down();
        worker.run([] { return 2; }, [&](int answer) { answers << answer; });
        QTRY_COMPARE(answers, (QList<int>{2}));
    }

    void aWorkerMayGoWhileItComputes() {
        auto worker = std::make_unique<LatestWorker>();
        std::latch begun(1), go(1);
        bool answered = false;
        worker->run(
            [&] {
                begun.count_down();
                go.wait();
                return 1;
            },
            [&](int) { answered = true; });
        begun.wait();
        go.count_down();
        worker.reset();
        QCoreApplication::processEvents();
        QVERIFY(!answered);
    }
};

MERGARIUM_SUITE(ThemeTest)
#include "theme_test.moc"
