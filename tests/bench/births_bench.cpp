// How long a person waits for the births of a long run, and what memory that takes: pages at random places, filters and
// orders; the window opened on the run, its table scrolled, its past looked at. The database is made, in a process of
// its own, of a real run's first births, copied over and over under new steps with SQL. Works offscreen.
#include "core/session/run_loop.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "core/store/birth_pages.h"
#include "tests/bench/options.h"
#include "tests/bench/timed_application.h"
#include "ui/main_window.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <QEventLoop>
#include <QProcess>
#include <QScrollBar>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

using namespace mergarium;

namespace {

double milliseconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return 1e3 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
    std::vector<double> all;

    void print(const char* what) {
        std::ranges::sort(all);
        fmt::print("{:<52} {:9.2f} {:9.2f}\n", what, all[all.size() / 2], all.back());
    }
};

/// Kilobytes; `name` is a line of /proc/self/status.
long memory(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
    return 0;
}

/// A run of so many births; `real` of them are bred and scored, the others are copies.
void make(const std::filesystem::path& path, std::uint64_t births, std::uint64_t real) {
    RunConfiguration configuration;
    configuration.device = "cpu";
    configuration.evaluations = births;
    {
        const std::atomic<bool> never = false;
        const auto loop = RunLoop::begin(configuration, {.database = path, .resources = findResources(), .threads = 1});
        for (std::uint64_t step = 0; step < real; ++step) (void)loop->step(never);
        loop->store(Phase::Stopped);
    }
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA synchronous = OFF");
    SQLite::Transaction transaction(database);
    for (auto done = real; done < births; done *= 2)
        database.exec(fmt::format(
            "INSERT INTO births SELECT run, step + {0}, first, second, splits, ratio, interpolation, sigma, "
            "mutation_seed, train, fitness, slot, replaced, scores, seconds, scored, failure, chromosomes, inheritance "
            "FROM births WHERE run = 1 "
            "AND step <= {1} ORDER BY step",
            done, std::min(done, births - done)));
    database.exec(fmt::format("UPDATE runs SET evaluations = {}", births));
    transaction.commit();
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

void measurePages(const std::filesystem::path& path, std::uint64_t births) {
    std::unique_ptr<BirthPages> pages;
    fmt::print("{:<52} {:9.1f}\n", "open, count, and the latest page of 256", milliseconds([&] {
                   pages = std::make_unique<BirthPages>(path, RunId{1});
                   pages->find({});
                   (void)pages->page(pages->count() - 256, 256);
               }));
    std::mt19937_64 random(1);
    const auto turnPages = [&](const char* what) {
        Times times;
        for (int round = 0; round < 1000; ++round) {
            const auto at = random() % (pages->count() - 255);
            times.all.push_back(milliseconds([&] { (void)pages->page(at, 256); }));
        }
        times.print(what);
    };
    turnPages("  a random page, by step");
    const auto before = memory("VmRSS");
    const auto find = [&](const char* what, const BirthQuery& query) {
        Times times;
        for (int round = 0; round < 5; ++round) {
            pages->find({});
            times.all.push_back(milliseconds([&] { pages->find(query); }));
        }
        times.print(fmt::format("{}: {} found", what, pages->count()).c_str());
    };
    const auto parent = pages->page(births / 2, 1).front().first;
    find("accepted", {.outcome = BirthOutcome::Accepted});
    turnPages("  a random page of these");
    find("failed", {.outcome = BirthOutcome::Failed});
    find("with a member", {.member = parent});
    find("of a parent", {.member = parent, .part = BirthPart::Parent});
    find("accepted, by score", {.outcome = BirthOutcome::Accepted, .order = BirthOrder::Train});
    find("all, by score", {.order = BirthOrder::Train});
    turnPages("  a random page of these");
    Times again;
    for (int round = 0; round < 1000; ++round)
        again.all.push_back(milliseconds([&] { pages->find({.order = BirthOrder::Train}); }));
    again.print("asked again, nothing new");
    fmt::print("resident: {} MB before the filters, {} MB with all by score, {} MB at most\n", before / 1000,
               memory("VmRSS") / 1000, memory("VmHWM") / 1000);
}

/// Until `isDone`, turn by turn of the event loop.
double waited(const std::function<void()>& work, const std::function<bool()>& isDone) {
    return milliseconds([&] {
        work();
        QApplication::processEvents();
        while (!isDone()) QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    });
}

void settle() {
    QEventLoop loop;
    QTimer::singleShot(2000, &loop, &QEventLoop::quit);
    loop.exec();
}

/// Whether every row that is seen is filled, and there are so many in all.
bool isFilled(const QTableView& table, int births) {
    const auto& model = *table.model();
    const int first = std::max(0, table.rowAt(0)), last = table.rowAt(table.viewport()->height() - 1);
    for (int row = first; row <= std::max(first, last); ++row)
        if (model.index(row, 3).data().toString().isEmpty()) return false;
    return model.rowCount() == births;
}

void print(const char* what, double time) { fmt::print("{:<52} {:9.1f}\n", what, time); }

/// Events of the window's thread since `application` was asked last.
void printEvents(bench::TimedApplication& application, const char* which) {
    Times frames, events;
    for (const auto& event : application.take()) (event.paints() ? frames : events).all.push_back(event.clock);
    if (!frames.all.empty()) frames.print(fmt::format("  frames {}", which).c_str());
    if (!events.all.empty()) events.print(fmt::format("  other events {}", which).c_str());
}

void scroll(bench::TimedApplication& application, QTableView& table, int births) {
    std::mt19937 random(1);
    auto* bar = table.verticalScrollBar();
    const auto measured = [&](const char* what, const char* which, const std::function<int()>& place) {
        Times jumps;
        (void)application.take();
        for (int round = 0; round < 300; ++round)
            jumps.all.push_back(waited([&] { application.timed("scrolling", [&] { bar->setValue(place()); }); },
                                       [&] { return isFilled(table, births); }));
        jumps.print(what);
        printEvents(application, which);
    };
    measured("scrolled by three rows, until it is filled", "meanwhile", [&] { return bar->value() + 3; });
    measured("scrolled to a random place, until it is filled", "meanwhile",
             [&] { return static_cast<int>(random() % static_cast<unsigned>(bar->maximum())); });
}

void lookBack(bench::TimedApplication& application, MainWindow& window, std::uint64_t births) {
    auto& workbench = window.workbench();
    std::mt19937_64 random(1);
    const auto lookAt = [&](std::uint64_t step) {
        return waited([&] { workbench.lookBack(step); },
                      [&] {
                          const auto& shown = *workbench.shown();
                          return shown.lookedBackFrom && shown.evaluations == step;
                      });
    };
    (void)application.take();
    print("the first look back, which breeds its members again", lookAt(births / 2));
    Times positions;
    for (int round = 0; round < 200; ++round) positions.all.push_back(lookAt(random() % (births + 1)));
    positions.print("a look back at a random step, until it is shown");
    printEvents(application, "meanwhile");
    workbench.followLatest();
}

void turnTo(MainWindow& window, const QString& tab) {
    for (int index = 0; index < window.tabs().count(); ++index)
        if (window.tabs().tabText(index) == tab) window.tabs().setCurrentIndex(index);
}

/// A window, once `isDone`.
std::unique_ptr<MainWindow> open(const char* what, const std::filesystem::path& database,
                                 const std::function<bool(MainWindow&)>& isDone) {
    std::unique_ptr<MainWindow> window;
    const auto make = [&] {
        window = std::make_unique<MainWindow>(
            WindowOptions{.workplace = {.database = database, .resources = findResources(), .threads = 1},
                          .theme = ThemeKind::Light});
        window->resize(1600, 1000);
        window->show();
    };
    print(what, waited(make, [&] { return isDone(*window); }));
    settle();
    return window;
}

void measureWindow(bench::TimedApplication& application, const std::filesystem::path& path, std::uint64_t births) {
    (void)open("an empty window opens", path.string() + ".empty", [](MainWindow&) { return true; });
    const auto empty = memory("VmRSS");

    (void)application.take();
    // It shows the latest run by itself.
    const auto window = open("a window opens with the run, its past too", path, [&](MainWindow& one) {
        return one.workbench().shown() && one.workbench().history().evaluations == births;
    });
    printEvents(application, "meanwhile");
    const auto opened = memory("VmRSS");
    auto& table = *window->findChild<QTableView*>("births.table");
    const auto count = static_cast<int>(births);
    print("the tab Births, until it is filled",
          waited([&] { application.timed("turning", [&] { turnTo(*window, "Births"); }); },
                 [&] { return isFilled(table, count); }));
    printEvents(application, "meanwhile");
    scroll(application, table, count);
    for (int tab = 0; tab < window->tabs().count(); ++tab) {
        window->tabs().setCurrentIndex(tab);
        settle();
    }
    const auto seen = memory("VmRSS");
    lookBack(application, *window, births);
    fmt::print(
        "resident: {} MB in an empty window; more than that: {} MB with the run, {} MB after every tab, {} MB "
        "after its past\n\n",
        empty / 1000, (opened - empty) / 1000, (seen - empty) / 1000, (memory("VmRSS") - empty) / 1000);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::uint64_t births = 1'000'000, real = 4'000;
    std::string made;
    bench::Options("The births of a long run")
        .add("--births", &births)
        .add("--real", &real, "So many are bred and scored; the others are copies")
        .add("--make", &made, "Only writes the database, to this file")
        .read(argc, argv);
    if (!made.empty()) {
        make(made, births, real);
        return 0;
    }
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    bench::TimedApplication application(argc, argv);
    applyTheme(application, ThemeKind::Light);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("births.db").toStdString();
    // What that takes isn't to be counted.
    if (QProcess::execute(application.applicationFilePath(),
                          {"--make", QString::fromStdString(path.string()), "--births", QString::number(births),
                           "--real", QString::number(real)}) != 0)
        return 1;
    fmt::print("{} births, {} of them copies; the database takes {} MB\n\n{:<52} {:>9} {:>9}\n", births, births - real,
               std::filesystem::file_size(path) / 1'000'000, "milliseconds", "median", "longest");
    measureWindow(application, path, births);
    measurePages(path, births);
    return 0;
}
