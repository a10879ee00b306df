#pragma once

#include "core/session/configuration.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// Mean scores of one model, in [0, 1].
struct CheckpointScore {
    std::string model;
    double train = 0.0;
    double test = 0.0;
};

/// Scores the models in a safetensors file on the configuration's task: one model whose tensors are the network's own, or
/// any number of flat fp32 vectors, one tensor each. Throws std::runtime_error naming file and tensor when neither fits.
std::vector<CheckpointScore> scoreCheckpoint(const std::filesystem::path& checkpoint, const RunConfiguration& configuration,
                                             const std::filesystem::path& resources, std::size_t threads);

}  // namespace mergarium
