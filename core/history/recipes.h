#pragma once

#include "core/genome/genome.h"
#include "core/history/ledger.h"
#include "core/history/mixing.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

namespace mergarium {

/// The recipes of a run's members, whenever they lived: put together from their parents', which are kept as far as
/// memory allows. Where it doesn't, only members stay that lived at every n-th birth, so that n births at most are
/// repeated.
class Recipes {
public:
    /// In bytes of recipes.
    static constexpr std::size_t kMemory = std::size_t{256} << 20;

    /// `joined`: the steps of founders that joined, ascending.
    Recipes(std::size_t founders, std::uint64_t length, std::size_t memory = kMemory,
            std::span<const std::uint64_t> joined = {}, const GenesPtr& genes = nullptr);

    /// View-only genomes; null where `mixing` doesn't know how one came about.
    std::vector<GenomePtr> of(std::span<const Ledger::Index> members, const Ledger& ledger, const Mixing& mixing);
    const GenomePtr& ofFounder(std::size_t founder) const { return founders_[founder]; }
    std::size_t memory() const { return bytes_; }

private:
    void keep(Ledger::Index index, GenomePtr genome);
    void trim(const Ledger& ledger);
    bool isPinned(Ledger::Index index, const Ledger& ledger) const;

    std::size_t memory_;
    std::size_t bytes_ = 0;
    std::vector<GenomePtr> founders_;
    std::map<std::uint64_t, GenomePtr> joined_;
    std::unordered_map<Ledger::Index, GenomePtr> kept_;
    /// n.
    std::size_t stride_ = 1;
};

}  // namespace mergarium
