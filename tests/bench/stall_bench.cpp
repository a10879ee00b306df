// How long the window's thread is busy at a stretch with a database of many runs: the list of runs, Compare and Sweep.
// The longest single event of each step, in milliseconds of the thread's own computing time (other programs don't
// count) and of the clock. Takes a database that holds a sweep, and the sweep's name; works offscreen.
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "core/store/run_catalog.h"
#include "tests/bench/timed_application.h"
#include "ui/compare/compare_view.h"
#include "ui/main_window.h"
#include "ui/runs/runs_view.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTabWidget>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

using namespace mergarium;
using bench::TimedApplication;

namespace {

/// Reading and painting on other threads have come to their end by then, in milliseconds.
constexpr int kSettle = 3000;

void step(TimedApplication& application, const char* name, const std::function<void()>& work) {
    (void)application.take();
    application.timed(name, work);
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < kSettle) QApplication::processEvents(QEventLoop::AllEvents, 20);
    double computing = 0.0, clock = 0.0, all = 0.0;
    for (const auto& event : application.take()) {
        computing = std::max(computing, event.computing);
        clock = std::max(clock, event.clock);
        all += event.computing;
    }
    std::printf("%-44s %10.1f %10.1f %10.1f\n", name, computing, clock, all);
}

/// As many arms as runs: the most that a person can ask for.
std::vector<Comparison> manyArms(std::size_t arms) {
    std::vector<ComparedRun> runs;
    for (std::size_t arm = 0; arm < arms; ++arm) {
        ComparedRun run{.arm = "arm " + std::to_string(arm), .seed = 1, .budget = 1000, .finished = true, .curve = {}};
        for (std::uint64_t at = 0; at <= 1000; ++at)
            run.curve.push_back(
                {.step = at,
                 .bestTest = 0.8 * (1.0 - std::exp(-static_cast<double>(at) / (50.0 + static_cast<double>(arm)))) +
                             0.01 * static_cast<double>((at / 20 * (arm + 3)) % 7)});
        runs.push_back(std::move(run));
    }
    return {compareArms("many", runs)};
}

void measureWindow(TimedApplication& application, const char* database, const QString& sweep) {
    MainWindow window(
        {.workplace = {.database = database, .resources = findResources(), .threads = 1}, .theme = ThemeKind::Light});
    step(application, "open the window", [&] { window.show(); });
    auto* compare = window.findChild<CompareView*>();
    auto* runs = window.findChild<RunsView*>();
    step(application, "open Compare on the sweep", [&] { Q_EMIT runs->compareRequested({sweep}); });
    auto* measure = compare->findChild<QComboBox*>("measure");
    for (int index = 1; index < measure->count(); ++index)
        step(application, "switch the measure", [&] { measure->setCurrentIndex(index); });
    auto* arms = compare->findChild<QTableView*>();
    step(application, "stress an arm", [&] { arms->selectRow(1); });
    if (arms->model()->flags(arms->model()->index(2, 0)) & Qt::ItemIsUserCheckable)
        step(application, "hide an arm",
             [&] { arms->model()->setData(arms->model()->index(2, 0), Qt::Unchecked, Qt::CheckStateRole); });
    step(application, "a run lands, Compare open", [&] { window.workbench().listRuns(); });
    step(application, "turn to the Overview", [&] { window.tabs().setCurrentIndex(1); });
    step(application, "a run lands, Overview open", [&] { window.workbench().listRuns(); });
    auto* table = window.findChild<QTableView*>("runsTable");
    step(application, "select all runs", [&] { table->selectAll(); });
    step(application, "scroll the list of runs",
         [&] { table->verticalScrollBar()->setValue(table->verticalScrollBar()->maximum()); });
    step(application, "turn to the Sweep", [&] { window.tabs().setCurrentIndex(window.tabs().count() - 1); });
    step(application, "a run lands, Sweep open", [&] { window.workbench().listRuns(); });
}

void measureArms(TimedApplication& application, std::size_t arms, QSize size) {
    CompareView view([=](const auto&) { return manyArms(arms); });
    view.resize(size);
    view.show();
    std::printf("%zu arms, %d x %d:\n", arms, size.width(), size.height());
    step(application, "a window appears", [] {});
    step(application, "open Compare", [&] { view.compare({"many"}); });
    step(application, "switch the measure", [&] { view.findChild<QComboBox*>("measure")->setCurrentIndex(1); });
    step(application, "stress an arm", [&] { view.findChild<QTableView*>()->selectRow(1); });
    step(application, "a run lands", [&] { view.refresh(); });
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    TimedApplication application(argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "usage: stall_bench DATABASE SWEEP\n");
        return 2;
    }
    applyTheme(application, ThemeKind::Light);
    std::printf("%zu runs\n%-44s %10s %10s %10s\n", RunCatalog(argv[1]).runs().size(), "", "longest", "by clock",
                "in all");
    measureWindow(application, argv[1], argv[2]);
    measureArms(application, 200, {660, 700});
    measureArms(application, 200, {3000, 2000});
    return 0;
}
