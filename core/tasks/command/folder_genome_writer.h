#pragma once

#include "core/founders/founder_source.h"
#include "core/founders/founders.h"
#include "core/tasks/command/command_settings.h"
#include "core/tasks/command/genome_writer.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace mergarium {

/// Writes models over these founders into a folder of its own in `scratch`, which is removed with the writer:
/// model.safetensors (diffusion_pytorch_model.safetensors of a component of diffusers), and links to the configuration
/// and tokenizer files of the first founder.
std::unique_ptr<GenomeWriter> makeGenomeWriter(Handover kind, const std::filesystem::path& scratch,
                                               FoundersPtr founders, std::vector<FounderSourcePtr> sources);

}  // namespace mergarium
