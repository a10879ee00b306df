#include "core/merging/methods/stretches.h"

#include <array>
#include <cmath>

namespace mergarium {
namespace {

constexpr std::size_t kLanes = 8;

[[gnu::always_inline]] inline double laneSum(const std::array<double, kLanes>& sums) {
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

[[gnu::always_inline]] inline double dotOf(const float* a, const float* b, std::size_t count) {
    std::array<double, kLanes> sums{};
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    for (; i < count; ++i) sums[i % kLanes] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return laneSum(sums);
}

[[gnu::always_inline]] inline double magnitudesOf(const float* a, std::size_t count) {
    std::array<double, kLanes> sums{};
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += std::abs(static_cast<double>(a[i + lane]));
    for (; i < count; ++i) sums[i % kLanes] += std::abs(static_cast<double>(a[i]));
    return laneSum(sums);
}

double plainDot(const float* a, const float* b, std::size_t count) { return dotOf(a, b, count); }
double plainMagnitudes(const float* a, std::size_t count) { return magnitudesOf(a, count); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] double wideDot(const float* a, const float* b, std::size_t count) { return dotOf(a, b, count); }
[[gnu::target("avx2")]] double wideMagnitudes(const float* a, std::size_t count) { return magnitudesOf(a, count); }
const bool kWide = __builtin_cpu_supports("avx2") != 0;
const auto kDot = kWide ? wideDot : plainDot;
const auto kMagnitudes = kWide ? wideMagnitudes : plainMagnitudes;
#else
const auto kDot = plainDot;
const auto kMagnitudes = plainMagnitudes;
#endif

}  // namespace

std::span<float> threadsFloats(std::size_t slot, std::uint64_t count) {
    thread_local std::vector<std::vector<float>> slots;
    if (slots.size() <= slot) slots.resize(slot + 1);
    if (slots[slot].size() < count) slots[slot].resize(count);
    return std::span(slots[slot]).first(count);
}

void StretchReader::show(std::uint64_t begin, std::uint64_t end) {
    if (base_) {
        baseShown_ = threadsFloats(kOwnSlots, kStretch).first(end - begin);
        base_->tensor->read(begin, baseShown_);
    }
    for (std::size_t i = 0; i < models_.size(); ++i) {
        shown_[i] = threadsFloats(kOwnSlots + 1 + i, kStretch).first(end - begin);
        models_[i]->tensor->read(begin, shown_[i]);
        if (base_)
            for (std::size_t j = 0; j < shown_[i].size(); ++j) shown_[i][j] -= baseShown_[j];
    }
}

double innerProductOf(std::span<const float> a, std::span<const float> b) { return kDot(a.data(), b.data(), a.size()); }
double sumOfMagnitudes(std::span<const float> a) { return kMagnitudes(a.data(), a.size()); }

}  // namespace mergarium
