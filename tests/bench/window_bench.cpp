// Whether the window stays quick beside a large run, and what watching costs it: a digits run of many members and
// samples, computed by the engine on threads of its own while the window shows it 20 times a second; every tab in turn,
// with the list of runs, the inspector and the track of time beside it; then every view's picture as a file. Then the
// same steps without a window. Wants a display (Xvfb will do), or QT_QPA_PLATFORM=offscreen.
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/figure_stalls.h"
#include "tests/bench/heartbeat.h"
#include "tests/bench/many_digits.h"
#include "tests/bench/options.h"
#include "tests/bench/scenes.h"
#include "tests/bench/timed_application.h"
#include "ui/main_window.h"
#include "ui/selection/selection.h"

#include <fmt/format.h>

#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;
using std::chrono::milliseconds;

namespace {

/// How long a tab has to appear; what it takes is told apart from what comes after.
constexpr milliseconds kTurning{500};
/// Of children, beside those that fill the archive: after these the grown run is watched.
constexpr std::uint64_t kGrown = 200;

struct Bench {
    std::uint64_t members = 200, samples = 60'000;
    std::size_t threads = 1;
    milliseconds time{5000};
    QSize size{1600, 1000};
    std::filesystem::path resources;
    std::string only;

    RunConfiguration configuration() const {
        RunConfiguration one;
        one.name = "many";
        one.device = "cpu";
        one.evaluations = 20'000;
        one.strategy = M2n2Settings{.archive = members};
        return one;
    }
    Workplace workplace(const std::filesystem::path& database) const {
        return {.database = database, .resources = resources, .threads = threads, .lanes = 1};
    }
};

/// How far a run had come after how much computing.
struct Mark {
    double evaluations = 0.0, seconds = 0.0;
};

Mark markOf(const SessionSnapshot& snapshot) { return {static_cast<double>(snapshot.evaluations), snapshot.seconds}; }

/// Goes on with the run in `database`, or begins it, until `enough` evaluations; nobody looks more than twice a second.
std::vector<Mark> computeAlone(const Bench& bench, const std::filesystem::path& database, double enough) {
    const bool begun = std::filesystem::exists(database);
    Session session(
        {.run = begun ? decltype(SessionRequest::run)(ResumedRun{.id = {1}}) : NewRun{bench.configuration()},
         .database = database,
         .resources = bench.resources,
         .threads = bench.threads},
        nullptr);
    std::vector<Mark> marks;
    while (marks.empty() || marks.back().evaluations < enough) {
        const bool ended = session.waitFor(milliseconds(marks.empty() ? 10 : 500));
        const auto snapshot = session.take();
        if (ended) throw std::runtime_error(snapshot ? snapshot->message : "The run has ended.");
        if (snapshot && snapshot->run) marks.push_back(markOf(*snapshot));
    }
    session.stop();
    while (!session.waitFor(milliseconds(500))) continue;
    return marks;
}

/// When the run had come so far.
double secondsAt(const std::vector<Mark>& marks, double evaluations) {
    const auto after = std::ranges::lower_bound(marks, evaluations, {}, &Mark::evaluations);
    if (after == marks.begin() || after == marks.end()) throw std::runtime_error("The runs don't cover each other.");
    const auto before = after - 1;
    const double share = (evaluations - before->evaluations) / (after->evaluations - before->evaluations);
    return before->seconds + share * (after->seconds - before->seconds);
}

/// What came of a scene, all rounds together.
struct Seen {
    std::vector<TimedEvent> turning, events;
    std::vector<double> turningWaits, waits;
    /// By the clock, and computing on all threads.
    double seconds = 0.0, computing = 0.0;
    std::uint64_t shown = 0;
    /// Of every round: from where to where, then the rate against that without a window.
    std::vector<std::pair<Mark, Mark>> ways;
    std::vector<double> rates;
};

void waitFor(milliseconds time) {
    QEventLoop loop;
    QTimer::singleShot(time, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

void append(auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); }

void watch(const Bench& bench, TimedApplication& application, MainWindow& window, Heartbeat& heart, const Scene& scene,
           Seen& seen) {
    auto& workbench = window.workbench();
    fmt::print(stderr, "{}\n", scene.name);
    QObject context;
    QTimer again;
    again.setTimerType(Qt::PreciseTimer);
    std::uint64_t count = 0;
    QObject::connect(&again, &QTimer::timeout, &context, [&] { scene.again(window, count++); });
    (void)application.take();
    (void)heart.take();
    window.selection().select(fittest(window).front());
    application.timed("turning to it", [&] { scene.enter(window); });
    if (scene.again) again.start(LiveSession::kInterval);
    waitFor(kTurning);
    append(seen.turning, application.take());
    append(seen.turningWaits, heart.take());

    QObject::connect(&workbench, &Workbench::shownChanged, &context, [&] { ++seen.shown; });
    const auto from = markOf(*workbench.latest());
    const auto computing = std::clock();
    waitFor(bench.time / 2);
    window.selection().select(std::size_t{12});
    waitFor(bench.time / 2);
    seen.ways.emplace_back(from, markOf(*workbench.latest()));
    seen.seconds += 1e-3 * static_cast<double>(bench.time.count());
    seen.computing += static_cast<double>(std::clock() - computing) / CLOCKS_PER_SEC;
    append(seen.events, application.take());
    append(seen.waits, heart.take());
    scene.leave(window);
}

/// Until the run that it is to show has begun to compute.
void begin(MainWindow& window, const std::function<void(MainWindow&)>& start) {
    QEventLoop loop;
    QObject::connect(&window.workbench(), &Workbench::shownChanged, &loop, [&](const SnapshotPtr& snapshot) {
        if (snapshot && snapshot->phase == Phase::Running) loop.quit();
    });
    std::string why;
    QObject::connect(&window.workbench(), &Workbench::ended, &loop, [&](const SnapshotPtr& snapshot) {
        why = snapshot->message;
        loop.exit(1);
    });
    start(window);
    if (loop.exec() != 0) throw std::runtime_error("The run could not begin: " + why);
}

/// `first` is a run's beginning, whose few members solve most samples alone; `all` are a grown run's, and so are the
/// figures that are written of it.
void watchAll(const Bench& bench, TimedApplication& application, const std::filesystem::path& database, Seen& first,
              std::span<Seen> all, std::vector<FigureStall>& figures) {
    const auto show = [&](const std::filesystem::path& path, const auto& start, const auto& watched) {
        MainWindow window({.workplace = bench.workplace(path), .theme = ThemeKind::Light});
        window.resize(bench.size);
        window.show();
        begin(window, start);
        Heartbeat heart;
        watched(window, heart);
    };
    const auto scene = scenes(bench.only);
    show(
        database.string() + ".young", [&](MainWindow& window) { window.workbench().start(bench.configuration()); },
        [&](MainWindow& window, Heartbeat& heart) { watch(bench, application, window, heart, scene.front(), first); });
    show(
        database, [](MainWindow& window) { window.resumeRun({.id = {1}}); },
        [&](MainWindow& window, Heartbeat& heart) {
            for (std::size_t i = 0; i < scene.size(); ++i) watch(bench, application, window, heart, scene[i], all[i]);
            const QTemporaryDir folder;
            append(figures, figureStalls(window, folder.path()));
        });
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0.0;
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

void print(const char* name, const Seen& seen, int slowest) {
    std::vector<double> frames, others, computing;
    for (const auto& event : seen.events) {
        (event.paints() ? frames : others).push_back(event.clock);
        computing.push_back(event.computing);
    }
    fmt::print("{:<30} {:6.1f} {:7.1f} {:6.1f} {:6.1f} {:7.1f} {:9.1f} {:7.1f} {:6.1f} {:8.1f} {:6.2f} {:>5}\n", name,
               static_cast<double>(seen.shown) / seen.seconds, quantile(frames, 0.5), quantile(frames, 0.99),
               quantile(frames, 1.0), quantile(others, 1.0), quantile(computing, 1.0), quantile(seen.waits, 0.99),
               quantile(seen.waits, 1.0), quantile(seen.turningWaits, 1.0), seen.computing / seen.seconds,
               seen.rates.empty() ? "-" : fmt::format("{:.2f}", quantile(seen.rates, 0.5)));
    const auto list = [&](const char* when, std::vector<TimedEvent> events) {
        std::ranges::sort(events, std::greater(), &TimedEvent::clock);
        for (std::size_t i = 0; i < std::min(events.size(), static_cast<std::size_t>(slowest)); ++i)
            fmt::print("    {:<8} {:7.1f} ms, computing {:7.1f}: event {} of {}\n", when, events[i].clock,
                       events[i].computing, static_cast<int>(events[i].type), events[i].receiver);
    };
    list("turning", seen.turning);
    list("then", seen.events);
}

/// Of every view and format, all rounds together.
void print(const std::vector<FigureStall>& figures) {
    fmt::print("{:<30} {:>9} {:>8} {:>8}\n", "writing a figure, milliseconds", "waits: 50 %", "longest", "in all");
    std::vector<std::pair<QString, QString>> kinds;
    for (const auto& one : figures)
        if (const std::pair kind(one.view, one.format); std::ranges::find(kinds, kind) == kinds.end())
            kinds.push_back(kind);
    for (const auto& kind : kinds) {
        std::vector<double> medians, longest, all;
        for (const auto& one : figures) {
            if (std::pair(one.view, one.format) != kind) continue;
            medians.push_back(one.median);
            longest.push_back(one.longest);
            all.push_back(one.all);
        }
        fmt::print("{:<30} {:11.1f} {:8.1f} {:8.0f}\n", (kind.first + ", " + kind.second).toStdString(),
                   quantile(medians, 0.5), quantile(longest, 1.0), quantile(all, 0.5));
    }
}

std::string load() {
    double minutes[1] = {};
    return getloadavg(minutes, 1) == 1 ? fmt::format("{:.1f}", minutes[0]) : "unknown";
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    Bench bench;
    int rounds = 3, seconds = 5, slowest = 0, threads = 1, width = bench.size.width(), height = bench.size.height();
    Options("The window beside a large run")
        .add("--members", &bench.members)
        .add("--samples", &bench.samples)
        .add("--threads", &threads, "That score, beside the window's")
        .add("--rounds", &rounds)
        .add("--seconds", &seconds, "For every tab")
        .add("--only", &bench.only, "Tabs whose names begin so")
        .add("--width", &width)
        .add("--height", &height)
        .add("--slowest", &slowest, "So many of the slowest events are listed for every tab")
        .read(argc, argv);
    bench.threads = static_cast<std::size_t>(threads);
    bench.time = milliseconds(1000 * seconds);
    bench.size = {width, height};
    TimedApplication application(argc, argv);
    applyTheme(application, ThemeKind::Light);

    const QTemporaryDir folder;
    const std::filesystem::path place = folder.path().toStdString();
    bench.resources = place / "resources";
    std::filesystem::create_directory(bench.resources);
    makeManyDigits(bench.resources, bench.samples);
    const auto grown = place / "grown.db";
    (void)computeAlone(bench, grown, static_cast<double>(bench.members + kGrown));
    const auto before = load();

    Seen first;
    std::vector<FigureStall> figures;
    const auto names = scenes(bench.only);
    std::vector<Seen> all(names.size());
    for (int round = 0; round < rounds; ++round) {
        // A log may be left beside a database.
        const auto copy = [&](const char* name) {
            const auto to = place / fmt::format("{}-{}.db", name, round);
            std::filesystem::copy_file(grown, to);
            return to;
        };
        watchAll(bench, application, copy("watched"), first, all, figures);
        const auto alone = computeAlone(bench, copy("alone"), all.back().ways.back().second.evaluations);
        for (auto& seen : all) {
            const auto& [from, to] = seen.ways.back();
            seen.rates.push_back((secondsAt(alone, to.evaluations) - secondsAt(alone, from.evaluations)) /
                                 (to.seconds - from.seconds));
        }
    }

    fmt::print("{} members, {} samples; {} x {}, {}; load {} before and {} after, {} cores; {} rounds\n", bench.members,
               bench.samples, width, height, QGuiApplication::platformName().toStdString(), before, load(),
               std::thread::hardware_concurrency(), rounds);
    fmt::print("{:<30} {:>6} {:>21} {:>7} {:>9} {:>14} {:>8} {:>6} {:>5}\n", "milliseconds", "shown",
               "frames: 50 %   99 %   max", "others", "computing", "waits: 99 % max", "turning", "cores", "rate");
    print("the first children", first, slowest);
    for (std::size_t i = 0; i < all.size(); ++i) print(names[i].name, all[i], slowest);
    print(figures);
    return 0;
}
