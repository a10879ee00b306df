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

void addUpSpans(std::span<const MixedSpan> spans, std::span<const float> first, std::span<const float> second,
                std::span<float> out) {
    std::uint64_t begin = 0;
    for (const auto& [end, mixing] : spans) {
        const auto a = static_cast<float>(mixing.first);
        const auto b = static_cast<float>(mixing.second);
        for (auto i = begin; i < end; ++i) out[i] = a * first[i] + b * second[i];
        begin = end;
    }
}

class VectorGrams final : public PairGrams {
public:
    VectorGrams(const DenseGenome& first, const DenseGenome& second, const GenesPtr& genes)
        : first_(first), second_(second), genes_(genes.get()) {}

    PairGram over(std::uint64_t begin, std::uint64_t end) override {
        const auto a = first_.values(), b = second_.values();
        if (end - begin == (genes_ ? genes_->size() : a.size()))
            return {first_.squaredNorm(), dotProduct(a, b), second_.squaredNorm()};
        return genes_ ? overGenes(begin, end) : pairOf(a.subspan(begin, end - begin), b.subspan(begin, end - begin));
    }

private:
    static PairGram pairOf(std::span<const float> a, std::span<const float> b) {
        return {dotProduct(a, a), dotProduct(a, b), dotProduct(b, b)};
    }

    PairGram overGenes(std::uint64_t begin, std::uint64_t end) {
        if (ofGenes_.empty()) sumUpGenes();
        PairGram sum;
        for (auto gene = begin; gene < end; ++gene) {
            sum.firstFirst += ofGenes_[gene].firstFirst;
            sum.firstSecond += ofGenes_[gene].firstSecond;
            sum.secondSecond += ofGenes_[gene].secondSecond;
        }
        return sum;
    }

    void sumUpGenes() {
        ofGenes_.resize(genes_->size());
        genes_->forEachStretch(0, genes_->length(), [&](std::uint64_t gene, std::uint64_t begin, std::uint64_t count) {
            const auto pair = pairOf(first_.values().subspan(begin, count), second_.values().subspan(begin, count));
            auto& sum = ofGenes_[gene];
            sum.firstFirst += pair.firstFirst;
            sum.firstSecond += pair.firstSecond;
            sum.secondSecond += pair.secondSecond;
        });
    }

    const DenseGenome& first_;
    const DenseGenome& second_;
    const Genes* genes_;
    /// Once they are asked for.
    std::vector<PairGram> ofGenes_;
};

/// Each gene mixed as the span says that it lies in.
void addUpGenes(const Genes& genes, std::span<const MixedSpan> spans, std::span<const float> first,
                std::span<const float> second, std::span<float> out) {
    std::vector<float> firstOf(genes.size()), secondOf(genes.size());
    std::uint64_t begin = 0;
    for (const auto& [end, mixing] : spans) {
        const auto at = static_cast<std::ptrdiff_t>(begin), count = static_cast<std::ptrdiff_t>(end - begin);
        std::fill_n(firstOf.begin() + at, count, static_cast<float>(mixing.first));
        std::fill_n(secondOf.begin() + at, count, static_cast<float>(mixing.second));
        begin = end;
    }
    std::vector<float> a, b;
    for (const auto& part : genes.parts()) {
        // A row of the part, which its first dimension repeats.
        const auto row = part.extent * part.inner;
        a.resize(row);
        b.resize(row);
        for (std::uint64_t index = 0; index < part.extent; ++index) {
            const auto at = static_cast<std::ptrdiff_t>(index * part.inner);
            std::fill_n(a.begin() + at, part.inner, firstOf[part.genes[index]]);
            std::fill_n(b.begin() + at, part.inner, secondOf[part.genes[index]]);
        }
        for (std::uint64_t place = part.begin; place < part.begin + part.count(); place += row) {
            const auto one = first.subspan(place, row), other = second.subspan(place, row);
            const auto to = out.subspan(place, row);
            for (std::size_t i = 0; i < row; ++i) to[i] = a[i] * one[i] + b[i] * other[i];
        }
    }
}

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

GenomePtr DenseGenome::unpack(std::span<const std::byte> bytes, std::uint64_t length, GenesPtr genes) {
    ByteReader in(bytes, "A stored genome is shorter than its network.");
    auto values = in.numbers<float>(length);
    std::optional<Recipe> recipe;
    if (in.left() > 0) recipe = unpackRecipe(in.take(in.left()), std::move(genes));
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

DenseBreeding::DenseBreeding(std::vector<std::uint64_t> tensorEnds, GenesPtr genes)
    : tensorEnds_(std::move(tensorEnds)), genes_(std::move(genes)) {}

std::vector<MixedSpan> DenseBreeding::mix(const Genome& first, const Genome& second, const Splice& splice) const {
    const auto length = tensorEnds_.back();
    if (first.length() != length || second.length() != length)
        throw std::invalid_argument("Parents and child differ in their number of parameters.");
    VectorGrams grams(dense(first), dense(second), genes_);
    std::vector<MixedSpan> spans;
    mixedSpans(splice, genes_ ? std::vector{genes_->size()} : tensorEnds_, grams, spans);
    return spans;
}

GenomePtr DenseBreeding::breed(const Genome& firstParent, const Genome& secondParent, const Splice& splice) const {
    const auto& first = dense(firstParent);
    const auto& second = dense(secondParent);
    auto child = std::make_shared<Child>(tensorEnds_.back());
    child->spans = mix(first, second, splice);
    const std::span<float> values = child->values;
    if (genes_)
        addUpGenes(*genes_, child->spans, first.values(), second.values(), values);
    else
        addUpSpans(child->spans, first.values(), second.values(), values);
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
    return DenseGenome::unpack(bytes, tensorEnds_.back(), genes_);
}

}  // namespace mergarium
