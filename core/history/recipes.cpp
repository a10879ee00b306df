#include "core/history/recipes.h"

#include "core/genome/recipe_genome.h"

#include <set>
#include <utility>

namespace mergarium {

Recipes::Recipes(std::size_t founders, std::uint64_t length, std::size_t memory, std::span<const std::uint64_t> joined,
                 const GenesPtr& genes)
    : memory_(memory) {
    const auto recipeOf = [&](std::size_t k) {
        return std::make_shared<const RecipeGenome>(founderRecipe(k, founders, length, genes));
    };
    for (std::size_t k = 0; k < founders; ++k) founders_.push_back(recipeOf(k));
    for (const auto step : joined) joined_[step] = recipeOf(founders + joined_.size());
}

std::vector<GenomePtr> Recipes::of(std::span<const Ledger::Index> members, const Ledger& ledger, const Mixing& mixing) {
    // The youngest first: whoever it needs is older.
    std::set<Ledger::Index> wanted(members.begin(), members.end());
    std::vector<Ledger::Index> missing;
    while (!wanted.empty()) {
        const auto youngest = *wanted.rbegin();
        wanted.erase(youngest);
        if (ledger.isFounder(youngest) || kept_.contains(youngest) || mixing.of(youngest).empty()) continue;
        missing.push_back(youngest);
        wanted.insert(ledger[youngest].first);
        wanted.insert(ledger[youngest].second);
    }
    const auto at = [&](Ledger::Index index) -> GenomePtr {
        if (ledger.isFounder(index)) return founders_[index];
        if (const auto founder = joined_.find(ledger[index].step); founder != joined_.end()) return founder->second;
        const auto found = kept_.find(index);
        return found == kept_.end() ? nullptr : found->second;
    };
    for (auto index = missing.rbegin(); index != missing.rend(); ++index) {
        const auto& [first, second] = std::pair(at(ledger[*index].first), at(ledger[*index].second));
        keep(*index,
             std::make_shared<const RecipeGenome>(combine(*first->recipe(), *second->recipe(), mixing.of(*index))));
    }
    std::vector<GenomePtr> genomes;
    for (const auto index : members) genomes.push_back(at(index));
    trim(ledger);
    return genomes;
}

void Recipes::keep(Ledger::Index index, GenomePtr genome) {
    bytes_ += genome->memory();
    kept_[index] = std::move(genome);
}

bool Recipes::isPinned(Ledger::Index index, const Ledger& ledger) const {
    const auto successor = ledger[index].successor;
    const auto left = successor == Ledger::kNobody ? ledger.size() : successor;
    // Whether a multiple of n lies in [index, left).
    return (left - 1) / stride_ != (std::size_t{index} - 1) / stride_;
}

void Recipes::trim(const Ledger& ledger) {
    while (bytes_ > memory_ && !kept_.empty()) {
        std::erase_if(kept_, [&](const auto& entry) {
            if (isPinned(entry.first, ledger)) return false;
            bytes_ -= entry.second->memory();
            return true;
        });
        if (bytes_ > memory_) stride_ *= 2;
    }
}

}  // namespace mergarium
