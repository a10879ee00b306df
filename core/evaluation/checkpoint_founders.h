#pragma once

#include "core/founders/content_hash.h"
#include "core/founders/founder_settings.h"
#include "core/founders/founder_source.h"
#include "core/founders/founders.h"
#include "core/genome/gram.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
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
    /// Units: those behind the first are rearranged (matchToFirst), and not what lies on the disk.
    UnitAlignment align = UnitAlignment::None;
    /// Where founders name tensors otherwise than the first: how they are called, a sentence for each rule (namingAs).
    std::vector<std::string> namings = {};
    /// Whose scores aren't those that they have alone, since tensors are taken over from another: a sentence each.
    std::vector<std::string> loans = {};
};

/// The sentences of an alignment of these founders.
std::vector<std::string> namingsOf(const Alignment& alignment, std::span<const FounderOutline> founders);
std::vector<std::string> loansOf(const Alignment& alignment, std::span<const FounderOutline> founders);

/// Which founders' contents are hashed when they are opened.
enum class Hashes {
    All,
    /// All of them, whatever the cache says of the files: their contents may have changed in ways that leave no trace.
    Anew,
    /// Those whose hashes the cache knows; the others' are left empty.
    Known
};

/// The folder (CacheFolder) beside a run database in which what is costly to compute of founders is kept, by their
/// content: their hashes and Gram sums. It may be deleted at any time. Without a database: the person's own
/// (defaultCache).
std::filesystem::path founderCache(const std::filesystem::path& database);

/// Opens founders and lays them side by side. Throws std::runtime_error: with a table of what differs when they don't
/// fit together, or one has numbers that are not finite in a tensor that is merged.
OpenedFounders openFounders(const std::vector<CheckpointFounder>& founders, const TensorRules& rules,
                            const std::filesystem::path& cache, const Announce& announce = nullptr,
                            Hashes hashes = Hashes::All);

/// A founder's contents, from the cache or read in one pass and kept there. Throws Cancelled.
FounderContents contentsOfFounder(const FounderSource& source, const std::filesystem::path& cache,
                                  const Announce& announce, Hashes hashes = Hashes::All);

/// Throws std::runtime_error naming the tensors that are merged and hold numbers that are not finite, and how many.
void refuseNotFinite(const FounderSource& source, const FounderContents& contents, const Layout& layout);

/// Their Gram matrices (Gram::compute): read from the cache, or computed in one pass and, where their hashes are known,
/// kept there.
GramPtr gramOf(const OpenedFounders& founders, const std::filesystem::path& cache, const Announce& announce = nullptr,
               std::size_t begunWith = 0, GenesPtr genes = nullptr);

}  // namespace mergarium
