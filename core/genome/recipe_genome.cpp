#include "core/genome/recipe_genome.h"

#include "core/genome/materialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

const RecipeGenome& recipeGenome(const Genome& genome) {
    const auto* found = dynamic_cast<const RecipeGenome*>(&genome);
    if (!found) throw std::logic_error("Breeding of recipes was given a genome of another kind.");
    return *found;
}

/// c1^T G c2 of a symmetric matrix.
double product(std::span<const double> c1, std::span<const double> gram, std::span<const double> c2) {
    double sum = 0.0;
    for (std::size_t a = 0; a < c1.size(); ++a)
        for (std::size_t b = 0; b < c2.size(); ++b) sum += c1[a] * c2[b] * gram[gramIndex(a, b)];
    return sum;
}

/// Calls `visit(begin, end, i, j, s)` for every stretch that lies within span i of `first`, j of `second` and s of
/// `spans`.
template <typename Visit>
void walk(const Recipe& first, const Recipe& second, std::span<const MixedSpan> spans, Visit&& visit) {
    std::size_t i = 0, j = 0, s = 0;
    for (std::uint64_t begin = 0; s < spans.size();) {
        const auto end = std::min({first.ends[i], second.ends[j], spans[s].end});
        visit(begin, end, i, j, s);
        i += first.ends[i] == end;
        j += second.ends[j] == end;
        s += spans[s].end == end;
        begin = end;
    }
}

/// Where one recipe has fewer founders than the other, the rest have no part in it.
void mixCoefficients(std::span<const double> first, std::span<const double> second, MixingCoefficients mixing,
                     std::span<double> out) {
    const auto of = [](std::span<const double> all, std::size_t k) { return k < all.size() ? all[k] : 0.0; };
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = mixing.first * of(first, k) + mixing.second * of(second, k);
}

}  // namespace

std::vector<std::uint64_t> tensorEndsOf(const Layout& layout) {
    std::vector<std::uint64_t> ends;
    for (const auto& tensor : layout.tensors)
        if (tensor.count > 0) ends.push_back(tensor.begin + tensor.count);
    return ends;
}

RecipeGenome::RecipeGenome(Recipe recipe, GramPtr gram) : recipe_(std::move(recipe)), gram_(std::move(gram)) {
    const auto& founders = *gram_->founders();
    if (recipe_.founders > founders.size() || recipe_.length() != founders.length())
        throw std::runtime_error(
            fmt::format("A recipe over {} founders of {} parameters doesn't fit {} founders of {}.", recipe_.founders,
                        recipe_.length(), founders.size(), founders.length()));
    if (recipe_.loci() != gram_->loci())
        throw std::runtime_error(
            fmt::format("A recipe that ends at {} doesn't fit what its run cuts, of which there are {}.",
                        recipe_.loci(), gram_->loci()));
    if (gram_->genes()) return;
    gramAtEnds_.resize(recipe_.spans() * gram_->entries());
    for (std::size_t span = 0; span < recipe_.spans(); ++span)
        gram_->at(recipe_.ends[span], std::span(gramAtEnds_).subspan(span * gram_->entries(), gram_->entries()));
}

const Founders& RecipeGenome::founders() const {
    if (!gram_) throw std::runtime_error("This recipe was read without its founders and can't be turned into a model.");
    return *gram_->founders();
}

void RecipeGenome::materialize(std::span<float> parameters) const {
    materializeAll(recipe_, founders(), parameters.first(recipe_.length()));
}

void RecipeGenome::materializeAs(DType dtype, std::byte* out) const {
    materializeAllAs(recipe_, founders(), dtype, out);
}

std::size_t RecipeGenome::memory() const {
    return sizeof *this + recipe_.ends.size() * sizeof(std::uint64_t) +
           (recipe_.coefficients.size() + gramAtEnds_.size()) * sizeof(double);
}

void RecipeGenome::gramAtEnd(std::size_t span, std::span<double> out) const {
    if (gramAtEnds_.empty()) return gram_->at(recipe_.ends[span], out);
    std::ranges::copy(std::span(gramAtEnds_).subspan(span * out.size(), out.size()), out.begin());
}

/// Grams of two recipes over any stretch: sums over the stretches on which both have constant coefficients.
class RecipeBreeding::ParentGrams final : public PairGrams {
public:
    ParentGrams(const Gram& gram, const RecipeGenome& first, const RecipeGenome& second)
        : gram_(gram),
          first_(first),
          second_(second),
          before_(gram.entries()),
          here_(gram.entries()),
          between_(gram.entries()) {}

    /// Stretches are asked for in ascending order, without gaps.
    PairGram over(std::uint64_t begin, std::uint64_t end) override {
        const auto& one = *first_.recipe();
        const auto& other = *second_.recipe();
        auto i = static_cast<std::size_t>(std::ranges::upper_bound(one.ends, begin) - one.ends.begin());
        auto j = static_cast<std::size_t>(std::ranges::upper_bound(other.ends, begin) - other.ends.begin());
        gram_.at(begin, before_);
        PairGram sum;
        while (begin < end) {
            const auto from = begin;
            begin = std::min({end, one.ends[i], other.ends[j]});
            if (begin == one.ends[i])
                first_.gramAtEnd(i, here_);
            else if (begin == other.ends[j])
                second_.gramAtEnd(j, here_);
            else
                gram_.at(begin, here_);
            if (!gram_.ofTensor(from, begin, between_))
                for (std::size_t entry = 0; entry < between_.size(); ++entry)
                    between_[entry] = here_[entry] - before_[entry];
            sum.firstFirst += product(one.of(i), between_, one.of(i));
            sum.firstSecond += product(one.of(i), between_, other.of(j));
            sum.secondSecond += product(other.of(j), between_, other.of(j));
            i += begin == one.ends[i];
            j += begin == other.ends[j];
            before_.swap(here_);
        }
        return sum;
    }

private:
    const Gram& gram_;
    const RecipeGenome& first_;
    const RecipeGenome& second_;
    std::vector<double> before_, here_, between_;
};

RecipeBreeding::RecipeBreeding(GramPtr gram)
    : gram_(std::move(gram)),
      tensorEnds_(gram_->genes() ? std::vector{gram_->loci()} : tensorEndsOf(gram_->founders()->layout())) {}

std::vector<MixedSpan> RecipeBreeding::mix(const Genome& first, const Genome& second, const Splice& splice) const {
    if (splice.mutation) throw std::invalid_argument("A recipe can't be mutated: noise is no combination of founders.");
    ParentGrams grams(*gram_, recipeGenome(first), recipeGenome(second));
    std::vector<MixedSpan> spans;
    mixedSpans(splice, tensorEnds_, grams, spans);
    return spans;
}

GenomePtr RecipeBreeding::breed(const Genome& firstParent, const Genome& secondParent, const Splice& splice) const {
    const auto spans = mix(firstParent, secondParent, splice);
    const auto& first = recipeGenome(firstParent);
    const auto& second = recipeGenome(secondParent);
    RecipeGenome child;
    auto& recipe = child.recipe_;
    auto& gramAtEnds = child.gramAtEnds_;
    recipe.founders = std::max(first.recipe()->founders, second.recipe()->founders);
    recipe.genes = gram_->genes();
    child.gram_ = gram_;
    std::vector<double> coefficients(recipe.founders);
    std::vector<double> gramAt(gram_->entries());
    walk(*first.recipe(), *second.recipe(), spans,
         [&](std::uint64_t, std::uint64_t end, std::size_t i, std::size_t j, std::size_t s) {
             mixCoefficients(first.recipe()->of(i), second.recipe()->of(j), spans[s].mixing, coefficients);
             appendSpan(recipe, end, coefficients);
             if (recipe.genes) return;
             if (first.recipe()->ends[i] == end)
                 first.gramAtEnd(i, gramAt);
             else if (second.recipe()->ends[j] == end)
                 second.gramAtEnd(j, gramAt);
             else
                 gram_->at(end, gramAt);
             // Where the last span was extended, its end has moved here.
             gramAtEnds.resize(recipe.spans() * gramAt.size());
             std::ranges::copy(gramAt, gramAtEnds.end() - static_cast<std::ptrdiff_t>(gramAt.size()));
         });
    return std::make_shared<const RecipeGenome>(std::move(child));
}

GenomePtr RecipeBreeding::keep(GenomePtr child) const {
    return std::make_shared<const RecipeGenome>(recipeGenome(*child));
}

GenomePtr RecipeBreeding::unpack(std::span<const std::byte> bytes) const {
    return std::make_shared<const RecipeGenome>(unpackRecipe(bytes, gram_->genes()), gram_);
}

Recipe combine(const Recipe& first, const Recipe& second, std::span<const MixedSpan> spans) {
    Recipe child{
        .founders = std::max(first.founders, second.founders), .ends = {}, .coefficients = {}, .genes = first.genes};
    std::vector<double> coefficients(child.founders);
    walk(first, second, spans, [&](std::uint64_t, std::uint64_t end, std::size_t i, std::size_t j, std::size_t s) {
        mixCoefficients(first.of(i), second.of(j), spans[s].mixing, coefficients);
        appendSpan(child, end, coefficients);
    });
    return child;
}

std::string_view nameOf(GenomeKind kind) { return kind == GenomeKind::Dense ? "dense" : "recipe"; }

}  // namespace mergarium
