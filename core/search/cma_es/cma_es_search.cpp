#include "core/search/cma_es/cma_es_search.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace mergarium {

CmaEsSearch::CmaEsSearch(CmaEs optimizer, Phenotype phenotype, Archive archive)
    : optimizer_(std::move(optimizer)),
      phenotype_(std::move(phenotype)),
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

Proposal CmaEsSearch::propose(std::uint64_t step) {
    return {step, Sampled{phenotype_(optimizer_.ask(advanceTo(step)))}};
}

Admission CmaEsSearch::admit(Proposal proposal, Offspring child) {
    values_[advanceTo(proposal.step)] = -child.scores.mean();
    return admitUnlessWeakest(archive_, std::move(proposal), std::move(child));
}

void CmaEsSearch::replay(const DecidedBirth& birth) {
    values_[advanceTo(birth.step)] = -birth.train;
    if (birth.slot) archive_.place(*birth.slot, birth.child);
}

std::vector<std::byte> CmaEsSearch::state() const {
    const auto learnt = optimizer_.state();
    const std::size_t size = values_.size() * sizeof(double);
    std::vector<std::byte> state(size + learnt.size());
    std::memcpy(state.data(), values_.data(), size);
    std::ranges::copy(learnt, state.begin() + static_cast<std::ptrdiff_t>(size));
    return state;
}

void CmaEsSearch::restore(std::span<const std::byte> state) {
    const std::size_t size = values_.size() * sizeof(double);
    if (state.size() < size) throw std::runtime_error("The stored state of CMA-ES doesn't fit this search.");
    optimizer_.restore(state.subspan(size));
    std::memcpy(values_.data(), state.data(), size);
}

}  // namespace mergarium
