#include "core/search/cma_es/cma_es.h"

#include "core/files/bytes.h"
#include "core/random/random_stream.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace mergarium {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// Of a vector or a matrix, column by column.
std::span<double> numbersOf(auto& matrix) { return {matrix.data(), static_cast<std::size_t>(matrix.size())}; }

}  // namespace

/// Recombination weights and learning rates (tutorial, table 1; equation numbers are the tutorial's).
struct CmaEs::Rates {
    std::size_t parents;
    /// One per rank; the negative ones serve the covariance alone.
    Vector weights;
    double selectionMass;
    double stepPath, stepDamping;
    double path, rankOne, rankMu;
    /// E |N(0, I)|.
    double expectedNorm;

    Rates(std::size_t dimensions, std::size_t population, Covariance covariance)
        : parents(population / 2), weights(static_cast<Eigen::Index>(population)) {
        const auto n = static_cast<double>(dimensions);
        const auto lambda = static_cast<double>(population);
        for (Eigen::Index i = 0; i < weights.size(); ++i)
            weights[i] = std::log((lambda + 1.0) / 2.0) - std::log(static_cast<double>(i + 1));  // (49)
        const auto mass = [](const auto& part) { return part.sum() * part.sum() / part.squaredNorm(); };
        auto positive = weights.head(static_cast<Eigen::Index>(parents));
        auto negative = weights.tail(weights.size() - static_cast<Eigen::Index>(parents));
        selectionMass = mass(positive);
        const double negativeMass = mass(negative);

        stepPath = (selectionMass + 2.0) / (n + selectionMass + 5.0);                                            // (55)
        stepDamping = 1.0 + 2.0 * std::max(0.0, std::sqrt((selectionMass - 1.0) / (n + 1.0)) - 1.0) + stepPath;  // (55)
        path = (4.0 + selectionMass / n) / (n + 4.0 + 2.0 * selectionMass / n);                                  // (56)
        rankOne = 2.0 / ((n + 1.3) * (n + 1.3) + selectionMass);                                                 // (57)
        rankMu =
            2.0 * (0.25 + selectionMass + 1.0 / selectionMass - 2.0) / ((n + 2.0) * (n + 2.0) + selectionMass);  // (58)
        rankMu = std::min(1.0 - rankOne, rankMu);
        expectedNorm = std::sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));

        const double most = std::min({1.0 + rankOne / rankMu,                            // (50)
                                      1.0 + 2.0 * negativeMass / (selectionMass + 2.0),  // (51)
                                      (1.0 - rankOne - rankMu) / (n * rankMu)});         // (52)
        positive /= positive.sum();                                                      // (53)
        negative *= most / negative.cwiseAbs().sum();
        if (covariance == Covariance::Diagonal) {
            negative.setZero();
            rankOne = std::min(1.0, rankOne * (n + 2.0) / 3.0);
            rankMu = std::min(1.0 - rankOne, rankMu * (n + 2.0) / 3.0);
        }
    }
};

struct CmaEs::Distribution {
    Distribution(std::vector<double> start, const CmaEsSettings& s)
        : settings(s),
          rates(start.size(), s.population, s.covariance),
          mean(Eigen::Map<const Vector>(start.data(), static_cast<Eigen::Index>(start.size()))),
          stepPath(Vector::Zero(mean.size())),
          path(Vector::Zero(mean.size())),
          scales(Vector::Ones(mean.size())),
          step(s.step) {
        if (full()) covariance = axes = Matrix::Identity(mean.size(), mean.size());
    }

    CmaEsSettings settings;
    Rates rates;
    Vector mean;
    Vector stepPath, path;
    /// Square roots of the eigenvalues; of the diagonal itself when there is no more.
    Vector scales;
    /// Full only: C, and its eigenvectors when it was last decomposed.
    Matrix covariance, axes;
    double step;
    std::uint64_t generation = 0;
    std::uint64_t decomposed = 0;

    bool full() const { return settings.covariance == Covariance::Full; }

    /// z of a sample: N(0, I).
    Vector noise(std::size_t index) const {
        const std::uint64_t draw = generation * settings.population + index;
        std::vector<float> values(static_cast<std::size_t>(mean.size()));
        addGaussianNoise(values, 1.0f, RandomStream(settings.seed, draw, Purpose::EvolutionNoise).bits64());
        return Eigen::Map<const Eigen::VectorXf>(values.data(), mean.size()).cast<double>();
    }

    /// y = B D z: N(0, C).
    Vector spread(const Vector& z) const {
        const Vector scaled = scales.cwiseProduct(z);
        return full() ? Vector(axes * scaled) : scaled;
    }

    void tell(std::span<const double> values) {
        std::vector<std::size_t> ranked(values.size());
        std::iota(ranked.begin(), ranked.end(), std::size_t{0});
        const auto worth = [&](std::size_t i) {
            return std::isnan(values[i]) ? std::numeric_limits<double>::infinity() : values[i];
        };
        std::stable_sort(ranked.begin(), ranked.end(), [&](auto a, auto b) { return worth(a) < worth(b); });

        const Eigen::Index n = mean.size();
        const double dimensions = static_cast<double>(n);
        const auto used = full() ? ranked.size() : rates.parents;
        Matrix spreads(n, static_cast<Eigen::Index>(used));
        Vector weights(static_cast<Eigen::Index>(used));
        Vector meanNoise = Vector::Zero(n);
        for (std::size_t rank = 0; rank < used; ++rank) {
            const auto column = static_cast<Eigen::Index>(rank);
            const Vector z = noise(ranked[rank]);
            const double weight = rates.weights[column];
            spreads.col(column) = spread(z);
            // A bad sample far out would make C indefinite (46).
            weights[column] = weight < 0.0 ? weight * dimensions / z.squaredNorm() : weight;
            if (rank < rates.parents) meanNoise += weight * z;
        }
        const auto parents = static_cast<Eigen::Index>(rates.parents);
        const Vector move = spreads.leftCols(parents) * weights.head(parents);  // (41)
        mean += step * move;                                                    // (42)

        // C^(-1/2) <y> = B <z> (43)
        const Vector whitened = full() ? Vector(axes * meanNoise) : meanNoise;
        stepPath = (1.0 - rates.stepPath) * stepPath +
                   std::sqrt(rates.stepPath * (2.0 - rates.stepPath) * rates.selectionMass) * whitened;
        const double length = stepPath.norm();
        const double settled =
            std::sqrt(1.0 - std::pow(1.0 - rates.stepPath, 2.0 * static_cast<double>(generation + 1)));
        const bool moves = length / settled < (1.4 + 2.0 / (dimensions + 1.0)) * rates.expectedNorm;
        path = (1.0 - rates.path) * path;  // (45)
        if (moves) path += std::sqrt(rates.path * (2.0 - rates.path) * rates.selectionMass) * move;
        const double stalled = moves ? 0.0 : rates.path * (2.0 - rates.path);
        const double kept = 1.0 + rates.rankOne * stalled - rates.rankOne -
                            rates.rankMu * rates.weights.head(static_cast<Eigen::Index>(used)).sum();
        step *=
            std::exp(std::min(1.0, rates.stepPath / rates.stepDamping * (length / rates.expectedNorm - 1.0)));  // (44)

        ++generation;
        if (full())
            learn(kept, spreads, weights);
        else
            scales = (kept * scales.cwiseAbs2() + rates.rankOne * path.cwiseAbs2() +
                      rates.rankMu * (spreads.cwiseAbs2() * weights))
                         .cwiseSqrt();
    }

    /// C (47). Decomposed so rarely that it costs O(n^2) a sample (tutorial, B.2).
    void learn(double kept, const Matrix& spreads, const Vector& weights) {
        covariance = kept * covariance + rates.rankOne * path * path.transpose() +
                     rates.rankMu * spreads * weights.asDiagonal() * spreads.transpose();
        const double dimensions = static_cast<double>(mean.size());
        const double interval = 1.0 / (10.0 * dimensions * (rates.rankOne + rates.rankMu));
        if (static_cast<double>(generation - decomposed) < interval) return;
        decomposed = generation;
        covariance = (0.5 * (covariance + covariance.transpose())).eval();
        const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
        if (solver.info() != Eigen::Success)
            throw std::runtime_error("CMA-ES: the covariance matrix couldn't be decomposed.");
        axes = solver.eigenvectors();
        scales = solver.eigenvalues().cwiseMax(1e-300).cwiseSqrt();
    }
};

CmaEs::CmaEs(std::vector<double> mean, CmaEsSettings settings) {
    if (mean.size() < 2) throw std::invalid_argument("CMA-ES needs at least two dimensions.");
    if (!(settings.step > 0.0) || !std::isfinite(settings.step))
        throw std::invalid_argument("CMA-ES needs a first step above 0.");
    if (settings.population == 0)
        settings.population = 4 + static_cast<std::size_t>(3.0 * std::log(static_cast<double>(mean.size())));  // (48)
    if (settings.population < 4) throw std::invalid_argument("CMA-ES needs a population of at least 4.");
    now_ = std::make_unique<Distribution>(std::move(mean), settings);
}
CmaEs::~CmaEs() = default;
CmaEs::CmaEs(CmaEs&&) noexcept = default;
CmaEs& CmaEs::operator=(CmaEs&&) noexcept = default;

std::size_t CmaEs::dimensions() const { return static_cast<std::size_t>(now_->mean.size()); }
std::size_t CmaEs::population() const { return now_->settings.population; }
std::uint64_t CmaEs::generation() const { return now_->generation; }
std::span<const double> CmaEs::mean() const { return {now_->mean.data(), dimensions()}; }
double CmaEs::step() const { return now_->step; }

std::vector<double> CmaEs::ask(std::size_t index) const {
    const Vector sample = now_->mean + now_->step * now_->spread(now_->noise(index));  // (38) to (40)
    return {sample.data(), sample.data() + sample.size()};
}

void CmaEs::tell(std::span<const double> values) {
    if (values.size() != population()) throw std::logic_error("CMA-ES was not told one value for every sample.");
    now_->tell(values);
}

std::vector<std::byte> CmaEs::state() const {
    ByteWriter out;
    out.number(std::uint64_t{dimensions()});
    out.number(std::uint64_t{population()});
    out.number(std::uint64_t{now_->full()});
    out.number(now_->generation);
    out.number(now_->decomposed);
    out.number(now_->step);
    for (auto* vector : {&now_->mean, &now_->stepPath, &now_->path, &now_->scales}) out.numbers(numbersOf(*vector));
    for (auto* matrix : {&now_->covariance, &now_->axes}) out.numbers(numbersOf(*matrix));
    return std::move(out).take();
}

void CmaEs::restore(std::span<const std::byte> state) {
    ByteReader in(state, "The stored state of CMA-ES doesn't fit this search.");
    if (in.number<std::uint64_t>() != dimensions() || in.number<std::uint64_t>() != population() ||
        in.number<std::uint64_t>() != std::uint64_t{now_->full()})
        in.refuse();
    now_->generation = in.number<std::uint64_t>();
    now_->decomposed = in.number<std::uint64_t>();
    now_->step = in.number<double>();
    for (auto* vector : {&now_->mean, &now_->stepPath, &now_->path, &now_->scales}) in.numbers(numbersOf(*vector));
    for (auto* matrix : {&now_->covariance, &now_->axes}) in.numbers(numbersOf(*matrix));
    in.close();
}

}  // namespace mergarium
