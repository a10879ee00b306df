#include "core/search/cma_es/cma_es_search.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace mergarium {

CmaEsSearch::CmaEsSearch(CmaEs optimizer, PointDecoder modelAt, Archive archive)
    : optimizer_(std::move(optimizer)),
      modelAt_(std::move(modelAt)),
      archive_(std::move(archive)),
      values_(optimizer_.population(), std::numeric_limits<double>::quiet_NaN()) {}

void CmaEsSearch::settle(MemberPtr founder) { settleInEmptySlot(archive_, std::move(founder)); }

std::size_t CmaEsSearch::advanceTo(std::uint64_t step) {
    while ((step - 1) / values_.size() > optimizer_.generation()) {
        optimizer_.tell(values_);
        std::ranges::fill(values_, std::numeric_limits<double>::quiet_NaN());
    }
    return (step - 1) % values_.size();
}

Proposal CmaEsSearch::propose(std::uint64_t step) { return {step, Sampled{modelAt_(optimizer_.ask(advanceTo(step)))}}; }

Admission CmaEsSearch::admit(Proposal proposal, Offspring child) {
    values_[advanceTo(proposal.step)] = -meanOf(child.outcome);
    return admitUnlessWeakest(archive_, std::move(proposal), std::move(child));
}

void CmaEsSearch::replay(const DecidedBirth& birth) {
    values_[advanceTo(birth.step)] = -birth.train;
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

std::vector<std::byte> CmaEsSearch::state() const {
    ByteWriter out;
    out.numbers(values_);
    out.add(optimizer_.state());
    return std::move(out).take();
}

void CmaEsSearch::restore(std::span<const std::byte> state) {
    ByteReader in(state, "The stored state of CMA-ES doesn't fit this search.");
    auto values = in.numbers<double>(values_.size());
    optimizer_.restore(in.take(in.left()));
    values_ = std::move(values);
}

}  // namespace mergarium
