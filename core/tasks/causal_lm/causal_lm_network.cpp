// Part of the networks module.
#include "core/networks/device.h"
#include "core/tasks/causal_lm/causal_lm_kind.h"
#include "core/tasks/causal_lm/causal_lm_task.h"
#include "core/tasks/causal_lm/founders_reading.h"

namespace mergarium {

OpenedTask openTask(const CausalLmSettings& settings, const TaskInputs& inputs, const NetworkDevice& device) {
    auto questions =
        std::make_shared<const PreparedQuestions>(settings, *inputs.sources.front(), inputs.founders->layout());
    auto caution = cautionAbout(*questions, inputs.sources);
    return {.makeTask = [questions = std::move(questions), founders = inputs.founders,
                         torch = device.torch] { return std::make_unique<CausalLmTask>(questions, *founders, torch); },
            .taskMemory = inputs.founders->layout().extent() *
                          (settings.weights == WeightPrecision::BFloat16 ? sizeof(std::uint16_t) : sizeof(float)),
            .caution = std::move(caution)};
}

}  // namespace mergarium
