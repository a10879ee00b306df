#include "core/networks/diffusion/scheduler_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace mergarium {
namespace {

/// libtorch's linspace in fp32: from both ends to the middle.
std::vector<float> evenly(float first, float last, std::size_t count) {
    std::vector<float> values(count);
    const float step = count > 1 ? (last - first) / static_cast<float>(count - 1) : 0.0F;
    for (std::size_t i = 0; i < count; ++i)
        values[i] =
            i < count / 2 ? first + step * static_cast<float>(i) : last - step * static_cast<float>(count - 1 - i);
    if (count == 1) values[0] = first;
    return values;
}

std::vector<float> betasOf(const SchedulerConfig& config) {
    if (!config.trainedBetas.empty()) return {config.trainedBetas.begin(), config.trainedBetas.end()};
    const auto count = static_cast<std::size_t>(config.trainSteps);
    switch (config.betas) {
        case SchedulerConfig::Betas::Linear:
            return evenly(static_cast<float>(config.betaStart), static_cast<float>(config.betaEnd), count);
        case SchedulerConfig::Betas::ScaledLinear: {
            auto betas = evenly(static_cast<float>(std::sqrt(config.betaStart)),
                                static_cast<float>(std::sqrt(config.betaEnd)), count);
            for (auto& beta : betas) beta *= beta;
            return betas;
        }
        case SchedulerConfig::Betas::SquaredCosine: {
            const auto product = [&](std::size_t i) {
                const double share = static_cast<double>(i) / static_cast<double>(count);
                const double cosine = std::cos((share + 0.008) / 1.008 * std::numbers::pi / 2.0);
                return cosine * cosine;
            };
            std::vector<float> betas(count);
            for (std::size_t i = 0; i < count; ++i)
                betas[i] = static_cast<float>(std::min(1.0 - product(i + 1) / product(i), 0.999));
            return betas;
        }
    }
    throw std::logic_error("Betas that aren't there.");
}

/// Sums up in fp64 and rounds each, as libtorch does.
std::vector<float> products(const std::vector<float>& betas) {
    std::vector<float> result(betas.size());
    double product = 1.0;
    for (std::size_t i = 0; i < betas.size(); ++i) result[i] = static_cast<float>(product *= 1.0F - betas[i]);
    return result;
}

/// Algorithm 1 of Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", WACV 2024.
std::vector<float> withoutSignalAtTheEnd(const std::vector<float>& betas) {
    auto roots = products(betas);
    for (auto& root : roots) root = std::sqrt(root);
    const float first = roots.front();
    const float last = roots.back();
    const float scale = first / (first - last);
    for (auto& root : roots) root = (root - last) * scale;
    std::vector<float> rescaled(betas.size());
    for (std::size_t i = 0; i < betas.size(); ++i) {
        const float product = roots[i] * roots[i];
        const float before = i > 0 ? roots[i - 1] * roots[i - 1] : 1.0F;
        rescaled[i] = 1.0F - (i > 0 ? product / before : product);
    }
    return rescaled;
}

bool hasSigmas(SchedulerKind kind) { return kind != SchedulerKind::Ddim && kind != SchedulerKind::Pndm; }

std::vector<float> trainedProducts(const SchedulerConfig& config) {
    auto betas = betasOf(config);
    if (config.zeroTerminalSnr) betas = withoutSignalAtTheEnd(betas);
    auto result = products(betas);
    // Its sigma would be infinite.
    if (config.zeroTerminalSnr && hasSigmas(config.kind)) result.back() = 0x1p-24F;
    return result;
}

/// numpy's linspace.
double between(double first, double last, std::int64_t i, std::int64_t count) {
    if (i == count - 1 && count > 1) return last;
    return count > 1 ? static_cast<double>(i) * ((last - first) / static_cast<double>(count - 1)) + first : first;
}

/// In the order in which they are taken.
std::vector<double> spacedTimesteps(const SchedulerConfig& config, std::int64_t steps) {
    // DPM++ counts the end as one of its points.
    const std::int64_t points = steps + (config.kind == SchedulerKind::DpmSolver2M ? 1 : 0);
    const auto last = static_cast<double>(config.trainSteps - 1);
    const bool whole = !(config.kind == SchedulerKind::Euler || config.kind == SchedulerKind::EulerAncestral);
    std::vector<double> timesteps;
    for (std::int64_t i = 0; i < steps; ++i) switch (config.spacing) {
            case SchedulerConfig::Spacing::Linspace: {
                const double exact = between(0.0, last, points - 1 - i, points);
                timesteps.push_back(whole ? std::nearbyint(exact) : static_cast<double>(static_cast<float>(exact)));
                break;
            }
            case SchedulerConfig::Spacing::Leading: {
                const auto stride = config.trainSteps / points;
                if (stride == 0)
                    throw std::invalid_argument(fmt::format(
                        "{} steps are more than the scheduler makes of {} of training.", steps, config.trainSteps));
                timesteps.push_back(static_cast<double>((points - 1 - i) * stride + config.stepsOffset));
                break;
            }
            case SchedulerConfig::Spacing::Trailing: {
                const double stride = static_cast<double>(config.trainSteps) / static_cast<double>(steps);
                timesteps.push_back(std::nearbyint(last + 1.0 - static_cast<double>(i) * stride) - 1.0);
                break;
            }
        }
    return timesteps;
}

std::vector<float> trainedSigmas(const std::vector<float>& products) {
    std::vector<float> sigmas;
    for (const float product : products) sigmas.push_back(std::sqrt((1.0F - product) / product));
    return sigmas;
}

double interpolated(const std::vector<float>& sigmas, double at) {
    if (at <= 0.0) return sigmas.front();
    if (at >= static_cast<double>(sigmas.size() - 1)) return sigmas.back();
    const auto below = static_cast<std::size_t>(at);
    return (static_cast<double>(sigmas[below + 1]) - sigmas[below]) * (at - static_cast<double>(below)) + sigmas[below];
}

/// Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", NeurIPS 2022, equation 5.
double karrasSigma(double largest, double smallest, std::int64_t i, std::int64_t count) {
    constexpr double kRho = 7.0;
    const double from = std::pow(largest, 1.0 / kRho);
    const double to = std::pow(smallest, 1.0 / kRho);
    return std::pow(from + between(0.0, 1.0, i, count) * (to - from), kRho);
}

/// Between the training steps whose sigmas, as logarithms, are around it.
double timestepOf(double sigma, const std::vector<float>& sigmas) {
    const double logarithm = std::log(std::max(sigma, 1e-10));
    std::size_t low = 0;
    for (std::size_t i = 0; i + 1 < sigmas.size(); ++i)
        if (logarithm >= static_cast<double>(std::log(sigmas[i]))) low = i;
    const auto at = [&](std::size_t i) { return static_cast<double>(std::log(sigmas[i])); };
    const double share = std::clamp((at(low) - logarithm) / (at(low) - at(low + 1)), 0.0, 1.0);
    return (1.0 - share) * static_cast<double>(low) + share * static_cast<double>(low + 1);
}

void tabulateSigmas(const SchedulerConfig& config, std::int64_t steps, SchedulerTables& tables) {
    const auto trained = trainedSigmas(tables.trained);
    std::vector<double> sigmas;
    for (const double timestep : tables.timesteps) sigmas.push_back(interpolated(trained, timestep));
    const bool solver = config.kind == SchedulerKind::DpmSolver2M;
    if (config.karras && config.kind != SchedulerKind::EulerAncestral) {
        const double largest = solver ? trained.back() : sigmas.front();
        const double smallest = solver ? trained.front() : sigmas.back();
        for (std::int64_t i = 0; i < steps; ++i) {
            const auto place = static_cast<std::size_t>(i);
            sigmas[place] = karrasSigma(largest, smallest, i, steps);
            const double timestep = timestepOf(sigmas[place], trained);
            const bool rounded = solver && config.betas != SchedulerConfig::Betas::SquaredCosine;
            tables.timesteps[place] =
                rounded ? std::nearbyint(timestep) : static_cast<double>(static_cast<float>(timestep));
        }
    }
    tables.sigmas.assign(sigmas.begin(), sigmas.end());
    const bool ancestral = config.kind == SchedulerKind::EulerAncestral;
    tables.sigmas.push_back(config.lastSigmaZero || ancestral ? 0.0F : trained.front());
    if (solver) return;
    const double largest = *std::ranges::max_element(tables.sigmas);
    tables.initialNoise =
        config.spacing == SchedulerConfig::Spacing::Leading ? std::sqrt(largest * largest + 1.0) : largest;
}

/// Liu et al., "Pseudo Numerical Methods for Diffusion Models on Manifolds", ICLR 2022: the first step is taken twice,
/// or three of four passes each come before.
void repeatFirstSteps(const SchedulerConfig& config, SchedulerTables& tables) {
    auto& steps = tables.timesteps;
    if (config.skipRungeKutta) {
        if (steps.size() > 1) steps.insert(steps.begin() + 1, steps[1]);
        return;
    }
    if (steps.size() < 4) throw std::invalid_argument("PNDM with steps of Runge and Kutta takes at least 4 steps.");
    std::vector<double> passes;
    const auto half = static_cast<double>(tables.stride / 2);
    for (std::size_t i = 0; i < 3; ++i) {
        passes.push_back(steps[i]);
        passes.insert(passes.end(), 2, steps[i + 1] + half);
        passes.push_back(steps[i + 1]);
    }
    tables.rungeKutta = passes.size();
    passes.insert(passes.end(), steps.begin() + 3, steps.end());
    steps = std::move(passes);
}

void tabulateAlphas(const SchedulerConfig& config, SchedulerTables& tables) {
    tables.lastAlpha = config.lastAlphaOne ? 1.0F : tables.trained.front();
    for (const double each : tables.timesteps) {
        const auto timestep = static_cast<std::int64_t>(each);
        if (timestep >= config.trainSteps)
            throw std::invalid_argument(
                fmt::format("The scheduler's timestep {} lies behind its {} of training; take fewer steps.", timestep,
                            config.trainSteps));
        tables.alphas.push_back(tables.alphaAt(timestep));
        tables.previousAlphas.push_back(tables.alphaAt(timestep - tables.stride));
    }
}

}  // namespace

SchedulerTables schedulerTables(const SchedulerConfig& config, std::int64_t steps) {
    constexpr std::int64_t kMostTrained = 1'000'000;
    const auto trained = config.trainedBetas.empty() ? config.trainSteps : std::ssize(config.trainedBetas);
    if (config.trainSteps < 2 || config.trainSteps > kMostTrained || trained != config.trainSteps)
        throw std::invalid_argument(fmt::format("A scheduler of {} training steps is none.", config.trainSteps));
    if (steps < 1 || steps > config.trainSteps)
        throw std::invalid_argument(
            fmt::format("{} steps: a picture takes between 1 and {}.", steps, config.trainSteps));
    SchedulerTables tables{.whole = !hasSigmas(config.kind) || config.kind == SchedulerKind::DpmSolver2M,
                           .trained = trainedProducts(config),
                           .stride = config.trainSteps / steps};
    tables.timesteps = spacedTimesteps(config, steps);
    if (hasSigmas(config.kind)) {
        tabulateSigmas(config, steps, tables);
    } else {
        if (config.kind == SchedulerKind::Pndm) repeatFirstSteps(config, tables);
        tabulateAlphas(config, tables);
    }
    return tables;
}

}  // namespace mergarium
