#pragma once

#include "core/genome/genome.h"

#include <filesystem>

namespace mergarium {

/// Writes genomes as models on disk, for another program to read.
class GenomeWriter {
public:
    virtual ~GenomeWriter() = default;
    /// Writes the model; returns the folder that holds it, valid until the next call. Throws std::runtime_error when it
    /// can't be written.
    virtual std::filesystem::path write(const Genome& genome) = 0;
};

}  // namespace mergarium
