#include "core/mating/parents.h"

#include "core/mating/attraction.h"
#include "core/random/random_stream.h"

#include <stdexcept>
#include <vector>

namespace mergarium {
namespace {

/// A weight of 1 for every member, for when nothing tells them apart.
std::vector<double> equalWeights(const Archive& archive) {
    std::vector<double> weights(archive.slots().size());
    for (std::size_t slot = 0; slot < weights.size(); ++slot) weights[slot] = archive.slots()[slot] ? 1.0 : 0.0;
    return weights;
}

/// By `weights`; uniform among the members other than `excluded` when all weights are zero.
std::optional<std::size_t> drawOrUniform(const Archive& archive, std::span<const double> weights, double point,
                                         std::optional<std::size_t> excluded = std::nullopt) {
    if (const auto drawn = drawProportional(weights, point)) return drawn;
    auto uniform = equalWeights(archive);
    if (excluded) uniform[*excluded] = 0.0;
    return drawProportional(uniform, point);
}

}  // namespace

std::optional<std::size_t> drawProportional(std::span<const double> weights, double point) {
    double total = 0.0;
    for (const double weight : weights) total += weight;
    if (!(total > 0.0)) return std::nullopt;
    const double target = point * total;
    double sum = 0.0;
    std::optional<std::size_t> last;
    for (std::size_t index = 0; index < weights.size(); ++index) {
        if (weights[index] <= 0.0) continue;
        sum += weights[index];
        last = index;
        if (target < sum) return index;
    }
    return last;  // rounding has pushed the target past the sum
}

Parents drawParents(const Archive& archive, bool byAttraction, std::uint64_t seed, std::uint64_t step) {
    const auto& fitness = archive.fitness();
    const double firstPoint = RandomStream(seed, step, Purpose::FirstParent).uniform();
    const double secondPoint = RandomStream(seed, step, Purpose::SecondParent).uniform();

    const auto first = drawOrUniform(archive, fitness, firstPoint);
    if (!first) throw std::logic_error("Parents were asked of an empty archive.");
    if (!byAttraction) return {*first, *drawOrUniform(archive, fitness, secondPoint)};

    std::vector<double> weights(fitness.size());
    attractions(archive.rows()[*first], archive.rows(), archive.niches().worth, weights);
    if (const auto second = drawProportional(weights, secondPoint)) return {*first, *second};

    weights = fitness;
    weights[*first] = 0.0;
    return {*first, drawOrUniform(archive, weights, secondPoint, first).value_or(*first)};
}

Parents drawTwoParents(const Archive& archive, std::uint64_t seed, std::uint64_t step) {
    auto weights = archive.fitness();
    const auto first = drawOrUniform(archive, weights, RandomStream(seed, step, Purpose::FirstParent).uniform());
    if (!first) throw std::logic_error("Parents were asked of an empty archive.");
    weights[*first] = 0.0;
    const auto second =
        drawOrUniform(archive, weights, RandomStream(seed, step, Purpose::SecondParent).uniform(), *first);
    return {*first, second.value_or(*first)};
}

Parents drawParentsUniformly(const Archive& archive, std::uint64_t seed, std::uint64_t step) {
    const auto weights = equalWeights(archive);
    const auto first = drawProportional(weights, RandomStream(seed, step, Purpose::FirstParent).uniform());
    const auto second = drawProportional(weights, RandomStream(seed, step, Purpose::SecondParent).uniform());
    if (!first || !second) throw std::logic_error("Parents were asked of an empty archive.");
    return {*first, *second};
}

}  // namespace mergarium
