// What watching costs: the same run headless and with the window open and live, in turn, for every tab. Medians of the
// computing time per evaluation. Wants a display (Xvfb will do).
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QTabWidget>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>

using namespace mergarium;

namespace {

constexpr int kRounds = 5;

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

RunConfiguration configuration() {
    RunConfiguration one;
    one.evaluations = 4000;
    one.device = "cpu";
    return one;
}

double secondsPerEvaluation(const SnapshotPtr& last) {
    if (last->phase != Phase::Finished) throw std::runtime_error(last->message);
    return last->seconds / static_cast<double>(last->evaluations);
}

double headless(const std::filesystem::path& database) {
    Session session({.run = NewRun{configuration()},
                     .database = database,
                     .resources = findResources(),
                     .threads = 1,
                     .startPaused = false},
                    nullptr);
    while (!session.waitFor(std::chrono::minutes(1))) continue;
    return secondsPerEvaluation(session.take());
}

double watched(const std::filesystem::path& database, int tab) {
    MainWindow window(
        {.workplace = {.database = database, .resources = findResources(), .threads = 1}, .theme = ThemeKind::Light});
    window.show();
    window.workbench().start(configuration());
    window.tabs().setCurrentIndex(tab);
    SnapshotPtr last;
    QObject::connect(&window.workbench(), &Workbench::ended, &window,
                     [&](const SnapshotPtr& snapshot) { last = snapshot; });
    while (!last) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return secondsPerEvaluation(last);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    const QApplication application(argc, argv);
    const QTemporaryDir folder;
    int files = 0;
    const auto fresh = [&] {
        return std::filesystem::path(folder.filePath(QString("%1.db").arg(++files)).toStdString());
    };

    const std::vector<const char*> tabs{"New run", "Overview", "Niches", "Attraction", "Genome"};
    std::vector<double> alone;
    std::vector<std::vector<double>> seen(tabs.size());
    for (int round = 0; round < kRounds; ++round) {
        alone.push_back(headless(fresh()));
        for (std::size_t tab = 0; tab < tabs.size(); ++tab)
            seen[tab].push_back(watched(fresh(), static_cast<int>(tab)));
    }
    std::printf("1 thread, medians of %d rounds\n%-24s %8s %12s\n", kRounds, "", "ms", "x headless");
    std::printf("%-24s %8.3f %12.2f\n", "headless", 1e3 * median(alone), 1.0);
    for (std::size_t tab = 0; tab < tabs.size(); ++tab)
        std::printf("watched: %-15s %8.3f %12.2f\n", tabs[tab], 1e3 * median(seen[tab]),
                    median(seen[tab]) / median(alone));
    return 0;
}
