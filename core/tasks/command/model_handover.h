#pragma once

#include "core/genome/genome.h"

#include <filesystem>

namespace mergarium {

/// Turns genomes into models on disk that another program can read.
class ModelHandover {
public:
    virtual ~ModelHandover() = default;
    /// Writes the model; returns the folder that holds it, valid until the next call. Throws std::runtime_error when it
    /// can't be written.
    virtual std::filesystem::path hand(const Genome& genome) = 0;
};

}  // namespace mergarium
