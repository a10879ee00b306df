#include "app/mergarium/screenshots.h"

#include "ui/niches/niches_view.h"

#include <QApplication>
#include <QDir>
#include <QEventLoop>
#include <QElapsedTimer>
#include <QTabWidget>
#include <QTemporaryDir>

#include <cstdio>
#include <functional>

namespace mergarium {
namespace {

constexpr std::uint64_t kEvaluations = 3000;
constexpr int kLongestWait = 120'000;
/// Reductions run on threads of their own; a picture is taken when they have had time to arrive.
constexpr int kSettle = 700;

bool waitFor(int milliseconds, const std::function<bool()>& arrived) {
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
        if (arrived()) return true;
    }
    return false;
}

}  // namespace

int writeScreenshots(WindowOptions options, const QString& folder, QSize size) {
    const QTemporaryDir temporary;
    options.workplace.database = temporary.filePath("runs.db").toStdString();
    options.settings = nullptr;
    if (!QDir().mkpath(folder)) {
        std::fprintf(stderr, "mergarium: %s: the folder can't be created.\n", qPrintable(folder));
        return 2;
    }
    MainWindow window(options);
    window.resize(size);
    window.show();

    RunConfiguration configuration;
    configuration.name = "digits from specialists";
    configuration.evaluations = kEvaluations;
    configuration.device = "cpu";
    window.workbench().start(configuration);
    const bool finished = waitFor(kLongestWait, [&] { return window.workbench().shown() && window.workbench().shown()->phase == Phase::Finished; });
    if (!finished) {
        std::fprintf(stderr, "mergarium: the run for the screenshots did not finish.\n");
        return 3;
    }
    auto* niches = window.findChild<NichesView*>();
    for (const auto& [kind, theme] : {std::pair(ThemeKind::Light, "light"), std::pair(ThemeKind::Dark, "dark")}) {
        applyTheme(*qApp, kind);
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            window.tabs().setCurrentIndex(tab);
            // The Inspector with a sample beside the Niches, with a member beside the others.
            const auto& members = window.workbench().shown()->members;
            if (tab == 2)
                Q_EMIT niches->sampleSelected(7);
            else
                Q_EMIT niches->memberSelected(members[*bestSlot(members)]->id);
            waitFor(kSettle, [] { return false; });
            const auto name = QStringLiteral("%1/%2-%3.png").arg(folder, window.tabs().tabText(tab).toLower().replace(' ', '-'), theme);
            if (!window.grab().save(name)) {
                std::fprintf(stderr, "mergarium: %s: the picture can't be written.\n", qPrintable(name));
                return 2;
            }
        }
    }
    return 0;
}

}  // namespace mergarium
