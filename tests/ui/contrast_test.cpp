#include "tests/support/suite.h"
#include "tests/support/text_contrast.h"
#include "tests/support/whole_window.h"
#include "ui/theme/custom_plot.h"

#include <QTest>

#include <map>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// As the guidelines do, what can't be used now is left out; it is known by the palette's colours for it.
bool isDisabled(const QColor& ink, const QPalette& palette) {
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        if (ink == palette.color(QPalette::Disabled, role)) return true;
    return false;
}

}  // namespace

/// Everything that is read in the window stands out from what it is written on (WCAG 2.2, 1.4.3).
class ContrastTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textStandsOutFromWhatItIsWrittenOn_data() {
        QTest::addColumn<ThemeKind>("theme");
        QTest::newRow("light, that was dark") << ThemeKind::Light;
        QTest::newRow("dark, that was light") << ThemeKind::Dark;
    }

    void textStandsOutFromWhatItIsWrittenOn() {
        QFETCH(ThemeKind, theme);
        std::map<std::pair<QString, QString>, QString> faint;
        std::size_t seen = 0;
        const auto other = theme == ThemeKind::Light ? ThemeKind::Dark : ThemeKind::Light;
        WholeWindow(other).visit([&](const QString& where, QWidget& top) {
            // Whatever has taken its colour from the theme before shows it now.
            applyTheme(*qApp, theme);
            const auto back = qScopeGuard([other] { applyTheme(*qApp, other); });
            QTRY_COMPARE(isDark(top.palette()), theme == ThemeKind::Dark);
            QCoreApplication::processEvents();
            TextDevice device(top.size());
            top.render(&device);
            auto written = device.written();
            // A plot has painted its text before.
            for (auto* plot : top.findChildren<QCustomPlot*>()) {
                if (!plot->isVisible()) continue;
                TextDevice paper(plot->size());
                QCPPainter painter(&paper);
                plot->toPainter(&painter, plot->width(), plot->height());
                painter.end();
                written.insert(written.end(), paper.written().begin(), paper.written().end());
            }
            seen += written.size();
            for (const auto& [text, ink, ground] : written)
                if (contrast(ink, ground) < 4.5 && !isDisabled(ink, top.palette()))
                    faint.emplace(std::pair(ink.name(), ground.name()), QString("%1: \"%2\" in %3 on %4 has %5")
                                                                            .arg(where, text, ink.name(), ground.name())
                                                                            .arg(contrast(ink, ground), 0, 'f', 2));
        });
        QStringList list;
        for (const auto& [pair, sentence] : faint) list << sentence;
        QVERIFY2(seen > 5000, qPrintable(QString::number(seen)));
        QVERIFY2(list.isEmpty(), qPrintable(list.join('\n')));
    }
};

MERGARIUM_SUITE(ContrastTest)
#include "contrast_test.moc"
