#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

/// What of the distribution is learnt: every correlation (O(n^2) memory), or each coordinate's scale alone (O(n)).
enum class Covariance { Full, Diagonal };

/// Up to this many dimensions the full covariance is affordable: one eigendecomposition takes seconds, its state some
/// 50 MB.
constexpr std::size_t kMostFullDimensions = 2000;

struct CmaEsSettings {
    std::uint64_t seed = 0;
    /// Standard deviation of the first samples; the optimum should lie within about three of them from the first mean.
    double step = 1.0;
    Covariance covariance = Covariance::Full;
    /// Samples a generation, at least 4; 0: 4 + floor(3 ln n).
    std::size_t population = 0;
};

/// Covariance matrix adaptation evolution strategy, minimising, asked and told.
///
/// Full: N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772), algorithm of figure 6 with the default
/// parameters of table 1, negative recombination weights included. Diagonal: R. Ros, N. Hansen, "A simple modification
/// in CMA-ES achieving linear time and space complexity" (PPSN 2008): the covariance stays diagonal and learns (n + 2)
/// / 3 times as fast; positive weights.
///
/// The samples are a function of (seed, generation, index) and of what was told: nothing is drawn from a generator. One
/// thread at a time.
class CmaEs {
public:
    /// Samples around `mean`, of n >= 2 values. Throws std::invalid_argument for settings out of range.
    CmaEs(std::vector<double> mean, CmaEsSettings settings);
    ~CmaEs();
    CmaEs(CmaEs&&) noexcept;
    CmaEs& operator=(CmaEs&&) noexcept;

    std::size_t dimensions() const;
    std::size_t population() const;
    /// 0 before the first `tell`.
    std::uint64_t generation() const;
    /// Sample `index` < population() of this generation.
    std::vector<double> ask(std::size_t index) const;
    /// Takes the objective's value of every sample of this generation, in order, and moves on to the next. Equal values
    /// rank by index; NaN counts as the worst.
    void tell(std::span<const double> values);

    std::span<const double> mean() const;
    /// The overall standard deviation.
    double step() const;

    /// Everything learnt, as bytes: an optimiser of the same settings and dimensions goes on from it bit for bit.
    std::vector<std::byte> state() const;
    /// Throws std::runtime_error when the state is of another optimiser.
    void restore(std::span<const std::byte> state);

private:
    struct Rates;
    struct Distribution;
    std::unique_ptr<Distribution> now_;
};

}  // namespace mergarium
