#include "core/genome/gram.h"

#include "core/genome/interpolation.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>

namespace mergarium {
namespace {

/// A new split point costs one partial block per founder; small vectors get small blocks, so that it costs them less than a
/// thousandth of a pass.
constexpr std::uint64_t kSmallestBlock = 64;
constexpr std::uint64_t kLargestBlock = 1 << 16;
constexpr std::uint64_t kBlocks = 4096;
/// Blocks between two reports of progress.
constexpr std::uint64_t kBlocksPerReport = 512;
/// Numbers converted at a time: founders' pieces stay in the first-level cache.
constexpr std::size_t kPiece = 1024;

std::uint64_t blockFor(std::uint64_t length) { return std::clamp(std::bit_ceil(length / kBlocks + 1), kSmallestBlock, kLargestBlock); }

}  // namespace

Gram::Gram(FoundersPtr founders) : founders_(std::move(founders)), block_(blockFor(founders_->length())) {}

void Gram::addProducts(std::uint64_t begin, std::uint64_t end, std::span<double> out) const {
    const auto founders = founders_->size();
    std::vector<float> pieces(founders * kPiece);
    for (auto at = begin; at < end; at += kPiece) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, end - at));
        for (std::size_t k = 0; k < founders; ++k) founders_->read(k, at, std::span(pieces).subspan(k * kPiece, count));
        for (std::size_t b = 0; b < founders; ++b)
            for (std::size_t a = 0; a <= b; ++a)
                out[gramIndex(a, b)] +=
                    dotProduct(std::span(pieces).subspan(a * kPiece, count), std::span(pieces).subspan(b * kPiece, count));
    }
}

std::shared_ptr<const Gram> Gram::compute(FoundersPtr founders, const Progress& progress) {
    std::shared_ptr<Gram> gram(new Gram(std::move(founders)));
    const auto length = gram->founders_->length();
    const auto entries = gram->entries();
    const auto blocks = (length + gram->block_ - 1) / gram->block_;
    gram->sums_.assign((blocks + 1) * entries, 0.0);

    for (std::uint64_t from = 0; from < blocks; from += kBlocksPerReport) {
        if (progress && !progress(from * gram->block_, length)) throw Cancelled();
        const auto until = std::min(blocks, from + kBlocksPerReport);
        at::parallel_for(static_cast<std::int64_t>(from), static_cast<std::int64_t>(until), 1, [&](std::int64_t first, std::int64_t last) {
            for (auto block = static_cast<std::uint64_t>(first); block < static_cast<std::uint64_t>(last); ++block)
                gram->addProducts(block * gram->block_, std::min(length, (block + 1) * gram->block_),
                                  std::span(gram->sums_).subspan((block + 1) * entries, entries));
        });
    }
    for (std::uint64_t block = 0; block < blocks; ++block)
        for (std::size_t entry = 0; entry < entries; ++entry) gram->sums_[(block + 1) * entries + entry] += gram->sums_[block * entries + entry];
    gram->addTensorEnds();
    if (progress) progress(length, length);
    return gram;
}

std::shared_ptr<const Gram> Gram::fromSums(FoundersPtr founders, std::vector<double> sums) {
    std::shared_ptr<Gram> gram(new Gram(std::move(founders)));
    const auto blocks = (gram->founders_->length() + gram->block_ - 1) / gram->block_;
    if (sums.size() != (blocks + 1) * gram->entries()) return nullptr;
    gram->sums_ = std::move(sums);
    gram->addTensorEnds();
    return gram;
}

void Gram::addTensorEnds() {
    for (const auto& tensor : founders_->layout().tensors) {
        tensorEnds_.resize(tensorEnds_.size() + entries());
        at(tensor.begin + tensor.count, std::span(tensorEnds_).last(entries()));
    }
}

void Gram::at(std::uint64_t position, std::span<double> out) const {
    const auto block = position / block_;
    std::copy_n(sums_.begin() + static_cast<std::ptrdiff_t>(block * entries()), entries(), out.begin());
    if (position > block * block_) addProducts(block * block_, position, out);
}

}  // namespace mergarium
