// Part of the networks module.
#include "core/networks/device.h"
#include "core/tasks/text_classification/text_classification_kind.h"
#include "core/tasks/text_classification/text_classification_task.h"

namespace mergarium {

OpenedTask openTask(const TextClassificationSettings& settings, const TaskInputs& inputs, const NetworkDevice& device) {
    auto texts = std::make_shared<const LabelledTexts>(settings, *inputs.sources.front(), inputs.founders->layout());
    const auto memory = inputs.founders->layout().extent() * traitsOf(settings).bytesPerParameter;
    auto on = scoringDevice(device.torch, inputs.founders, memory);
    auto caution = on.caution;
    return {.makeTask = [texts = std::move(texts), founders = inputs.founders,
                         on = std::move(on)] { return std::make_unique<TextClassificationTask>(texts, *founders, on); },
            .taskMemory = memory,
            .caution = std::move(caution)};
}

}  // namespace mergarium
