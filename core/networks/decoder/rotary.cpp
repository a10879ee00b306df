#include "core/networks/decoder/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mergarium {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

void stretch(std::vector<double>&, const RopeConfig&, std::monostate) {}

void stretch(std::vector<double>& frequencies, const RopeConfig&, const RopeScaling::Linear& linear) {
    for (double& frequency : frequencies) frequency /= linear.factor;
}

void stretch(std::vector<double>& frequencies, const RopeConfig&, const RopeScaling::Llama3& llama3) {
    for (double& frequency : frequencies) {
        // Depends on how often the wave fits into the original context: 1 keeps it, 0 divides it by the factor.
        const double waves = llama3.originalContext * frequency / kTurn;
        const double kept = std::clamp(
            (waves - llama3.lowFrequencyFactor) / (llama3.highFrequencyFactor - llama3.lowFrequencyFactor), 0.0, 1.0);
        frequency = (1.0 - kept) * frequency / llama3.factor + kept * frequency;
    }
}

void stretch(std::vector<double>& frequencies, const RopeConfig& config, const RopeScaling::Yarn& yarn) {
    const auto size = 2.0 * static_cast<double>(frequencies.size());
    // The dimension whose wave fits `turns` times into the original context.
    const auto dimensionOf = [&](double turns) {
        return size * std::log(yarn.originalContext / (turns * kTurn)) / (2.0 * std::log(config.theta));
    };
    double low = dimensionOf(yarn.betaFast);
    double high = dimensionOf(yarn.betaSlow);
    if (yarn.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, size - 1.0);
    if (low == high) high += 0.001;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double divided = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] = divided * frequencies[i] / yarn.factor + (1.0 - divided) * frequencies[i];
    }
}

void stretch(std::vector<double>& frequencies, const RopeConfig&, const RopeScaling::Long& scaling) {
    for (std::size_t i = 0; i < frequencies.size(); ++i) frequencies[i] /= scaling.shortFactors[i];
}

std::vector<float> inSinglePrecision(const std::vector<double>& values) {
    std::vector<float> singles;
    for (const double value : values) singles.push_back(static_cast<float>(value));
    return singles;
}

}  // namespace

Rotary Rotary::of(const RopeConfig& config, std::int64_t rotated) {
    std::vector<double> frequencies(static_cast<std::size_t>(rotated / 2));
    for (std::size_t i = 0; i < frequencies.size(); ++i)
        frequencies[i] = std::pow(config.theta, -2.0 * static_cast<double>(i) / static_cast<double>(rotated));
    const auto plain = frequencies;
    std::visit([&](const auto& kind) { stretch(frequencies, config, kind); }, config.scaling.kind);

    Rotary rotary{.frequencies = inSinglePrecision(frequencies)};
    if (const auto* yarn = std::get_if<RopeScaling::Yarn>(&config.scaling.kind))
        rotary.scale = static_cast<float>(yarn->attentionFactor);
    if (const auto* scaling = std::get_if<RopeScaling::Long>(&config.scaling.kind)) {
        rotary.scale = static_cast<float>(scaling->attentionFactor);
        rotary.shortest = scaling->originalContext;
        for (std::size_t i = 0; i < plain.size(); ++i) frequencies[i] = plain[i] / scaling->longFactors[i];
        rotary.longFrequencies = inSinglePrecision(frequencies);
    }
    return rotary;
}

std::vector<Rotary> Rotary::allOf(const DecoderConfig& config) {
    std::vector<Rotary> ropes;
    for (const auto& rope : config.ropes) ropes.push_back(of(rope, config.rotated));
    return ropes;
}

}  // namespace mergarium
