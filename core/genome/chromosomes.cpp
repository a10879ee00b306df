#include "core/genome/chromosomes.h"

#include "core/founders/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace mergarium {
namespace {

std::optional<std::size_t> ownerOf(std::span<const ChromosomeRule> rules, const std::string& tensor) {
    for (std::size_t index = 0; index < rules.size(); ++index)
        if (std::ranges::any_of(rules[index].patterns, [&](const auto& pattern) { return matches(pattern, tensor); }))
            return index;
    return std::nullopt;
}

void requireMatches(const ChromosomeRule& rule, const Layout& layout) {
    for (const auto& pattern : rule.patterns)
        if (std::ranges::none_of(layout.tensors, [&](const auto& one) { return matches(pattern, one.name); }))
            throw std::runtime_error(
                fmt::format("The chromosome {}: the pattern '{}' matches no tensor that is merged; correct it, "
                            "or take it out.",
                            rule.name, pattern));
}

}  // namespace

Chromosomes::Chromosomes(std::span<const ChromosomeRule> rules, const Layout& layout) {
    for (const auto& rule : rules) {
        requireMatches(rule, layout);
        names_.push_back(rule.name);
    }
    const auto rest = static_cast<std::size_t>(std::ranges::find(names_, kRestChromosome) - names_.begin());
    lengths_.resize(names_.size());
    parts_.resize(names_.size());
    for (const auto& tensor : layout.tensors) {
        if (tensor.count == 0) continue;
        const auto owner = ownerOf(rules, tensor.name).value_or(rest);
        if (owner == names_.size()) {
            names_.emplace_back(kRestChromosome);
            lengths_.push_back(0);
            parts_.emplace_back();
        }
        if (stretches_.empty() || stretches_.back().chromosome != owner) {
            stretches_.push_back({0, owner});
            parts_[owner].push_back({lengths_[owner], tensor.begin});
        }
        stretches_.back().end = tensor.begin + tensor.count;
        lengths_[owner] += tensor.count;
    }
    for (std::size_t index = 0; index < names_.size(); ++index)
        if (lengths_[index] == 0)
            throw std::runtime_error(
                fmt::format("The chromosome {}: no parameters are left to it, since those before it have all "
                            "that its patterns match; put it before them, or take it out.",
                            names_[index]));
}

std::uint64_t Chromosomes::positionOf(std::size_t chromosome, std::uint64_t index) const {
    const auto& parts = parts_[chromosome];
    const auto part = std::prev(std::ranges::upper_bound(parts, index, {}, &Part::first));
    return part->begin + (index - part->first);
}

std::uint64_t Chromosomes::elementsBefore(std::size_t chromosome, std::uint64_t position) const {
    const auto& parts = parts_[chromosome];
    const auto next = std::ranges::upper_bound(parts, position, {}, &Part::begin);
    if (next == parts.begin()) return 0;
    const auto part = std::prev(next);
    const auto until = next == parts.end() ? lengths_[chromosome] : next->first;
    return std::min(until, part->first + (position - part->begin));
}

std::size_t Chromosomes::chromosomeAt(std::uint64_t position) const {
    const auto found = std::ranges::upper_bound(stretches_, position, {}, &Stretch::end);
    return found == stretches_.end() ? stretches_.back().chromosome : found->chromosome;
}

ChromosomesPtr chromosomesOf(std::span<const ChromosomeRule> rules, const Layout& layout) {
    return rules.empty() ? nullptr : std::make_shared<const Chromosomes>(rules, layout);
}

}  // namespace mergarium
