#pragma once

#include "core/founders/founders.h"
#include "core/genes/genes.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

/// Entries of a symmetric K x K matrix that are kept: (0,0), (0,1), (1,1), (0,2), ... column by column of the upper
/// triangle.
constexpr std::size_t gramEntries(std::size_t founders) { return founders * (founders + 1) / 2; }
constexpr std::size_t gramIndex(std::size_t a, std::size_t b) {
    return a <= b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b;
}

/// The founders' Gram matrices, G(p)[a][b] = sum_{i < p} a_i b_i in fp64, for any position p: sums up to whole blocks
/// are kept, the rest of one block is computed on demand. All that SLERP needs to know about vectors of any length.
/// With genes positions count genes, G(p) is over the elements of those before p, and a block is one gene.
/// Immutable; any thread.
class Gram {
public:
    /// One streaming pass over all founders, with all threads; the result doesn't depend on how many there are. Of the
    /// founders the first `begunWith` (0: all) were there at first and the others joined one by one: then the sums of
    /// those that were there before are, to the bit, what they were without those that came after.
    static std::shared_ptr<const Gram> compute(FoundersPtr founders, const Progress& progress = nullptr,
                                               std::size_t begunWith = 0, GenesPtr genes = nullptr);
    /// From what `blockSums()` gave; null when that doesn't fit these founders.
    static std::shared_ptr<const Gram> fromBlockSums(FoundersPtr founders, std::vector<double> sums,
                                                     std::size_t begunWith = 0, GenesPtr genes = nullptr);

    /// K(K+1)/2 entries of G(position) into `out`; position in [0, loci()].
    void at(std::uint64_t position, std::span<double> out) const;
    /// Those of [begin, end) alone into `out`, if that is one whole tensor, and there are no genes; else false. Summed
    /// up for itself: where a small tensor stands behind large ones, a difference of what `at` gives would be their
    /// rounding errors.
    bool ofTensor(std::uint64_t begin, std::uint64_t end, std::span<double> out) const;

    const FoundersPtr& founders() const { return founders_; }
    /// Null: positions are elements.
    const GenesPtr& genes() const { return genes_; }
    /// What positions count: D elements, or the genes.
    std::uint64_t loci() const { return genes_ ? genes_->size() : founders_->length(); }
    std::size_t entries() const { return gramEntries(founders_->size()); }
    /// Of every block, to be kept in a file.
    const std::vector<double>& blockSums() const { return blocks_; }

private:
    Gram(FoundersPtr founders, std::size_t begunWith, GenesPtr genes);
    std::uint64_t blockCount() const;
    /// Adds the products of positions [begin, end), within one block, to `out`.
    void addProducts(std::uint64_t begin, std::uint64_t end, std::span<double> out) const;
    /// As if there were only the first so many.
    void addProductsOf(std::size_t founders, std::uint64_t begin, std::uint64_t end, std::span<double> out) const;
    void sumUpBlocks(const Progress& progress);
    void sumUpGenes(const Progress& progress);
    void addWhole(std::uint64_t begin, std::uint64_t end, std::span<double> out) const;
    /// Derives everything else from the blocks' sums.
    void sumUp();
    std::span<const double> entriesOf(const std::vector<double>& matrices, std::size_t index) const;

    FoundersPtr founders_;
    std::size_t begunWith_;
    GenesPtr genes_;
    std::uint64_t block_;
    std::vector<double> blocks_;
    /// G at the start of every block, and at the end of the last.
    std::vector<double> sums_;
    /// Where tensors end, ascending; G there; and the Gram matrix of each tensor alone.
    std::vector<std::uint64_t> ends_;
    std::vector<double> atEnds_, tensors_;
};

using GramPtr = std::shared_ptr<const Gram>;

}  // namespace mergarium
