#include "core/merging/merge_card.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mergarium {
namespace {

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string nameOfFolder(const std::filesystem::path& folder) {
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

/// Longer than any row of the same mark in the text.
std::string fenceFor(const std::string& text) {
    std::string fence = "```";
    while (text.find(fence) != text.npos) fence += '`';
    return fence;
}

}  // namespace

std::string mergeCard(const MergeStory& story) {
    std::string text = "---\nbase_model:\n";
    for (const auto& model : story.models)
        text += "- " + quoted(hubName(model.place().base).value_or(nameOfModel(model.place().base))) + "\n";
    text += "tags:\n- merge\n- mergekit\n- mergarium\n---\n";
    text += fmt::format("# {}\n\nMerged by Mergarium without training, by the method {}{}.\n",
                        story.name.empty() ? nameOfFolder(story.target) : story.name, story.plan.method->name,
                        story.plan.method->isRandom ? fmt::format(" with the seed {}", story.seed) : "");
    text += "\n## Models\n\n| model | hash of its contents |\n| --- | --- |\n";
    for (std::size_t i = 0; i < story.models.size(); ++i)
        text += fmt::format("| {} | `{}` |\n", nameOfModel(story.models[i].place().base), story.hashes[i]);
    const auto& yaml = story.configuration.text;
    const auto fence = fenceFor(yaml);
    text += fmt::format("\n## Configuration\n\n{}yaml\n{}{}{}\n", fence, yaml,
                        yaml.empty() || yaml.back() == '\n' ? "" : "\n", fence);
    if (!story.plan.notes.empty()) text += "\n## Notes\n\n";
    for (const auto& note : story.plan.notes) text += "- " + note + "\n";
    text += fmt::format(
        "\n## How to make it again\n\n    mergarium-cli merge mergekit_config.yml{} --models MODELS --out FOLDER\n\n"
        "makes the same numbers from the models above, which lie in the folder MODELS.\n",
        story.plan.method->isRandom ? fmt::format(" --seed {}", story.seed) : "");
    return text;
}

}  // namespace mergarium
