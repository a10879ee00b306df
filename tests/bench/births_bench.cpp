// How long a person waits for the births of a long run: opening, pages at random places, filters and orders, and the
// window's table scrolled to random places. The database is made of a real run's first births, copied over and over
// under new steps with SQL. Works offscreen.
#include "core/session/run_loop.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "core/store/birth_pages.h"
#include "core/store/run_catalog.h"
#include "tests/bench/options.h"
#include "ui/births/births_view.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>

#include <algorithm>
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
            "mutation_seed, train, fitness, slot, replaced, scores, seconds, scored, failure FROM births WHERE run = 1 "
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

void measureTable(const std::filesystem::path& path, int births) {
    SnapshotPtr snapshot;
    fmt::print("{:<52} {:9.1f}\n", "the run's snapshot, for all views", milliseconds([&] {
                   snapshot = std::make_shared<const SessionSnapshot>(RunCatalog(path).snapshot({1}));
               }));
    Selection selection;
    BirthsView view(path, selection);
    view.resize(1200, 800);
    view.show();
    QApplication::processEvents();
    auto* table = view.findChild<QTableView*>();
    const auto& model = *table->model();
    Times stalls;
    const auto isFilled = [&] {
        const int first = std::max(0, table->rowAt(0)), last = table->rowAt(table->viewport()->height() - 1);
        for (int row = first; row <= std::max(first, last); ++row)
            if (model.index(row, 3).data().toString().isEmpty()) return false;
        return model.rowCount() == births;
    };
    const auto waited = [&](const std::function<void()>& work) {
        return milliseconds([&] {
            stalls.all.push_back(milliseconds(work));
            while (!isFilled())
                stalls.all.push_back(milliseconds([] { QApplication::processEvents(QEventLoop::AllEvents, 0); }));
        });
    };
    fmt::print("{:<52} {:9.1f}\n", "the window's table, filled", waited([&] { view.setSnapshot(snapshot); }));
    fmt::print("{:<52} {:9.1f}\n", "  the window's longest stall meanwhile", *std::ranges::max_element(stalls.all));
    stalls.all.clear();
    std::mt19937 random(1);
    Times jumps;
    auto* bar = table->verticalScrollBar();
    for (int round = 0; round < 300; ++round)
        jumps.all.push_back(waited([&] {
            bar->setValue(static_cast<int>(random() % static_cast<unsigned>(bar->maximum())));
            table->viewport()->repaint();
        }));
    jumps.print("scrolled to a random place, until it is filled");
    fmt::print("{:<52} {:9.1f}\n", "  the window's longest stall meanwhile", *std::ranges::max_element(stalls.all));
    fmt::print("resident: {} MB\n", memory("VmRSS") / 1000);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::uint64_t births = 1'000'000, real = 4'000;
    bench::Options("The births of a long run")
        .add("--births", &births)
        .add("--real", &real, "So many are bred and scored; the others are copies")
        .read(argc, argv);
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("births.db").toStdString();
    make(path, births, real);
    fmt::print("{} births, {} of them copies; the database takes {} MB\n\n{:<52} {:>9} {:>9}\n", births, births - real,
               std::filesystem::file_size(path) / 1'000'000, "milliseconds", "median", "longest");
    measurePages(path, births);
    measureTable(path, static_cast<int>(births));
    return 0;
}
