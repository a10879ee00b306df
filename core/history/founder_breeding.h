#pragma once

#include "core/genome/genome.h"
#include "core/store/run_reader.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace mergarium {

/// What it takes to breed the children of a stored run again.
struct FounderBreeding {
    std::unique_ptr<const Breeding> breeding;
    std::vector<GenomePtr> founders;
};

/// Of small networks from the database alone. Of models in files only where they are as they were, and what is costly
/// to compute of them is still kept beside the database: nothing is read through. Throws std::runtime_error with one
/// sentence: where that isn't so, and where children are no combination of founders.
FounderBreeding founderBreeding(const RunReader& run, const std::filesystem::path& database);

}  // namespace mergarium
