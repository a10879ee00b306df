#include "core/export/write_model.h"

#include "core/export/founder_files.h"
#include "core/export/mergekit_config.h"
#include "core/export/model_card.h"
#include "core/export/pipeline_files.h"
#include "core/founders/child_folder.h"
#include "core/genome/recipe_tensors.h"
#include "core/gguf/write_gguf.h"
#include "core/models/model_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytesIn(const fs::path& folder) {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
}

Progress announcing(const Announce& announce, std::string what) {
    if (!announce) return nullptr;
    return [&announce, what](std::uint64_t done, std::uint64_t total) { return announce(what, done, total); };
}

/// Weights in subfolders, which are the founder's as they are.
std::vector<std::string> weightsTakenOver(const FounderSource& founder) {
    std::vector<std::string> names;
    for (const auto& companion : companionsOf(founder))
        if (companion.name.find('/') != std::string::npos &&
            (companion.name.ends_with(".safetensors") || companion.name.ends_with(".bin")))
            names.push_back(companion.name);
    return names;
}

bool isDequantised(const FounderSourcePtr& founder) {
    for (std::size_t tensor = 0; tensor < founder->tensors().size(); ++tensor)
        if (founder->outputType(tensor) != founder->tensors()[tensor].dtype) return true;
    return false;
}

ExportResult commit(PendingFolder& folder, std::string hash) {
    const auto bytes = bytesIn(folder.path());
    folder.commit();
    return {.folder = folder.target(), .bytes = bytes, .hash = std::move(hash)};
}

}  // namespace

ExportResult writeMergedModel(ModelRecipe model, const OpenedFounders& founders, const ModelTarget& place,
                              const Announce& announce) {
    const auto& layout = founders.founders->layout();
    const auto& like = *founders.sources[model.filesFrom];
    const auto& target = place.folder;
    if (!like.pipeline() && (model.form || !model.like.empty()))
        throw std::runtime_error(
            fmt::format("{}: this is no text-to-image model of several components, and is written in one way alone.",
                        like.base().path().string()));
    if (place.gguf) requireGguf(like.base().folder(), like.tokenizerFolder());
    PendingFolder folder(target);
    const RecipeTensors tensors(founders.founders, founders.sources, model.dtype, model.filesFrom, model.leftOut,
                                model.scales);
    auto metadata = childMetadata(like);
    metadata["made_by"] = "mergarium";
    metadata["layout"] = model.layout;
    std::optional<PipelineFiles> pipeline;
    if (like.pipeline()) pipeline.emplace(model, founders.sources, place.like, tensors.descriptions());
    const auto plan =
        pipeline ? pipeline->plan(model, metadata)
                 : planModel(tensors.descriptions(), model.shardSize, {.stem = childStem(like), .metadata = metadata});
    const auto& beside = pipeline ? pipeline->source() : like;
    const bool withFiles = !pipeline || pipeline->form() == PipelineForm::Folder;
    if (withFiles) copyFounderFiles(beside, tensors.descriptions(), layout, folder);
    RangeGuard range(model.outOfRange);
    const auto values = tensors.contents(model.recipe, range);
    auto hash = writeModel(plan, folder, pipeline ? pipeline->tensors().contents(values) : values,
                           {.threads = 0, .progress = announcing(announce, "Writing the model"), .meanwhile = [&] {
                                for (std::size_t k = 0; k < model.founders.size(); ++k)
                                    if (auto& founder = model.founders[k].hash; founder.empty()) {
                                        const auto& source = *founders.sources[k];
                                        const auto contents = contentsOfFounder(source, founders.cache, announce);
                                        refuseNotFinite(source, contents, layout);
                                        founder = contents.hash;
                                    }
                            }});
    range.check(target);
    if (!model.result.empty() && model.result != hash)
        throw std::runtime_error(
            fmt::format("{}: the rebuilt model is not the one of the recipe, although its founders are (contents {}, "
                        "should be {}); it was "
                        "not kept.",
                        target.string(), hash, model.result));
    model.result = hash;
    auto mergekit = mergekitConfig(model, layout);
    if (!mergekit.yaml.empty() && std::ranges::any_of(founders.sources, [&](const auto& source) {
            return source->tiedEmbeddings() != tiedIn(layout, *source);
        }))
        mergekit = {.yaml = {}, .whyNot = "some founders' heads are their embeddings and others' are not"};
    if (!mergekit.yaml.empty() && std::ranges::any_of(founders.sources, isDequantised))
        mergekit = {.yaml = {}, .whyNot = "a founder is stored in fp8 with scales, which mergekit doesn't multiply by"};
    if (!founders.namings.empty())
        mergekit = {.yaml = {}, .whyNot = "some founders name their tensors otherwise than the first"};
    if (pipeline) mergekit = {.yaml = {}, .whyNot = "mergekit merges language models"};
    if (!mergekit.yaml.empty()) folder.writeFile("mergekit.yml", mergekit.yaml);
    folder.writeFile("recipe.yaml", toYaml(model));
    folder.writeFile("README.md", modelCard(model, mergekit.whyNot,
                                            withFiles ? weightsTakenOver(beside) : std::vector<std::string>{}));
    auto notes = founders.namings;
    if (place.gguf)
        for (auto& note : writeGguf(folder, {.type = *place.gguf,
                                            .name = model.name,
                                            .outOfRange = model.outOfRange,
                                            .progress = announcing(announce, "Writing model.gguf")}))
            notes.push_back(std::move(note));
    auto result = commit(folder, std::move(hash));
    result.notes = std::move(notes);
    return result;
}

ExportResult writeDenseModel(const std::string& name, const ModelStory& story, const Layout& layout,
                             std::span<const float> parameters, std::optional<DType> dtype, OutOfRange outOfRange,
                             const fs::path& target) {
    std::vector<TensorDescription> tensors;
    for (const auto& tensor : layout.tensors)
        tensors.push_back(
            {.name = tensor.name, .dtype = dtype.value_or(tensor.dtype), .shape = tensor.shape, .count = tensor.count});
    PendingFolder folder(target);
    RangeGuard range(outOfRange);
    auto hash = writeModel(planModel(tensors, 0, {.metadata = {{"made_by", "mergarium"}}}), folder,
                           [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) {
                               const auto& own = tensors[tensor];
                               const auto values = parameters.subspan(layout.tensors[tensor].begin + begin,
                                                                      out.size() / sizeOf(own.dtype));
                               fromFloats(own.dtype, values, out.data());
                               range.look(own.name, own.dtype, out, false,
                                          [&](std::span<float> before) { std::ranges::copy(values, before.begin()); });
                           });
    range.check(target);
    folder.writeFile("README.md", denseModelCard(name, story));
    return commit(folder, std::move(hash));
}

fs::path namedPath(const fs::path& path, Paths paths) {
    if (path.empty()) return path;
    const auto whole = fs::absolute(path).lexically_normal();
    return paths == Paths::Told ? whole : ownName(whole);
}

std::vector<RecipeFounder> recipeFounders(const OpenedFounders& founders, const std::vector<CheckpointFounder>& sources,
                                          Paths paths) {
    const auto named = [&](const fs::path& path) { return namedPath(path, paths); };
    std::vector<RecipeFounder> all;
    for (std::size_t k = 0; k < sources.size(); ++k) {
        const auto& model = founders.founders->model(k);
        CheckpointFounder source{.base = named(sources[k].base), .adapter = {}};
        for (const auto& [path, weight] : sources[k].adapter.all()) source.adapter.add({named(path), weight});
        all.push_back({model.name, std::move(source), model.hash});
    }
    return all;
}

}  // namespace mergarium
