#include "core/export/rebuild_model.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

fs::path found(const fs::path& path, const fs::path& recipe, const RecipeFounder& founder, std::size_t number) {
    if (path.empty()) return path;
    std::error_code error;
    const auto around = fs::absolute(recipe).lexically_normal().parent_path();
    for (const auto& place : {path, around / path.filename(), around.parent_path() / path.filename()})
        if (fs::exists(place, error)) return place;
    throw std::runtime_error(
        fmt::format("{}: founder {}, '{}', is not at {} any more; say where it is with --founder {}=PATH.",
                    recipe.string(), number, founder.name, path.string(), number));
}

}  // namespace

ExportResult rebuildModel(const fs::path& path, const std::map<std::size_t, CheckpointFounder>& elsewhere,
                          const fs::path& folder, const fs::path& cache, const Announce& announce) {
    auto model = readModelRecipe(path);
    if (!elsewhere.empty() && elsewhere.rbegin()->first >= model.founders.size())
        throw std::runtime_error(fmt::format("{}: there is no founder {}; it has {}.", path.string(),
                                             elsewhere.rbegin()->first + 1, model.founders.size()));

    std::vector<CheckpointFounder> sources;
    for (std::size_t k = 0; k < model.founders.size(); ++k) {
        const auto& founder = model.founders[k];
        if (const auto other = elsewhere.find(k); other != elsewhere.end())
            sources.push_back(other->second);
        else
            sources.push_back({found(founder.source.base, path, founder, k + 1),
                               found(founder.source.adapter, path, founder, k + 1)});
    }
    const auto opened = openFounders(sources, model.tensors, cache, announce);
    for (std::size_t k = 0; k < sources.size(); ++k)
        if (opened.founders->model(k).hash != model.founders[k].hash)
            throw std::runtime_error(
                fmt::format("{}: this is not the founder '{}' of {}: the hash of its contents is {}, and should be {}.",
                            sources[k].base.string(), model.founders[k].name, path.string(),
                            opened.founders->model(k).hash, model.founders[k].hash));
    const auto& layout = opened.founders->layout();
    if (hashOf(layout) != model.layout || layout.length() != model.recipe.length())
        throw std::runtime_error(fmt::format(
            "{}: its spans refer to another layout of the parameter vector than these founders have.", path.string()));
    return writeMergedModel(std::move(model), opened, folder, announce);
}

}  // namespace mergarium
