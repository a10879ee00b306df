#include "core/genome/gram.h"

#include "core/founders/founder_window.h"
#include "core/genome/interpolation.h"
#include "core/parallel/parallel_for.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace mergarium {
namespace {

/// A new split point costs one partial block per founder; small vectors get small blocks, so that it costs them less
/// than a thousandth of a pass.
constexpr std::uint64_t kSmallestBlock = 64;
constexpr std::uint64_t kLargestBlock = 1 << 16;
constexpr std::uint64_t kBlocks = 4096;
/// Blocks between two reports of progress.
constexpr std::uint64_t kBlocksPerReport = 512;
/// Numbers converted at a time: founders' pieces stay in the first-level cache.
constexpr std::size_t kPiece = 1024;

/// Inner products of the founders' pieces with each other, two rows of the matrix at a time.
template <typename PieceOf>
void addPieces(const PieceOf& pieceOf, std::size_t founders, std::size_t count, std::span<double> out) {
    for (std::size_t b = 0; b < founders; b += 2) {
        const bool two = b + 1 < founders;
        for (std::size_t a = 0; a < b; ++a) {
            out[gramIndex(a, b)] += dotProduct(pieceOf(a, count), pieceOf(b, count));
            if (two) out[gramIndex(a, b + 1)] += dotProduct(pieceOf(a, count), pieceOf(b + 1, count));
        }
        if (!two) {
            out[gramIndex(b, b)] += dotProduct(pieceOf(b, count), pieceOf(b, count));
            continue;
        }
        const auto pair = pairGram(pieceOf(b, count), pieceOf(b + 1, count));
        out[gramIndex(b, b)] += pair.firstFirst;
        out[gramIndex(b, b + 1)] += pair.firstSecond;
        out[gramIndex(b + 1, b + 1)] += pair.secondSecond;
    }
}

std::uint64_t blockFor(std::uint64_t length) {
    return std::clamp(std::bit_ceil(length / kBlocks + 1), kSmallestBlock, kLargestBlock);
}

}  // namespace

std::uint64_t Gram::blockCount() const { return (loci() + block_ - 1) / block_; }

std::span<const double> Gram::entriesOf(const std::vector<double>& matrices, std::size_t index) const {
    return std::span(matrices).subspan(index * entries(), entries());
}

Gram::Gram(FoundersPtr founders, std::size_t begunWith, GenesPtr genes)
    : founders_(std::move(founders)),
      begunWith_(begunWith > 0 ? std::min(begunWith, founders_->size()) : founders_->size()),
      genes_(std::move(genes)),
      block_(genes_ ? 1 : blockFor(founders_->length())) {}

void Gram::addProducts(std::uint64_t begin, std::uint64_t end, std::span<double> out) const {
    addProductsOf(begunWith_, begin, end, out);
    std::vector<double> all;
    for (auto founders = begunWith_ + 1; founders <= founders_->size(); ++founders) {
        // Only what the newcomer has to do with: entries of those before it come first.
        all.assign(gramEntries(founders), 0.0);
        addProductsOf(founders, begin, end, all);
        for (auto entry = gramEntries(founders - 1); entry < all.size(); ++entry) out[entry] += all[entry];
    }
}

void Gram::addProductsOf(std::size_t founders, std::uint64_t begin, std::uint64_t end, std::span<double> out) const {
    FounderWindow window(*founders_);
    std::vector<std::size_t> all(founders);
    std::iota(all.begin(), all.end(), 0);
    std::vector<float> pieces(founders * kPiece);
    const auto pieceOf = [&](std::size_t k, std::size_t count) { return std::span(pieces).subspan(k * kPiece, count); };
    while (begin < end) {
        const auto shown = window.show(all, begin, end - begin);
        for (std::uint64_t at = 0; at < shown; at += kPiece) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, shown - at));
            for (std::size_t k = 0; k < founders; ++k)
                toFloats(window.dtype(k), window.bytes(k, at), pieceOf(k, count));
            addPieces(pieceOf, founders, count, out);
        }
        begin += shown;
    }
}

void Gram::addWhole(std::uint64_t begin, std::uint64_t end, std::span<double> out) const {
    const auto first = (begin + block_ - 1) / block_, last = end / block_;
    if (first > last) return addProducts(begin, end, out);
    if (begin < first * block_) addProducts(begin, first * block_, out);
    for (auto block = first; block < last; ++block)
        for (std::size_t entry = 0; entry < entries(); ++entry) out[entry] += blocks_[block * entries() + entry];
    if (last * block_ < end) addProducts(last * block_, end, out);
}

std::shared_ptr<const Gram> Gram::compute(FoundersPtr founders, const Progress& progress, std::size_t begunWith,
                                          GenesPtr genes) {
    std::shared_ptr<Gram> gram(new Gram(std::move(founders), begunWith, std::move(genes)));
    gram->blocks_.assign(gram->blockCount() * gram->entries(), 0.0);
    if (gram->genes_)
        gram->sumUpGenes(progress);
    else
        gram->sumUpBlocks(progress);
    gram->sumUp();
    const auto length = gram->founders_->length();
    if (progress && !progress(length, length)) throw Cancelled();
    return gram;
}

void Gram::sumUpBlocks(const Progress& progress) {
    const auto length = founders_->length();
    const auto blocks = blockCount();
    for (std::uint64_t from = 0; from < blocks; from += kBlocksPerReport) {
        if (progress && !progress(from * block_, length)) throw Cancelled();
        const auto until = std::min(blocks, from + kBlocksPerReport);
        parallelFor(until - from, [&](std::size_t first, std::size_t last) {
            for (auto block = from + first; block < from + last; ++block)
                addProducts(block * block_, std::min(length, (block + 1) * block_),
                            std::span(blocks_).subspan(block * entries(), entries()));
        });
    }
}

std::shared_ptr<const Gram> Gram::fromBlockSums(FoundersPtr founders, std::vector<double> sums, std::size_t begunWith,
                                                GenesPtr genes) {
    std::shared_ptr<Gram> gram(new Gram(std::move(founders), begunWith, std::move(genes)));
    if (sums.size() != gram->blockCount() * gram->entries()) return nullptr;
    gram->blocks_ = std::move(sums);
    gram->sumUp();
    return gram;
}

void Gram::sumUp() {
    sums_.assign(blocks_.size() + entries(), 0.0);
    for (std::size_t i = 0; i < blocks_.size(); ++i) sums_[i + entries()] = sums_[i] + blocks_[i];
    if (genes_) return;

    std::vector<std::uint64_t> ends;
    for (const auto& tensor : founders_->layout().tensors)
        if (tensor.count > 0) ends.push_back(tensor.begin + tensor.count);
    std::vector<double> atEnds(ends.size() * entries());
    tensors_.assign(atEnds.size(), 0.0);
    parallelFor(ends.size(), [&](std::size_t first, std::size_t last) {
        for (auto tensor = first; tensor < last; ++tensor) {
            const auto place = tensor * entries();
            at(ends[tensor], std::span(atEnds).subspan(place, entries()));
            addWhole(tensor == 0 ? 0 : ends[tensor - 1], ends[tensor], std::span(tensors_).subspan(place, entries()));
        }
    });
    ends_ = std::move(ends);
    atEnds_ = std::move(atEnds);
}

void Gram::at(std::uint64_t position, std::span<double> out) const {
    if (const auto end = std::ranges::lower_bound(ends_, position); end != ends_.end() && *end == position) {
        std::ranges::copy(entriesOf(atEnds_, static_cast<std::size_t>(end - ends_.begin())), out.begin());
        return;
    }
    const auto block = position / block_;
    std::ranges::copy(entriesOf(sums_, block), out.begin());
    if (position > block * block_) addProducts(block * block_, position, out);
}

bool Gram::ofTensor(std::uint64_t begin, std::uint64_t end, std::span<double> out) const {
    const auto found = std::ranges::lower_bound(ends_, end);
    if (found == ends_.end() || *found != end || (found == ends_.begin() ? 0 : *std::prev(found)) != begin)
        return false;
    std::ranges::copy(entriesOf(tensors_, static_cast<std::size_t>(found - ends_.begin())), out.begin());
    return true;
}

}  // namespace mergarium
