#pragma once

#include "core/search/cma_es/cma_es.h"
#include "core/search/strategy.h"

#include <functional>
#include <span>
#include <vector>

namespace mergarium {

/// The model that a point of the search space stands for.
using PointDecoder = std::function<GenomePtr(std::span<const double>)>;

/// CMA-ES as a search for models: every step scores one sample of the distribution, and a generation's mean training
/// scores move it on. A model that could not be scored counts as the worst. The archive keeps the best models seen, by
/// total score, so that views have something to show; the distribution doesn't look at it, and learns from bad models
/// too: none is lost before its last sample.
class CmaEsSearch final : public Strategy {
public:
    /// `archive` competes with alpha = 0.
    CmaEsSearch(CmaEs optimizer, PointDecoder modelAt, Archive archive);

    void settle(MemberPtr founder) override;
    Proposal propose(std::uint64_t step) override;
    Admission admit(Proposal proposal, Offspring child) override;
    void replay(const DecidedBirth& birth) override;
    /// A generation.
    std::uint64_t lookahead() const override { return values_.size(); }
    std::vector<std::byte> state() const override;
    void restore(std::span<const std::byte> state) override;
    const Archive& archive() const override { return archive_; }

private:
    /// Tells what is known when `step` lies in a later generation; the step's place in its own.
    std::size_t advanceTo(std::uint64_t step);

    CmaEs optimizer_;
    PointDecoder modelAt_;
    Archive archive_;
    /// To be minimised, one entry a sample of this generation; NaN where nothing is known.
    std::vector<double> values_;
};

}  // namespace mergarium
