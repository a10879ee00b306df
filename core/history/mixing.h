#pragma once

#include "core/genome/genome.h"
#include "core/history/founder_breeding.h"
#include "core/history/ledger.h"
#include "core/store/run_reader.h"

#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace mergarium {

/// How the children of a run were mixed from their parents. The angles between parents are nowhere stored, so the
/// children are bred again once, in order; what is kept of each is a few dozen bytes, whatever the models' size, and
/// the genomes only of those that are still needed as parents.
class Mixing {
public:
    explicit Mixing(FounderBreeding founders);

    /// Knows all entries of `ledger` up to and including `last` from now on. Throws std::exception when a child can't
    /// be bred.
    void extend(const Ledger& ledger, const RunReader& reader, Ledger::Index last);
    /// Of a child that is known; empty where it has no parents whose models are known.
    std::span<const MixedSpan> of(Ledger::Index child) const;

private:
    void restart(const Ledger& ledger);
    /// False where a parent was thought to be needed no more.
    bool add(const Ledger& ledger, const AcceptedBirth& birth);
    void forget(const Ledger& ledger, Ledger::Index index);

    FounderBreeding founders_;
    /// Of the parents to come; null where one can't be known.
    std::unordered_map<Ledger::Index, GenomePtr> genomes_;
    /// All children's, one behind the other, and where each one's end; founders have none.
    std::vector<MixedSpan> spans_;
    std::vector<std::size_t> ends_;
};

}  // namespace mergarium
