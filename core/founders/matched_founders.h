#pragma once

#include "core/checkpoint/layout.h"
#include "core/founders/founder_source.h"
#include "core/genes/exchange.h"
#include "core/genes/units.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace mergarium {

/// A founder whose units have changed places: its network computes the same, and its tensors are computed into scratch
/// memory on first use. `orders`: one for each of `groups`. It is known by the contents of the one that is given.
FounderSourcePtr rearrangedFounder(FounderSourcePtr founder, const std::vector<UnitGroup>& groups,
                                   const std::vector<UnitOrder>& orders, const std::filesystem::path& scratch);

/// How the units of founders behind the first are matched to its units (matchUnits).
struct FounderMatching {
    /// Of what is merged.
    const Layout& layout;
    std::filesystem::path scratch;
    /// Called with groups of units done and groups in all, of a founder; may be empty, and may throw to end it.
    std::function<void(const FounderSource& founder, std::uint64_t done, std::uint64_t total)> progress = {};
    /// What was kept of a founder earlier, and what is to be kept of it: it takes time to find. May be empty.
    std::function<std::optional<std::vector<std::uint32_t>>(std::size_t founder)> find = {};
    std::function<void(std::size_t founder, const std::vector<std::uint32_t>& orders)> keep = {};
};

/// Replaces those whose units change places, whose tensors are called as the first's. Returns how many units did, by
/// founder. Throws std::runtime_error where no units are known of the first.
std::vector<std::uint64_t> matchToFirst(std::vector<FounderSourcePtr>& founders, const FounderMatching& matching);

}  // namespace mergarium
