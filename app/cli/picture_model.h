#pragma once

#include "core/diffusion/picture_request.h"
#include "core/founders/founder_source.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium::cli {

/// A text-to-image model as a person names it, with all that it takes to make pictures.
struct OpenedPictureModel {
    FounderSourcePtr source;
    PipelineConfig config;
    std::vector<PromptReader> readers;
};

/// `named`: a pipeline's folder as diffusers lays it out, or a single file; `like`: a folder of the first kind, from
/// which what the model lacks is taken; empty: from none. Throws std::runtime_error.
OpenedPictureModel openPictureModel(const std::string& named, const std::string& like);

/// What reads prompts with the tokenizer in a folder.
PromptReader promptReaderIn(const std::filesystem::path& folder);

}  // namespace mergarium::cli
