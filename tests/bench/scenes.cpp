#include "tests/bench/scenes.h"

#include "ui/attraction/attraction_matrix.h"
#include "ui/lineage/lineage_view.h"
#include "ui/runs/runs_view.h"

#include <QCheckBox>
#include <QSpinBox>
#include <QTabWidget>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mergarium::bench {
namespace {

void turnTo(MainWindow& window, const QString& tab) {
    for (int index = 0; index < window.tabs().count(); ++index)
        if (window.tabs().tabText(index) == tab) window.tabs().setCurrentIndex(index);
}

void check(MainWindow& window, const char* name, bool checked) {
    window.findChild<QCheckBox*>(name)->setChecked(checked);
}

}  // namespace

std::vector<MemberId> fittest(MainWindow& window) {
    const auto& latest = *window.workbench().latest();
    std::vector<std::pair<double, MemberId>> members;
    for (std::size_t slot = 0; slot < latest.members.size(); ++slot)
        if (latest.members[slot]) members.emplace_back(-latest.fitness[slot], latest.members[slot]->id);
    std::ranges::sort(members);
    return {members.at(0).second, members.at(1).second};
}

std::vector<Scene> scenes(const std::string& begin) {
    const auto tab = [](const char* name) { return [name](MainWindow& window) { turnTo(window, name); }; };
    const auto lookBack = [](MainWindow& window, std::uint64_t count) {
        window.workbench().lookBack(7 * count % (window.workbench().history().evaluations + 1));
    };
    const auto latest = [](MainWindow& window) { window.workbench().followLatest(); };
    std::vector<Scene> all{
        {"Overview", tab("Overview")},
        {"Overview, looking back", tab("Overview"), latest, lookBack},
        {"Niches", tab("Niches")},
        {"Niches, looking back", tab("Niches"), latest, lookBack},
        {"Niches, with the list", [](auto& window) { check(window, "list", true); },
         [](auto& window) { check(window, "list", false); }},
        {"Attraction", tab("Attraction")},
        {"Attraction, a pair",
         [](auto& window) {
             const auto pair = fittest(window);
             Q_EMIT window.template findChild<AttractionMatrix*>()->pairSelected(pair[0], pair[1]);
         }},
        {"Births", tab("Births")},
        {"Genome", tab("Genome")},
        {"Genome, differences and layers",
         [](auto& window) {
             check(window, "difference", true);
             check(window, "layers", true);
         }},
        {"Lineage", tab("Lineage")},
        {"Lineage, with descendants",
         [](auto& window) {
             for (auto* box : window.template findChild<LineageView*>()->template findChildren<QSpinBox*>())
                 box->setValue(4);
         }},
        {"Breed", tab("Breed")},
        {"Compare",
         [](auto& window) { Q_EMIT window.template findChild<RunsView*>()->compareRequested({QStringLiteral("1")}); }},
        {"Sweep", tab("Sweep")},
        {"New run", tab("New run")},
    };
    std::erase_if(all, [&](const Scene& scene) { return !std::string_view(scene.name).starts_with(begin); });
    if (all.empty()) throw std::runtime_error("There is no such tab.");
    return all;
}

}  // namespace mergarium::bench
