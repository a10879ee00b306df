#include "core/text/text_budget.h"

#include <fmt/format.h>

#include <ctime>
#include <limits>
#include <stdexcept>

namespace mergarium::text {
namespace {

constexpr std::size_t kBytes = 10'000'000;
constexpr std::size_t kTimesAll = 64;
constexpr std::size_t kBytesAtOnce = 1'000'000;
constexpr std::size_t kTimesAtOnce = 4;
constexpr double kSeconds = 2.0;
constexpr double kSecondsPerByte = 2e-6;

double now(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

TextBudget::TextBudget(std::size_t size)
    : size_(size),
      left_(kBytes + kTimesAll * size),
      mostAtOnce_(kBytesAtOnce + kTimesAtOnce * size),
      seconds_(kSeconds + kSecondsPerByte * static_cast<double>(size)),
      began_(now(CLOCK_MONOTONIC_COARSE)),
      processorBegan_(now(CLOCK_THREAD_CPUTIME_ID)) {}

void TextBudget::spend(std::size_t bytes) {
    if (bytes > mostAtOnce_ || bytes > left_)
        throw std::runtime_error(
            fmt::format("The tokenizer makes more than {} bytes of a text of {}: its rules multiply text without end.",
                        bytes > mostAtOnce_ ? mostAtOnce_ : kBytes + kTimesAll * size_, size_));
    left_ -= bytes;
}

void TextBudget::spend(std::size_t count, std::size_t bytes) {
    spend(bytes > 0 && count > std::numeric_limits<std::size_t>::max() / bytes ? std::numeric_limits<std::size_t>::max()
                                                                               : count * bytes);
}

void TextBudget::checkTime() const {
    // The first clock costs next to nothing; the second doesn't count the time of others.
    if (now(CLOCK_MONOTONIC_COARSE) - began_ < seconds_) return;
    if (now(CLOCK_THREAD_CPUTIME_ID) - processorBegan_ < seconds_) return;
    throw std::runtime_error(
        fmt::format("The tokenizer takes more than {:.0f} s for a text of {} bytes: its rules go back again and again.",
                    seconds_, size_));
}

}  // namespace mergarium::text
