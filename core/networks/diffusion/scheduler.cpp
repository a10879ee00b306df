#include "core/networks/diffusion/scheduler.h"

#include <ATen/ATen.h>

#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

/// Of latents = signal * clean + noise * N(0, 1): what is clean. `signal` and `noise` may not both be 0.
torch::Tensor cleanOf(Prediction prediction, double signal, double noise, const torch::Tensor& latents,
                      const torch::Tensor& output) {
    switch (prediction) {
        case Prediction::Epsilon: return (latents - noise * output) / signal;
        case Prediction::Velocity: return signal * latents - noise * output;
        case Prediction::Sample: return output;
    }
    throw std::logic_error("A prediction that isn't there.");
}

torch::Tensor noiseOf(Prediction prediction, double signal, double noise, const torch::Tensor& latents,
                      const torch::Tensor& output) {
    switch (prediction) {
        case Prediction::Epsilon: return output;
        case Prediction::Velocity: return signal * output + noise * latents;
        case Prediction::Sample: return (latents - signal * output) / noise;
    }
    throw std::logic_error("A prediction that isn't there.");
}

/// A sigma as the two shares of latents that keep their variance.
struct Shares {
    explicit Shares(double sigma) : signal(1.0 / std::sqrt(sigma * sigma + 1.0)), noise(sigma * signal) {}
    double logarithm() const { return std::log(signal) - std::log(noise); }
    double signal, noise;
};

}  // namespace

Scheduler::Scheduler(const SchedulerConfig& config, std::int64_t steps)
    : config_(config), tables_(schedulerTables(config, steps)) {}

torch::Tensor Scheduler::scaled(const torch::Tensor& latents, std::size_t pass) const {
    if (config_.kind != SchedulerKind::Euler && config_.kind != SchedulerKind::EulerAncestral) return latents;
    const double sigma = tables_.sigmas.at(pass);
    return latents / std::sqrt(sigma * sigma + 1.0);
}

bool Scheduler::wantsNoise(std::size_t pass) const {
    switch (config_.kind) {
        case SchedulerKind::EulerAncestral: return tables_.sigmas.at(pass + 1) > 0.0F;
        case SchedulerKind::Ddim: return config_.eta > 0.0;
        case SchedulerKind::DpmSolver2M: return config_.stochastic && tables_.sigmas.at(pass + 1) > 0.0F;
        default: return false;
    }
}

Scheduler::Step Scheduler::step(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                                const torch::Tensor& noise) {
    if (pass >= passes()) throw std::invalid_argument("The scheduler has no such pass.");
    switch (config_.kind) {
        case SchedulerKind::Euler:
        case SchedulerKind::EulerAncestral: return eulerStep(pass, latents, output, noise);
        case SchedulerKind::Ddim: return ddimStep(pass, latents, output, noise);
        case SchedulerKind::DpmSolver2M: return solverStep(pass, latents, output, noise);
        case SchedulerKind::Pndm: return pndmStep(pass, latents, output);
    }
    throw std::logic_error("A scheduler that isn't there.");
}

Scheduler::Step Scheduler::eulerStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                                     const torch::Tensor& noise) const {
    const double from = tables_.sigmas.at(pass);
    const double to = tables_.sigmas.at(pass + 1);
    // Here latents are clean + sigma * noise, whose variance grows with sigma.
    torch::Tensor clean;
    switch (config_.prediction) {
        case Prediction::Epsilon: clean = latents - from * output; break;
        case Prediction::Velocity:
            clean = output * (-from / std::sqrt(from * from + 1.0)) + latents / (from * from + 1.0);
            break;
        case Prediction::Sample: clean = output; break;
    }
    double down = to;
    double up = 0.0;
    if (config_.kind == SchedulerKind::EulerAncestral && to > 0.0) {
        up = std::sqrt(to * to * (from * from - to * to) / (from * from));
        down = std::sqrt(to * to - up * up);
    }
    auto next = latents + (latents - clean) / from * (down - from);
    if (up > 0.0) next = next + noise * up;
    return {.latents = next, .clean = clean};
}

Scheduler::Step Scheduler::ddimStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                                    const torch::Tensor& noise) const {
    const double alpha = tables_.alphas.at(pass);
    const double previous = tables_.previousAlphas.at(pass);
    const double signal = std::sqrt(alpha);
    const double part = std::sqrt(1.0 - alpha);
    auto clean = cleanOf(config_.prediction, signal, part, latents, output);
    const auto predicted = noiseOf(config_.prediction, signal, part, latents, output);
    if (config_.clipSample > 0.0) clean = clean.clamp(-config_.clipSample, config_.clipSample);
    const double variance = (1.0 - previous) / (1.0 - alpha) * (1.0 - alpha / previous);
    const double deviation = config_.eta * std::sqrt(std::max(variance, 0.0));
    auto next =
        std::sqrt(previous) * clean + std::sqrt(std::max(1.0 - previous - deviation * deviation, 0.0)) * predicted;
    if (config_.eta > 0.0) next = next + deviation * noise;
    return {.latents = next, .clean = clean};
}

Scheduler::Step Scheduler::solverStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                                      const torch::Tensor& noise) {
    const Shares from(tables_.sigmas.at(pass));
    const Shares to(tables_.sigmas.at(pass + 1));
    const auto clean = cleanOf(config_.prediction, from.signal, from.noise, latents, output);
    constexpr std::size_t kFewSteps = 15;
    const bool ends = pass + 1 == passes() && (config_.eulerAtFinal || config_.lastSigmaZero ||
                                               (config_.lowerOrderFinal && passes() < kFewSteps));
    // Infinite where the last sigma is 0, and exp(-step) is 0.
    const double step = to.logarithm() - from.logarithm();
    const bool stochastic = config_.stochastic;
    const double shrunk = std::exp((stochastic ? -2.0 : -1.0) * step) - 1.0;
    auto next = (to.noise / from.noise * (stochastic ? std::exp(-step) : 1.0)) * latents - (to.signal * shrunk) * clean;
    if (config_.order > 1 && pass > 0 && !ends) {
        const Shares before(tables_.sigmas.at(pass - 1));
        const double ratio = (from.logarithm() - before.logarithm()) / step;
        const auto change = (clean - history_.back()) / ratio;
        const double heun = shrunk / (stochastic ? -2.0 * step : step) + 1.0;
        next = next + (config_.heun ? to.signal * (step == 0.0 ? 0.0 : heun) : -0.5 * to.signal * shrunk) * change;
    }
    if (wantsNoise(pass)) next = next + (to.noise * std::sqrt(-shrunk)) * noise;
    history_.assign({clean});
    return {.latents = next, .clean = clean};
}

torch::Tensor Scheduler::pndmLatents(std::int64_t from, std::int64_t to, const torch::Tensor& latents,
                                     const torch::Tensor& output) const {
    const double alpha = tables_.alphaAt(from);
    const double previous = tables_.alphaAt(to);
    const auto predicted = noiseOf(config_.prediction, std::sqrt(alpha), std::sqrt(1.0 - alpha), latents, output);
    // Equation 9 of the paper.
    const double divisor = alpha * std::sqrt(1.0 - previous) + std::sqrt(alpha * (1.0 - alpha) * previous);
    return std::sqrt(previous / alpha) * latents - ((previous - alpha) / divisor) * predicted;
}

Scheduler::Step Scheduler::pndmStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output) {
    const auto timestep = static_cast<std::int64_t>(tables_.timesteps[pass]);
    const double alpha = tables_.alphas[pass];
    auto clean = cleanOf(config_.prediction, std::sqrt(alpha), std::sqrt(1.0 - alpha), latents, output);
    const auto done = [&](torch::Tensor next) { return Step{.latents = std::move(next), .clean = std::move(clean)}; };
    if (pass < tables_.rungeKutta) {
        const auto part = pass % 4;
        if (part == 0) {
            begun_ = latents;
            sum_ = output / 6.0;
            history_.push_back(output);
        } else if (part < 3) {
            sum_ = sum_ + output / 3.0;
        }
        const auto first = static_cast<std::int64_t>(tables_.timesteps[pass / 4 * 4]);
        const auto to = timestep - (part % 2 == 0 ? tables_.stride / 2 : 0);
        return done(pndmLatents(first, to, begun_, part == 3 ? sum_ + output / 6.0 : output));
    }
    const auto plms = pass - tables_.rungeKutta;
    if (plms == 1 && tables_.rungeKutta == 0) {
        // The first step again, with what its end predicts.
        const auto mean = (output + history_.back()) / 2.0;
        return done(pndmLatents(std::min(timestep + tables_.stride, config_.trainSteps - 1), timestep, begun_, mean));
    }
    if (plms == 0 && tables_.rungeKutta == 0) begun_ = latents;
    history_.push_back(output);
    if (history_.size() > 4) history_.erase(history_.begin());
    const auto back = [&](std::size_t i) { return history_[history_.size() - i]; };
    torch::Tensor combined;
    switch (history_.size()) {
        case 1: combined = output; break;
        case 2: combined = (3.0 * back(1) - back(2)) / 2.0; break;
        case 3: combined = (23.0 * back(1) - 16.0 * back(2) + 5.0 * back(3)) / 12.0; break;
        default: combined = (55.0 * back(1) - 59.0 * back(2) + 37.0 * back(3) - 9.0 * back(4)) / 24.0;
    }
    return done(pndmLatents(timestep, timestep - tables_.stride, latents, combined));
}

}  // namespace mergarium
