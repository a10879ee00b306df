#pragma once

#include "core/checkpoint/layout.h"
#include "core/configuration/configuration.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// Mean scores of one model, in [0, 1].
struct CheckpointScore {
    std::string model;
    double train = 0.0;
    /// Absent when nothing is held out.
    std::optional<double> test;
    /// The training score on each group of samples (classes, files), by name.
    std::vector<std::pair<std::string, double>> groups;
};

/// The parameters of one network in a safetensors file, or in the folder of an exported model, whose tensors are those
/// of the layout. Throws std::runtime_error naming file and tensor when it doesn't fit, or has numbers that are not
/// finite.
std::vector<float> readNetwork(const std::filesystem::path& path, const Layout& layout);
/// Throws std::runtime_error where adapters lie on what is to be a network of its own.
void refuseAdapters(const CheckpointFounder& network);

/// Scores a checkpoint on the configuration's task. Digits: a safetensors file with one model whose tensors are the
/// network's own, or any number of flat fp32 vectors, one tensor each. Other tasks: a model as a founder may be. Throws
/// std::runtime_error naming file and tensor when it doesn't fit.
std::vector<CheckpointScore> scoreCheckpoint(const CheckpointFounder& checkpoint, const RunConfiguration& configuration,
                                             const std::filesystem::path& resources, std::size_t threads,
                                             const MayStart& mayStart);

}  // namespace mergarium
