#pragma once

#include "core/archive/scores.h"
#include "core/tasks/sample_set.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// One axis of behaviour: the mean score over some of the samples, in [0, 1].
struct Descriptor {
    std::string name;
    /// Not empty.
    std::vector<std::uint32_t> samples;
};

/// Names groups of samples: a descriptor is the mean score over the samples of these groups.
struct DescriptorRule {
    std::string name;
    std::vector<std::string> groups;
    bool operator==(const DescriptorRule&) const = default;
};

/// The samples behind the rules. Without rules: two descriptors, the groups of odd and of even number (of the digits:
/// accuracy on odd and on even digits). Throws std::runtime_error when a group doesn't exist or a descriptor has no
/// samples, saying which there are.
std::vector<Descriptor> describe(const std::vector<DescriptorRule>& rules, const SampleSet& samples);

/// How many descriptors the rules make.
constexpr std::size_t descriptorCount(const std::vector<DescriptorRule>& rules) {
    return rules.empty() ? 2 : rules.size();
}

/// The cell of a grid of `cells` >= 1 intervals a descriptor, the first descriptor slowest. Score 1 lies in the last
/// interval.
std::size_t cellOf(const Scores& scores, const std::vector<Descriptor>& descriptors, std::size_t cells);

}  // namespace mergarium
