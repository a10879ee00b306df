#include "core/mating/attraction.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <optional>

namespace mergarium {
namespace {

constexpr std::size_t kBits = 64;

/// Samples of equal worth side by side, and each row's right answers as bits in that order.
struct RightAnswers {
    struct Class {
        double worth = 0.0;
        /// One past its last word.
        std::size_t end = 0;
    };
    std::vector<Class> classes;
    /// Of every row `classes.back().end`; a class begins with a word of its own.
    std::vector<std::uint64_t> words;

    std::size_t wordsPerRow() const { return classes.empty() ? 0 : classes.back().end; }
};

/// Absent where a score is neither right nor wrong, and where counting would take longer than adding up.
std::optional<RightAnswers> rightAnswers(ScoreRows rows, std::span<const double> worth) {
    std::vector<std::uint32_t> samples(worth.size());
    std::iota(samples.begin(), samples.end(), 0u);
    // What nobody solves draws nobody.
    std::erase_if(samples, [&](auto sample) { return worth[sample] == 0.0; });
    std::ranges::stable_sort(samples, {}, [&](auto sample) { return worth[sample]; });

    RightAnswers answers;
    std::vector<std::uint32_t> bits(samples.size());
    for (std::size_t at = 0, bit = 0; at < samples.size(); ++at, ++bit) {
        const double value = worth[samples[at]];
        if (answers.classes.empty() || value != answers.classes.back().worth) {
            bit = kBits * answers.wordsPerRow();
            answers.classes.push_back({value, answers.wordsPerRow()});
        }
        bits[at] = static_cast<std::uint32_t>(bit);
        answers.classes.back().end = bit / kBits + 1;
    }
    const auto width = answers.wordsPerRow();
    if (8 * width > worth.size()) return {};
    answers.words.resize(rows.size() * width);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto* const words = answers.words.data() + row * width;
        bool graded = false;
        for (std::size_t at = 0; at < samples.size() && !rows[row].empty(); ++at) {
            const float score = rows[row][samples[at]];
            graded |= score != 0.0f && score != 1.0f;
            words[bits[at] / kBits] |= std::uint64_t{score > 0.0f} << bits[at] % kBits;
        }
        if (graded) return {};
    }
    return answers;
}

[[gnu::always_inline]] inline double countedWorth(const RightAnswers& answers, std::size_t first, std::size_t second) {
    const auto width = answers.wordsPerRow();
    const auto* const a = answers.words.data() + first * width;
    const auto* const b = answers.words.data() + second * width;
    double sum = 0.0;
    std::size_t word = 0;
    for (const auto& one : answers.classes) {
        int count = 0;
        for (; word < one.end; ++word) count += std::popcount(b[word] & ~a[word]);
        sum += one.worth * count;
    }
    return sum;
}

using Count = double (*)(const RightAnswers& answers, std::size_t first, std::size_t second);

double countPlainly(const RightAnswers& answers, std::size_t first, std::size_t second) {
    return countedWorth(answers, first, second);
}

#if defined(__x86_64__)
[[gnu::target("popcnt")]] double countByInstruction(const RightAnswers& answers, std::size_t first,
                                                    std::size_t second) {
    return countedWorth(answers, first, second);
}
#endif

/// The worth of what `second` solves and `first` doesn't.
Count countOfThisProcessor() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("popcnt")) return countByInstruction;
#endif
    return countPlainly;
}

}  // namespace

std::vector<double> attractionMatrix(ScoreRows rows, std::span<const double> worth) {
    const auto count = rows.size();
    std::vector<double> matrix(count * count);
    const auto answers = rightAnswers(rows, worth);
    const auto onlySecond = countOfThisProcessor();
    for (std::size_t a = 0; a < count; ++a) {
        const auto line = std::span(matrix).subspan(a * count, count);
        if (!answers)
            attractions(rows[a], rows, worth, line);
        else
            for (std::size_t b = 0; b < count && !rows[a].empty(); ++b) line[b] = onlySecond(*answers, a, b);
    }
    return matrix;
}

}  // namespace mergarium
