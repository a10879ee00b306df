#include "app/mergarium/screenshots.h"

#include "ui/selection/selection.h"
#include "ui/sweep/sweep_page.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>

namespace mergarium {
namespace {

constexpr std::uint64_t kEvaluations = 3000;
constexpr int kLongestWait = 600'000;
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

/// A sweep with arms and an axis; far from finished when the pictures are taken.
constexpr const char* kSweep = R"(# Do many split points help, and how many members should compete?
name: splits-and-archive
base: digits-specialists
set: {founders: specialists, budget.evaluations: 2000}
arms:
  1 split: {}
  64 splits: {strategy.splits: 64}
  64 splits, Beta 0.3: {strategy.splits: 64, strategy.ratio: {beta: 0.3}}
axes:
  strategy.archive: [10, 20]
seeds: 10
)";
constexpr int kRunsToCompare = 13;

int finishedRuns(const SweepPage& page) {
    const auto* runs = page.findChild<QTableView*>("sweep.runs")->model();
    int finished = 0;
    for (int row = 0; row < runs->rowCount(); ++row)
        finished += runs->index(row, 2).data() == SweepPage::tr("Finished") ? 1 : 0;
    return finished;
}

/// The row of the latest pair whose child came in, newest first: why it was drawn is shown then.
int latestAccepted(const SessionSnapshot& run) {
    const auto latest =
        std::find_if(run.pairings.rbegin(), run.pairings.rend(), [](const auto& one) { return one.accepted; });
    return latest == run.pairings.rend() ? 0 : static_cast<int>(latest - run.pairings.rbegin());
}

/// Opens a sweep and carries it out in part.
bool beginSweep(SweepPage& page, const QString& file) {
    std::ofstream(file.toStdString()) << kSweep;
    page.open(file);
    const auto started = [&] {
        page.start();
        return page.isGoing();
    };
    if (!waitFor(kLongestWait, started)) return false;
    if (!waitFor(kLongestWait, [&] { return finishedRuns(page) >= kRunsToCompare; })) return false;
    page.stop();
    return waitFor(kLongestWait, [&] { return !page.isGoing(); });
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
    const bool finished = waitFor(kLongestWait, [&] {
        return window.workbench().shown() && window.workbench().shown()->phase == Phase::Finished;
    });
    if (!finished) {
        std::fprintf(stderr, "mergarium: the run for the screenshots did not finish.\n");
        return 3;
    }
    auto* sweep = window.findChild<SweepPage*>();
    if (!beginSweep(*sweep, temporary.filePath("splits-and-archive.yaml"))) {
        std::fprintf(stderr, "mergarium: the sweep for the screenshots did not get far.\n");
        return 3;
    }
    Q_EMIT sweep->compareRequested("splits-and-archive");
    const auto picture = [&](const QString& name) {
        const auto path = QStringLiteral("%1/%2.png").arg(folder, name);
        if (window.grab().save(path)) return true;
        std::fprintf(stderr, "mergarium: %s: the picture can't be written.\n", qPrintable(path));
        return false;
    };
    for (const auto& [kind, theme] : {std::pair(ThemeKind::Light, "light"), std::pair(ThemeKind::Dark, "dark")}) {
        applyTheme(*qApp, kind);
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            window.tabs().setCurrentIndex(tab);
            // The Inspector with a sample beside the Niches, with a member beside the others.
            const auto& members = window.workbench().shown()->members;
            if (tab == 2)
                window.selection().select(std::size_t{7});
            else
                window.selection().select(members[*bestSlot(members)]->id);
            if (auto* matings = window.tabs().currentWidget()->findChild<QTableView*>("pairings"))
                matings->selectRow(latestAccepted(*window.workbench().shown()));
            waitFor(kSettle, [] { return false; });
            const auto name = window.tabs().tabText(tab).remove('&').toLower().replace(' ', '-');
            if (!picture(QStringLiteral("%1-%2").arg(name, theme))) return 2;
            // Once more with what opens beside it.
            for (auto* aside : window.tabs().currentWidget()->findChildren<QCheckBox*>()) {
                if (aside->objectName() != "list" && aside->objectName() != "layers") continue;
                aside->setChecked(true);
                waitFor(kSettle, [] { return false; });
                if (!picture(QStringLiteral("%1-%2-%3").arg(name, aside->objectName(), theme))) return 2;
                aside->setChecked(false);
            }
            if (window.tabs().currentWidget() != sweep) continue;
            // Once more while it goes on.
            sweep->start();
            waitFor(3 * kSettle, [] { return false; });
            if (!picture(QStringLiteral("sweep-going-%1").arg(theme))) return 2;
            sweep->stop();
            waitFor(kLongestWait, [&] { return !sweep->isGoing(); });
        }
    }
    return 0;
}

}  // namespace mergarium
