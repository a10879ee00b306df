#pragma once

#include "core/export/model_recipe.h"
#include "core/export/pipeline_tensors.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// How a merged model that is a pipeline lies on the disk: as which pipeline, in which form.
class PipelineFiles {
public:
    /// `sources` are the recipe's founders, the one that files are from a pipeline; `like`: where the recipe's `like`
    /// lies. Throws std::runtime_error with one sentence where a folder is to be written and there is none whose
    /// configurations and tokenizers it could have, or the one that is named holds another model.
    PipelineFiles(const ModelRecipe& recipe, std::span<const FounderSourcePtr> sources,
                  const std::filesystem::path& like, std::vector<TensorDescription> tensors);

    PipelineForm form() const { return form_; }
    /// Whose files come along with a folder.
    const FounderSource& source() const { return *source_; }
    const PipelineTensors& tensors() const { return *tensors_; }
    ModelPlan plan(const ModelRecipe& recipe, const std::map<std::string, std::string>& metadata) const;

private:
    FounderSourcePtr source_;
    PipelineForm form_;
    std::optional<PipelineTensors> tensors_;
};

}  // namespace mergarium
