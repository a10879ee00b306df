#include "core/export/pipeline_files.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/files/scratch_place.h"
#include "core/founders/pipelines/pipeline_companions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

bool isFolder(const FounderSourcePtr& source) {
    return source->pipeline() && source->pipeline()->form() == PipelineForm::Folder;
}

/// Every tensor of the pipeline must be there in its shape: its configurations speak of them.
void requireFit(const FounderSource& source, std::span<const TensorDescription> tensors) {
    for (const auto& own : source.pipeline()->tensors()) {
        if (!isFloating(own.dtype)) continue;
        const auto found = std::ranges::find(tensors, own.name, &TensorDescription::name);
        if (found != tensors.end() && found->shape == own.shape) continue;
        throw std::runtime_error(fmt::format(
            "{}: a folder with this one's configurations can't hold the model: '{}' is [{}] here, and {} there; name a "
            "folder of the same architecture with --like.",
            source.base().path().string(), own.name, fmt::join(own.shape, ", "),
            found == tensors.end() ? "missing" : fmt::format("[{}]", fmt::join(found->shape, ", "))));
    }
}

/// What a component's files are called where its folder has none yet.
std::string usualStem(const std::string& component) {
    return component.starts_with("text_encoder") ? "model" : "diffusion_pytorch_model";
}

}  // namespace

PipelineFiles::PipelineFiles(const ModelRecipe& recipe, std::span<const FounderSourcePtr> sources,
                             const std::filesystem::path& like, std::vector<TensorDescription> tensors)
    : source_(sources[recipe.filesFrom]), form_(recipe.form.value_or(source_->pipeline()->form())) {
    if (recipe.scales != Fp8Scales::None)
        throw std::runtime_error("Fp8 with scales is for language models; choose another element type for a pipeline.");
    if (form_ == PipelineForm::Folder && !isFolder(source_)) {
        const auto founder = std::ranges::find_if(sources, isFolder);
        if (!like.empty())
            source_ = openFounder({.base = like, .adapter = {}}, scratchPlace());
        else if (founder != sources.end())
            source_ = *founder;
        if (!isFolder(source_))
            throw std::runtime_error(fmt::format(
                "{}: a pipeline's folder has configurations and tokenizers, which a single file lacks; name a folder "
                "of the same architecture whose ones it can have with --like.",
                source_->base().path().string()));
        requireFit(*source_, tensors);
    }
    tensors_.emplace(std::move(tensors), *source_->pipeline(), form_);
}

ModelPlan PipelineFiles::plan(const ModelRecipe& recipe, const std::map<std::string, std::string>& metadata) const {
    const auto& descriptions = tensors_->descriptions();
    if (form_ == PipelineForm::SingleFile) return planModel(descriptions, 0, {.stem = "model", .metadata = metadata});
    const auto stems = componentStems(*source_->pipeline());
    std::vector<PlannedComponent> components;
    for (const auto& tensor : descriptions) {
        const auto component = tensor.name.substr(0, tensor.name.find('.'));
        if (!components.empty() && components.back().name == component) continue;
        const auto known = stems.find(component);
        auto stem = known == stems.end() ? usualStem(component) : known->second;
        // A variant is named after the element type that it has.
        if (recipe.dtype) stem = stem.substr(0, stem.find('.'));
        components.push_back({component, {.stem = stem, .metadata = metadata}});
    }
    return planPipeline(descriptions, components, recipe.shardSize);
}

}  // namespace mergarium
