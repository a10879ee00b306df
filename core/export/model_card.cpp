#include "core/export/model_card.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace mergarium {
namespace {

/// Spans that a card shows; the recipe has them all.
constexpr std::size_t kMostSpans = 24;

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string storyText(const ModelStory& story) {
    std::string text;
    if (!story.scores.empty()) {
        text += "\n## Scores\n\n| task | training samples | test samples |\n| --- | ---: | ---: |\n";
        for (const auto& score : story.scores)
            text += fmt::format("| {} | {:.2f} % | {} |\n", score.task, 100.0 * score.train,
                                score.test ? fmt::format("{:.2f} %", 100.0 * *score.test) : "not tested");
    }
    if (!story.lineage.empty()) {
        text += "\n## Lineage\n\n";
        for (const auto& line : story.lineage) text += "- " + line + "\n";
    }
    return text;
}

std::string spansText(const ModelRecipe& model) {
    const auto& recipe = model.recipe;
    std::string text = "| from element | to | ", line = "| ---: | ---: | ";
    for (const auto& founder : model.founders) {
        text += founder.name + " | ";
        line += "---: | ";
    }
    text += "\n" + line + "\n";
    for (std::size_t span = 0; span < std::min(recipe.spans(), kMostSpans); ++span) {
        text += fmt::format("| {} | {} | ", recipe.begin(span), recipe.ends[span]);
        for (const double coefficient : recipe.of(span)) text += fmt::format("{:.6g} | ", coefficient);
        text += "\n";
    }
    if (recipe.spans() > kMostSpans)
        text += fmt::format("\n{} more spans are in `recipe.yaml`.\n", recipe.spans() - kMostSpans);
    return text;
}

}  // namespace

std::string modelCard(const ModelRecipe& model, const std::string& withoutMergekit,
                      const std::vector<std::string>& takenOver) {
    std::string text = "---\nbase_model:\n";
    for (const auto& founder : model.founders)
        text += "- " + quoted(hubName(founder.source.base).value_or(founder.name)) + "\n";
    text += "tags:\n- merge\n- mergarium\n---\n";
    text += fmt::format("# {}\n\n{} Merged by Mergarium without training.\n", model.name, model.story.origin);

    text += "\n## Founders\n\n| founder | hash of its contents |\n| --- | --- |\n";
    for (const auto& founder : model.founders) text += fmt::format("| {} | `{}` |\n", founder.name, founder.hash);
    text +=
        "\n## Recipe\n\nOn each span of the parameter vector (all tensors in depth order, one after the other) the "
        "model is the sum of coefficient "
        "times founder.\n\n";
    text += spansText(model);
    if (!takenOver.empty())
        text += fmt::format("\nNot merged, and {}'s as they are: `{}`.\n", model.founders.at(model.filesFrom).name,
                            fmt::join(takenOver, "`, `"));
    text += storyText(model.story);

    text +=
        "\n## How to build it again\n\n    mergarium-cli rebuild recipe.yaml --models FOUNDERS --out FOLDER\n\n"
        "makes the identical bytes from the founders above, which lie in the folder FOUNDERS, and refuses others. ";
    text += withoutMergekit.empty() ? "`mergekit.yml` says the same to mergekit.\n"
                                    : fmt::format("There is no `mergekit.yml`: {}.\n", withoutMergekit);
    return text;
}

std::string denseModelCard(const std::string& name, const ModelStory& story) {
    return fmt::format("---\ntags:\n- mergarium\n---\n# {}\n\n{} Evolved by Mergarium.\n", name, story.origin) +
           storyText(story);
}

}  // namespace mergarium
