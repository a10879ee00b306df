#include "app/cli/comparison_output.h"

#include "app/cli/json_output.h"
#include "app/cli/say.h"
#include "core/comparison/figure.h"
#include "core/comparison/tables.h"
#include "core/files/whole_file.h"

#include <nlohmann/json.hpp>

namespace mergarium::cli {
namespace {

using Json = nlohmann::ordered_json;

Json intervalOf(const Summary& summary) {
    const auto interval = scoreInterval(summary);
    return interval ? Json{interval->from, interval->to} : Json(nullptr);
}

Json armOf(const Comparison& comparison, const ArmResult& arm) {
    Json json{{"name", arm.name},   {"comparison", comparison.title}, {"n", arm.seeds.size()},
              {"seeds", arm.seeds}, {"unfinished", arm.unfinished},   {"evaluations", arm.budget}};
    if (arm.seeds.empty()) return json;
    const auto measured = [](const Summary& summary, double value) {
        return summary.count > 0 ? Json(value) : Json(nullptr);
    };
    json["best_test_mean"] = measured(arm.bestTest, arm.bestTest.mean);
    json["best_test_stderr"] = measured(arm.bestTest, arm.bestTest.standardError);
    json["best_test_interval_95"] = intervalOf(arm.bestTest);
    json["best_train_mean"] = arm.bestTrain.mean;
    json["best_train_stderr"] = arm.bestTrain.standardError;
    json["auc_mean"] = measured(arm.area, arm.area.mean);
    json["auc_stderr"] = measured(arm.area, arm.area.standardError);
    json["coverage_mean"] = arm.coverage.mean;
    json["disagreement_mean"] = arm.disagreement.mean;
    json["niche_entropy_mean"] = arm.nicheEntropy.mean;
    if (arm.againstFirst)
        json["against_first"] = {{"pairs", arm.againstFirst->pairs},
                                 {"difference", arm.againstFirst->difference},
                                 {"p", arm.againstFirst->pValue}};
    if (arm.published) json["published_test"] = *arm.published;
    return json;
}

void write(const std::string& path, const std::string& contents) {
    if (!path.empty()) writeWholeFile(path, contents);
}

}  // namespace

void printComparisons(const std::vector<Comparison>& comparisons, const Options& options) {
    if (!options.json) {
        say("{}", toMarkdown(comparisons));
        return;
    }
    Json arms = Json::array();
    for (const auto& comparison : comparisons)
        for (const auto& arm : comparison.arms) arms.push_back(armOf(comparison, arm));
    print({{"arms", arms}});
}

void writeComparisons(const std::vector<Comparison>& comparisons, const Options& options) {
    write(options.csv, toCsv(comparisons));
    write(options.markdown, toMarkdown(comparisons));
    if (options.svg.empty() && options.pdf.empty()) return;
    const auto figure = figureOf(comparisons);
    write(options.svg, toSvg(figure));
    write(options.pdf, toPdf(figure));
}

}  // namespace mergarium::cli
