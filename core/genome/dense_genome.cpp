#include "core/genome/dense_genome.h"

#include "core/files/bytes.h"
#include "core/genome/interpolation.h"
#include "core/genome/recipe_genome.h"
#include "core/random/random_stream.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

const DenseGenome& dense(const Genome& genome) {
    const auto* found = dynamic_cast<const DenseGenome*>(&genome);
    if (!found) throw std::logic_error("Dense breeding was given a genome of another kind.");
    return *found;
}

void addUp(std::span<const float> first, std::span<const float> second, MixingCoefficients mixing,
           std::span<float> out) {
    const auto a = static_cast<float>(mixing.first);
    const auto b = static_cast<float>(mixing.second);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a * first[i] + b * second[i];
}

class VectorGrams final : public PairGrams {
public:
    VectorGrams(const DenseGenome& first, const DenseGenome& second) : first_(first), second_(second) {}

    PairGram over(std::uint64_t begin, std::uint64_t end) override {
        const auto a = first_.values().subspan(begin, end - begin);
        const auto b = second_.values().subspan(begin, end - begin);
        if (a.size() == first_.length()) return {first_.squaredNorm(), dotProduct(a, b), second_.squaredNorm()};
        return {dotProduct(a, a), dotProduct(a, b), dotProduct(b, b)};
    }

private:
    const DenseGenome& first_;
    const DenseGenome& second_;
};

}  // namespace

DenseGenome::DenseGenome(std::vector<float> values, std::optional<Recipe> recipe)
    : values_(std::move(values)),
      recipe_(recipe ? std::make_shared<const Recipe>(*std::move(recipe)) : nullptr),
      squaredNorm_(dotProduct(values_, values_)) {}

void DenseGenome::materialize(std::span<float> parameters) const { std::ranges::copy(values_, parameters.begin()); }

void DenseGenome::materializeAs(DType dtype, std::byte* out) const { fromFloats(dtype, values_, out); }

std::size_t DenseGenome::memory() const {
    const auto recipe =
        recipe_ ? recipe_->ends.size() * sizeof(std::uint64_t) + recipe_->coefficients.size() * sizeof(double) : 0;
    return sizeof *this + values_.size() * sizeof(float) + recipe;
}

std::vector<std::byte> DenseGenome::pack() const {
    ByteWriter out;
    out.numbers(values_);
    if (recipe_) out.add(packRecipe(*recipe_));
    return std::move(out).take();
}

GenomePtr DenseGenome::unpack(std::span<const std::byte> bytes, std::uint64_t length) {
    ByteReader in(bytes, "A stored genome is shorter than its network.");
    auto values = in.numbers<float>(length);
    std::optional<Recipe> recipe;
    if (in.left() > 0) recipe = unpackRecipe(in.take(in.left()));
    return std::make_shared<const DenseGenome>(std::move(values), std::move(recipe));
}

/// A child before it is known to stay.
class DenseBreeding::Child final : public Genome {
public:
    explicit Child(std::uint64_t length) : values(length) {}

    std::uint64_t length() const override { return values.size(); }
    void materialize(std::span<float> parameters) const override { std::ranges::copy(values, parameters.begin()); }
    void materializeAs(DType dtype, std::byte* out) const override { fromFloats(dtype, values, out); }
    std::size_t memory() const override { return sizeof *this + values.size() * sizeof(float); }
    std::vector<std::byte> pack() const override {
        ByteWriter out;
        out.numbers(values);
        return std::move(out).take();
    }

    std::vector<float> values;
    std::vector<MixedSpan> spans;
    /// Of the parents; null where the child is no combination of founders.
    std::shared_ptr<const Recipe> firstRecipe, secondRecipe;
};

DenseBreeding::DenseBreeding(std::vector<std::uint64_t> tensorEnds) : tensorEnds_(std::move(tensorEnds)) {}

std::vector<MixedSpan> DenseBreeding::mix(const Genome& first, const Genome& second, const Splice& splice) const {
    const auto length = tensorEnds_.back();
    if (first.length() != length || second.length() != length)
        throw std::invalid_argument("Parents and child differ in their number of parameters.");
    VectorGrams grams(dense(first), dense(second));
    std::vector<MixedSpan> spans;
    mixedSpans(splice, tensorEnds_, grams, spans);
    return spans;
}

GenomePtr DenseBreeding::breed(const Genome& firstParent, const Genome& secondParent, const Splice& splice) const {
    const auto& first = dense(firstParent);
    const auto& second = dense(secondParent);
    auto child = std::make_shared<Child>(tensorEnds_.back());
    child->spans = mix(first, second, splice);
    const std::span<float> values = child->values;
    std::uint64_t begin = 0;
    for (const auto& span : child->spans) {
        const auto count = span.end - begin;
        addUp(first.values().subspan(begin, count), second.values().subspan(begin, count), span.mixing,
              values.subspan(begin, count));
        begin = span.end;
    }
    if (splice.mutation) {
        addGaussianNoise(values, static_cast<float>(splice.mutation->sigma), splice.mutation->seed);
    } else if (first.recipe() && second.recipe()) {
        child->firstRecipe = first.sharedRecipe();
        child->secondRecipe = second.sharedRecipe();
    }
    return child;
}

GenomePtr DenseBreeding::keep(GenomePtr genome) const {
    const auto* child = dynamic_cast<const Child*>(genome.get());
    if (!child) return genome;
    std::optional<Recipe> recipe;
    if (child->firstRecipe) recipe = combine(*child->firstRecipe, *child->secondRecipe, child->spans);
    return std::make_shared<const DenseGenome>(child->values, std::move(recipe));
}

GenomePtr DenseBreeding::unpack(std::span<const std::byte> bytes) const {
    return DenseGenome::unpack(bytes, tensorEnds_.back());
}

}  // namespace mergarium
