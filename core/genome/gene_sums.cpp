// What genes ask of the passes over founders: sums over elements that don't lie side by side.
#include "core/genome/gram.h"
#include "core/genome/interpolation.h"
#include "core/parallel/parallel_for.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// Numbers of each founder read at a time.
constexpr std::size_t kNumbersAtATime = 8192;
/// Where neighbours of one gene are fewer, elements are summed up one by one.
constexpr std::uint64_t kWorthAProduct = 32;

/// Inner products of all pairs of founders over one part, of each index of its middle dimension: extent x entries, in a
/// fixed order, whatever founders there are.
class PartSums {
public:
    PartSums(const Founders& founders, const Genes::Part& part)
        : founders_(founders),
          part_(part),
          entries_(gramEntries(founders.size())),
          pieces_(founders.size() * kNumbersAtATime),
          sums_(part.extent * entries_) {}

    std::vector<double> take() && {
        for (std::uint64_t begin = 0; begin < part_.count(); begin += kNumbersAtATime) {
            const auto count = std::min<std::uint64_t>(kNumbersAtATime, part_.count() - begin);
            for (std::size_t k = 0; k < founders_.size(); ++k)
                founders_.read(k, part_.begin + begin, piece(k, 0, count));
            add(begin, count);
        }
        return std::move(sums_);
    }

private:
    std::span<float> piece(std::size_t founder, std::uint64_t begin, std::uint64_t count) {
        return std::span(pieces_).subspan(founder * kNumbersAtATime + begin, count);
    }

    /// The piece, which begins at element `offset` of the part.
    void add(std::uint64_t offset, std::uint64_t count) {
        const auto row = part_.extent * part_.inner;
        const bool oneByOne = part_.inner < kWorthAProduct;
        for (std::uint64_t done = 0; done < count;) {
            const auto at = offset + done;
            // Up to the end of what belongs to one index, or of the row.
            const auto length = std::min(count - done, oneByOne ? row - at % row : part_.inner - at % part_.inner);
            for (std::size_t b = 0; b < founders_.size(); ++b)
                for (std::size_t a = 0; a <= b; ++a) {
                    const auto first = piece(a, done, length), second = piece(b, done, length);
                    auto* const sums = sums_.data() + gramIndex(a, b);
                    if (oneByOne)
                        addOneByOne(first, second, at % row, sums);
                    else
                        sums[at % row / part_.inner * entries_] += dotProduct(first, second);
                }
            done += length;
        }
    }

    void addOneByOne(std::span<const float> first, std::span<const float> second, std::uint64_t at,
                     double* sums) const {
        auto index = at / part_.inner;
        auto left = part_.inner - at % part_.inner;
        for (std::size_t i = 0; i < first.size(); ++i) {
            sums[index * entries_] += static_cast<double>(first[i]) * static_cast<double>(second[i]);
            if (--left > 0) continue;
            ++index;
            left = part_.inner;
        }
    }

    const Founders& founders_;
    const Genes::Part& part_;
    std::size_t entries_;
    std::vector<float> pieces_;
    std::vector<double> sums_;
};

}  // namespace

void Gram::sumUpGenes(const Progress& progress) {
    const auto& parts = genes_->parts();
    // So many parts at a time, that what each of them sums up is soon added to the genes and forgotten.
    const auto together = std::max<std::size_t>(1, 2 * parallelThreads());
    for (std::size_t from = 0; from < parts.size(); from += together) {
        if (progress && !progress(parts[from].begin, founders_->length())) throw Cancelled();
        const auto until = std::min(parts.size(), from + together);
        std::vector<std::vector<double>> sums(until - from);
        parallelFor(until - from, [&](std::size_t first, std::size_t last) {
            for (auto one = first; one < last; ++one) sums[one] = PartSums(*founders_, parts[from + one]).take();
        });
        for (auto one = from; one < until; ++one)
            for (std::size_t index = 0; index < parts[one].extent; ++index)
                for (std::size_t entry = 0; entry < entries(); ++entry)
                    blocks_[parts[one].genes[index] * entries() + entry] += sums[one - from][index * entries() + entry];
    }
}

}  // namespace mergarium
