#include "tests/bench/figure_stalls.h"

#include "tests/bench/heartbeat.h"
#include "ui/figures/figure_desk.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QTabWidget>
#include <QTimer>

#include <algorithm>
#include <stdexcept>

namespace mergarium::bench {
namespace {

/// How long a tab has to appear before its picture is written, and how often it is looked for then.
constexpr int kTurning = 500, kLooks = 20;
constexpr int kPatience = 120'000;

/// The file appears whole.
void waitForFile(const QString& path) {
    QEventLoop loop;
    QTimer look, patience;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (QFile::exists(path)) loop.quit();
    });
    QObject::connect(&patience, &QTimer::timeout, &loop, [&] { loop.exit(1); });
    look.start(5);
    patience.start(kPatience);
    if (loop.exec() != 0) throw std::runtime_error("The figure " + path.toStdString() + " was not written.");
}

/// Null where there is none: of Compare, say, where nothing is compared.
QWidget* pictureOf(MainWindow& window, int tab) {
    window.tabs().setCurrentIndex(tab);
    for (int look = 0; look < kLooks; ++look) {
        QEventLoop loop;
        QTimer::singleShot(kTurning, &loop, &QEventLoop::quit);
        loop.exec();
        auto* picture = pictureIn(*window.tabs().widget(tab));
        if (picture && dynamic_cast<FigureSource&>(*picture).figure(pageOf({}, picture->palette(), picture->font())))
            return picture;
    }
    return nullptr;
}

FigureStall write(FigureDesk& desk, Heartbeat& heart, QWidget& picture, const QString& view, const QString& format,
                  const QString& path) {
    (void)heart.take();
    QElapsedTimer clock;
    clock.start();
    desk.saveFigure(picture, view, FigureForm(), path);
    waitForFile(path);
    FigureStall stall{.view = view, .format = format, .all = static_cast<double>(clock.elapsed())};
    auto waits = heart.take();
    if (waits.empty()) return stall;
    std::ranges::sort(waits);
    stall.median = waits[waits.size() / 2];
    stall.longest = waits.back();
    return stall;
}

}  // namespace

std::vector<FigureStall> figureStalls(MainWindow& window, const QString& folder) {
    auto* desk = window.findChild<FigureDesk*>();
    if (!desk) throw std::runtime_error("The window writes no figures.");
    Heartbeat heart;
    std::vector<FigureStall> stalls;
    for (int tab = 0; tab < window.tabs().count(); ++tab) {
        auto* picture = pictureOf(window, tab);
        if (!picture) continue;
        const auto view = window.tabs().tabText(tab).remove('&');
        for (const auto* format : {"svg", "pdf", "png"})
            stalls.push_back(write(*desk, heart, *picture, view, format,
                                   QString("%1/%2-%3.%4").arg(folder).arg(stalls.size()).arg(tab).arg(format)));
    }
    return stalls;
}

}  // namespace mergarium::bench
