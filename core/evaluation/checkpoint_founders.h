#pragma once

#include "core/founders/founder_settings.h"
#include "core/founders/founder_source.h"
#include "core/founders/founders.h"
#include "core/genome/gram.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace mergarium {

/// Told what is being prepared ("Reading founders") and how far it is; returns false to end it, which then throws
/// Cancelled.
using Announce = std::function<bool(std::string_view what, std::uint64_t done, std::uint64_t total)>;

/// Seed models from disk, side by side.
struct OpenedFounders {
    /// Each with its content hash, where Hashes::All were asked for.
    FoundersPtr founders;
    /// In the same order; their files stay mapped as long as `founders` live.
    std::vector<FounderSourcePtr> sources;
    std::filesystem::path cache;
};

/// Which founders' contents are hashed when they are opened.
enum class Hashes {
    All,
    /// Those whose hashes the cache knows; the others' are left empty.
    Known
};

/// The folder beside a run database in which what is costly to compute of founders is kept, by their content: their
/// hashes, Gram sums, adapters applied. It may be deleted at any time.
std::filesystem::path founderCache(const std::filesystem::path& database);

/// Opens founders and lays them side by side. Throws std::runtime_error: with a table of what differs when they don't
/// fit together.
OpenedFounders openFounders(const std::vector<CheckpointFounder>& founders, const TensorRules& rules,
                            const std::filesystem::path& cache, const Announce& announce = nullptr,
                            Hashes hashes = Hashes::All);

/// The hash of a founder's contents, from the cache or computed in one pass and kept there. Throws Cancelled.
std::string hashOfFounder(const FounderSource& source, const std::filesystem::path& cache, const Announce& announce);

/// Their Gram matrices: read from the cache, or computed in one pass and, where their hashes are known, kept there.
GramPtr gramOf(const OpenedFounders& founders, const std::filesystem::path& cache, const Announce& announce = nullptr);

}  // namespace mergarium
