#include "core/evaluation/experiment.h"

namespace mergarium {

std::unique_ptr<Strategy> makeStrategy(const RunConfiguration& c, const Experiment& experiment, Archive archive) {
    const auto samples = experiment.task->samples();
    SearchSpace space{.layout = experiment.task->layout(),
                      .samples = *samples,
                      .founders = {},
                      .gram = experiment.gram,
                      .genes = experiment.genes,
                      .untrained = experiment.untrained,
                      .evaluations = c.evaluations,
                      .seed = c.seed};
    for (const auto& founder : experiment.founders) space.founders.push_back(founder.genome);
    return std::visit(
        [&](const auto& settings) { return mergarium::makeStrategy(settings, space, std::move(archive)); }, c.strategy);
}

}  // namespace mergarium
