#pragma once

#include "core/genome/genome.h"
#include "core/store/run_reader.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

namespace mergarium {

/// What it takes to breed the children of a stored run again.
struct FounderBreeding {
    std::unique_ptr<const Breeding> breeding;
    /// That the run began with.
    std::vector<GenomePtr> founders;
    /// Those that joined, by the step that they took.
    std::map<std::uint64_t, GenomePtr> joined = {};
};

/// Of small networks from the database alone. Of models in files only where they are as they were, and what is costly
/// to compute of them is still kept beside the database: nothing is read through. Throws std::runtime_error with one
/// sentence: where that isn't so, and where children are no combination of founders.
FounderBreeding founderBreeding(const RunReader& run, const std::filesystem::path& database);

}  // namespace mergarium
