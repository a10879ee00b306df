#include "core/export/rebuild_model.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> namesOf(const ModelRecipe& model) {
    std::vector<std::string> names;
    for (const auto& founder : model.founders) names.push_back(founder.name);
    return names;
}

/// Where the model that the recipe names by this path lies; its own path if empty.
std::optional<fs::path> found(const fs::path& path, const RebuildRequest& request) {
    if (path.empty()) return path;
    std::error_code error;
    if (path.is_absolute() && fs::exists(path, error)) return path;
    const auto around = fs::absolute(request.recipe).lexically_normal().parent_path();
    for (const auto& folder : {request.models, around, around.parent_path(), hubCache()})
        for (const auto& name : {ownName(path), path.filename()})
            if (!folder.empty() && fs::exists(folder / name, error)) return folder / name;
    return std::nullopt;
}

/// Absent: not all of it was found.
std::optional<CheckpointFounder> found(const CheckpointFounder& founder, const RebuildRequest& request) {
    const auto base = found(founder.base, request);
    if (!base) return std::nullopt;
    CheckpointFounder all{.base = *base, .adapter = {}};
    for (const auto& [path, weight] : founder.adapter.all()) {
        const auto place = found(path, request);
        if (!place) return std::nullopt;
        all.adapter.add({*place, weight});
    }
    return all;
}

[[noreturn]] void refuseMissing(const RebuildRequest& request, const RecipeFounder& founder, std::size_t number) {
    auto path = founder.source.base;
    for (const auto& adapter : founder.source.adapter.all())
        if (found(path, request)) path = adapter.path;
    throw std::runtime_error(fmt::format(
        "{}: founder {}, '{}', is neither {} nor beside the recipe; say where it is with --founder {}=PATH, or name "
        "the folder that holds the founders with --models.",
        request.recipe.string(), number, founder.name,
        path.is_absolute() ? fmt::format("at {}", path.string())
                           : fmt::format("in {}", request.models.empty() ? "a folder given" : request.models.string()),
        number));
}

/// By index.
std::map<std::size_t, CheckpointFounder> placesOf(const RebuildRequest& request, const ModelRecipe& model) {
    std::map<std::size_t, CheckpointFounder> places;
    for (const auto& [key, founder] : request.founders) {
        std::size_t index = 0;
        while (index < model.founders.size() && key != std::to_string(index + 1) && key != model.founders[index].name)
            ++index;
        if (index == model.founders.size())
            throw std::runtime_error(fmt::format("{}: there is no founder {}; it has {}: {}.", request.recipe.string(),
                                                 key, index, fmt::join(namesOf(model), ", ")));
        places[index] = founder;
    }
    return places;
}

}  // namespace

std::vector<FoundFounder> foundFounders(const RebuildRequest& request, const ModelRecipe& model) {
    const auto places = placesOf(request, model);
    std::vector<FoundFounder> founders;
    for (std::size_t k = 0; k < model.founders.size(); ++k) {
        const auto& [name, source, hash] = model.founders[k];
        auto& founder = founders.emplace_back(FoundFounder{.name = name, .place = std::nullopt});
        if (const auto place = places.find(k); place != places.end())
            founder.place = place->second;
        else
            founder.place = found(source, request);
    }
    return founders;
}

ExportResult rebuildModel(const RebuildRequest& request, const fs::path& cache, const Announce& announce) {
    auto model = readModelRecipe(request.recipe);
    const auto places = foundFounders(request, model);
    std::vector<CheckpointFounder> sources;
    for (std::size_t k = 0; k < places.size(); ++k) {
        if (!places[k].place) refuseMissing(request, model.founders[k], k + 1);
        sources.push_back(*places[k].place);
    }
    const auto opened = openFounders(sources, model.tensors, cache, announce);
    for (std::size_t k = 0; k < sources.size(); ++k)
        if (opened.founders->model(k).hash != model.founders[k].hash)
            throw std::runtime_error(
                fmt::format("{}: this is not the founder '{}' of {}: the hash of its contents is {}, and should be {}.",
                            sources[k].base.string(), model.founders[k].name, request.recipe.string(),
                            opened.founders->model(k).hash, model.founders[k].hash));
    const auto& layout = opened.founders->layout();
    if (hashOf(layout) != model.layout || layout.length() != model.recipe.length())
        throw std::runtime_error(
            fmt::format("{}: its spans refer to another layout of the parameter vector than these founders have.",
                        request.recipe.string()));
    const auto like = found(model.like, request);
    if (!like)
        throw std::runtime_error(
            fmt::format("{}: the folder '{}', whose configurations the model has, is not there; name the folder that "
                        "holds it with --models.",
                        request.recipe.string(), model.like.string()));
    return writeMergedModel(std::move(model), opened, {.folder = request.folder, .like = *like}, announce);
}

}  // namespace mergarium
