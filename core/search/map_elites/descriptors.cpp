#include "core/search/map_elites/descriptors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

std::vector<Descriptor> describe(const std::vector<DescriptorRule>& rules, const SampleSet& samples) {
    std::vector<Descriptor> descriptors;
    if (rules.empty()) {
        descriptors = {{"odd", {}}, {"even", {}}};
        for (std::uint32_t sample = 0; sample < samples.size(); ++sample)
            descriptors[samples.groups[sample] % 2 == 1 ? 0 : 1].samples.push_back(sample);
    }
    for (const auto& rule : rules) {
        Descriptor descriptor{rule.name, {}};
        for (const auto& group : rule.groups) {
            const auto found = std::find(samples.groupNames.begin(), samples.groupNames.end(), group);
            if (found == samples.groupNames.end())
                throw std::runtime_error(fmt::format("strategy.descriptors: {}: there is no {} '{}'; there are: {}.",
                                                     rule.name, samples.groupNoun, group,
                                                     fmt::join(samples.groupNames, ", ")));
            const auto index = static_cast<std::uint32_t>(found - samples.groupNames.begin());
            for (std::uint32_t sample = 0; sample < samples.size(); ++sample)
                if (samples.groups[sample] == index) descriptor.samples.push_back(sample);
        }
        descriptors.push_back(std::move(descriptor));
    }
    for (const auto& descriptor : descriptors)
        if (descriptor.samples.empty())
            throw std::runtime_error(
                fmt::format("strategy.descriptors: {} has no samples; MAP-Elites needs samples of two groups or more.",
                            descriptor.name));
    return descriptors;
}

std::size_t cellOf(const Scores& scores, const std::vector<Descriptor>& descriptors, std::size_t cells) {
    std::size_t cell = 0;
    for (const auto& descriptor : descriptors) {
        double sum = 0.0;
        for (const auto sample : descriptor.samples) sum += static_cast<double>(scores[sample]);
        const double place = sum / static_cast<double>(descriptor.samples.size()) * static_cast<double>(cells);
        cell = cell * cells + std::min(cells - 1, static_cast<std::size_t>(std::max(0.0, place)));
    }
    return cell;
}

}  // namespace mergarium
