#include "core/merging/methods/stretches.h"
#include "core/merging/methods/task_vectors.h"
#include "core/random/bernoulli.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace mergarium {
namespace {

/// Elements of a row whose ranks are known at a time: with their indexes they take 256 MB.
constexpr std::uint64_t kLongestRow = 32 << 20;

/// The place of the model among the tensor's inputs: each has a mask of its own.
MaskStream streamOf(const TensorInputs& inputs, const TensorInputs::Model& model) {
    std::uint32_t place = 0;
    for (const auto& one : inputs.models) {
        if (one.tensor == model.tensor && one.name == model.name) break;
        ++place;
    }
    return {.seed = inputs.seed, .tensor = inputs.number, .model = place};
}

}  // namespace

void keepAtRandom(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model) {
    const auto stream = streamOf(inputs, model);
    const double density = model.parameters.find("density")->second;
    if (density < 0.0)
        inputs.refuse(fmt::format("the density {} of {} is below 0, and is to be a probability", density, model.name));
    overPieces(inputs.count, inputs.threads, char{}, [&](char&, std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint8_t> kept(kStretch);
        eachStretch(begin, end, [&](std::uint64_t from, std::uint64_t to) {
            const auto drawn = std::span(kept).first(to - from);
            drawKept(stream, density, from, drawn);
            mask.set(from, to, [&](std::size_t i) { return drawn[i] != 0; });
        });
    });
}

void keepByRank(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model) {
    const double density = model.parameters.find("density")->second;
    const double epsilon = model.parameters.find("epsilon")->second;
    if (density <= 0.0) return;
    if (!(epsilon >= 0.0 && density - epsilon >= 0.0 && density + epsilon <= 1.0))
        inputs.refuse(
            fmt::format("the density {} of {} and its epsilon {} lead to probabilities outside of 0 to 1; "
                        "give a smaller epsilon",
                        density, model.name, epsilon));
    const auto length = inputs.rowLength(), rows = inputs.count / length;
    if (length > kLongestRow)
        inputs.refuse(fmt::format("has rows of {} elements, and della ranks at most {}", length, kLongestRow));
    const auto stream = streamOf(inputs, model);
    const auto keysOf = magnitudesOf(inputs, model);
    // Rows that are taken together begin at a word of the mask.
    const auto whole = 64 / std::gcd(length, std::uint64_t{64});
    const auto together = whole * std::max<std::uint64_t>(1, kPass / (length * whole));
    const auto shared = std::max<std::uint64_t>(1, together);
    forEachPiece(static_cast<std::size_t>((rows + shared - 1) / shared), inputs.threads, [&](std::size_t piece) {
        const auto first = piece * shared, last = std::min(rows, first + shared);
        std::vector<std::uint64_t> order(length);
        std::vector<std::uint32_t> keys(length), bits(kStretch);
        std::vector<std::uint64_t> thresholds(length);
        for (auto row = first; row < last; ++row) {
            eachStretch(0, length, [&](std::uint64_t from, std::uint64_t to) {
                keysOf(row * length + from, std::span(keys).subspan(from, to - from));
            });
            // Key and index in one number: equal magnitudes are ranked by index.
            for (std::uint64_t i = 0; i < length; ++i) order[i] = (std::uint64_t{keys[i]} << 32) | i;
            std::ranges::sort(order);
            for (std::uint64_t rank = 0; rank < length; ++rank) {
                const double share = length > 1 ? static_cast<double>(rank) / static_cast<double>(length - 1) : 0.5;
                thresholds[order[rank] & 0xffffffff] = thresholdOf(density - epsilon + 2.0 * epsilon * share);
            }
            eachStretch(0, length, [&](std::uint64_t from, std::uint64_t to) {
                const auto drawn = std::span(bits).first(to - from);
                drawMaskBits(stream, row * length + from, drawn);
                for (std::size_t i = 0; i < drawn.size(); ++i)
                    if (drawn[i] < thresholds[from + i]) mask.add(row * length + from + i);
            });
        }
    });
}

}  // namespace mergarium
