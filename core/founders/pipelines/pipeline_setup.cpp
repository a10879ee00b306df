#include "core/founders/pipelines/pipeline_setup.h"

#include "core/diffusion/pipeline_folder.h"
#include "core/files/mapped_file.h"
#include "core/files/refusal.h"
#include "core/files/scratch_place.h"
#include "core/files/text_file.h"
#include "core/founders/pipelines/pipeline_founder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSidecar = 1'000'000;

/// The YAML file beside a single file that the programs it was trained with read; empty: there is none.
std::string sidecarOf(const fs::path& file) {
    auto path = file;
    path.replace_extension(".yaml");
    std::error_code error;
    return fs::is_regular_file(path, error) ? readFile(path, kMostSidecar) : std::string();
}

const TensorDescription* find(const FounderSource& founder, const std::string& name) {
    const auto tensor = founder.indexOf(name);
    return tensor ? &founder.tensors()[*tensor] : nullptr;
}

/// A few tensors that hold the sizes of all; where they are alike, the networks say what else differs.
void requireAlike(const FounderSource& founder, const FounderSource& like) {
    for (const auto& own : like.tensors()) {
        if (!isFloating(own.dtype)) continue;
        const auto* other = find(founder, own.name);
        if (other && other->shape == own.shape) continue;
        refuse(like.base().path(),
               fmt::format("this pipeline is of another architecture than {}: '{}' is [{}] here, and {} there",
                           founder.base().path().string(), own.name, fmt::join(own.shape, ", "),
                           other ? fmt::format("[{}]", fmt::join(other->shape, ", ")) : "missing"));
    }
}

}  // namespace

std::optional<ShapesConfig> singleFileConfig(const PipelineFounder& founder) {
    std::vector<std::string> extras;
    const auto stored = founder.own().tensors();
    for (std::size_t tensor = 0; tensor < stored.size(); ++tensor)
        if (founder.partsOf(tensor).empty()) extras.push_back(stored[tensor].name);
    return configOfShapes(founder.tensors(), founder.base().metadata(), extras, sidecarOf(founder.base().path()));
}

fs::path pipelineFolderOf(std::span<const FounderSourcePtr> founders) {
    for (const auto& founder : founders)
        if (founder->pipeline() && founder->pipeline()->form() == PipelineForm::Folder) return founder->base().folder();
    return {};
}

PipelineSetup pipelineSetupOf(const FounderSource& founder, const fs::path& like,
                              std::optional<SchedulerKind> scheduler) {
    const auto* pipeline = founder.pipeline();
    const auto& path = founder.base().path();
    if (!pipeline)
        refuse(path,
               "this is no text-to-image model: neither a pipeline of diffusers (model_index.json) nor a single "
               "file of Stable Diffusion");
    if (pipeline->form() == PipelineForm::Folder)
        return {.config = pipelineConfigOf(founder.base().folder(), scheduler), .folder = founder.base().folder()};
    if (auto known = singleFileConfig(*pipeline)) {
        if (scheduler) known->config.scheduler.kind = *scheduler;
        checkPipeline(known->config, path.string());
        return {.config = known->config, .folder = like, .assumed = std::move(known->assumed)};
    }
    if (like.empty())
        refuse(path,
               "a single file holds no configuration, and this one's sizes are not Stable Diffusion's own; name "
               "a pipeline's folder of the same architecture beside it (--like)");
    requireAlike(founder, *asPipeline(openAsStored(like), scratchPlace()));
    return {.config = pipelineConfigOf(like, scheduler),
            .folder = like,
            .assumed = {fmt::format("the configurations are those of {}", like.string())}};
}

}  // namespace mergarium
