#include "core/merging/methods/mask.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace mergarium;

// Which entries of a tensor are the largest: what trimming (ties, breadcrumbs, della, sce) keeps.
class RanksTest : public QObject {
    Q_OBJECT

    /// The ranks by their definition: sorted by key, and where they are equal by place.
    static std::vector<std::size_t> ranksOf(const std::vector<std::uint32_t>& keys) {
        std::vector<std::size_t> order(keys.size()), ranks(keys.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return keys[i]; });
        for (std::size_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
        return ranks;
    }

private Q_SLOTS:
    void theKeptAreThoseOfTheirRanks_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("distinct");
        // Few are sorted, many are counted in buckets; the last word is full or not; all are equal, some, hardly any.
        for (const int count : {1, 63, 64, 65, 5000, 70'001, 400'000})
            for (const int distinct : {1, 7, 1 << 30})
                QTest::addRow("%d of %d values", count, distinct) << count << distinct;
    }
    void theKeptAreThoseOfTheirRanks() {
        QFETCH(int, count);
        QFETCH(int, distinct);
        RandomStream random(7, 0, Purpose::MergeMask);
        std::vector<std::uint32_t> keys(static_cast<std::size_t>(count));
        for (auto& key : keys) key = static_cast<std::uint32_t>(random.below(static_cast<std::uint64_t>(distinct)));
        const KeysOf keysOf = [&](std::uint64_t begin, std::span<std::uint32_t> out) {
            std::copy_n(keys.begin() + static_cast<std::ptrdiff_t>(begin), out.size(), out.begin());
        };
        const auto scratch = std::filesystem::temp_directory_path();
        const auto all = keys.size();
        const auto ranks = ranksOf(keys);
        for (const auto& [first, last] :
             {std::pair{std::size_t{0}, all}, {all / 2, all}, {all / 3, all - all / 4}, {all - 1, all}})
            for (const std::size_t threads : {1, 3}) {
                Mask mask(all, scratch);
                keepRanks(mask, all, {.keysOf = keysOf, .threads = threads, .scratch = scratch}, first, last);
                for (std::size_t i = 0; i < all; ++i)
                    if (mask.has(i) != (ranks[i] >= first && ranks[i] < last))
                        QFAIL(qPrintable(QString("entry %1").arg(i)));
                // Nothing beyond the end counts, whoever counts the bits.
                if (all % 64 != 0) QCOMPARE(mask.word(all / 64) >> (all % 64), std::uint64_t{0});
            }
    }
};

MERGARIUM_SUITE(RanksTest)
#include "ranks_test.moc"
