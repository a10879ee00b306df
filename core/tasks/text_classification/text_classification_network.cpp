// Part of the networks module.
#include "core/networks/device.h"
#include "core/tasks/text_classification/text_classification_kind.h"
#include "core/tasks/text_classification/text_classification_task.h"

namespace mergarium {

OpenedTask openTask(const TextClassificationSettings& settings, const TaskInputs& inputs, const NetworkDevice& device) {
    auto texts = std::make_shared<const LabelledTexts>(settings, *inputs.sources.front(), inputs.founders->layout());
    return {.makeTask =
                [texts = std::move(texts), founders = inputs.founders, torch = device.torch] {
                    return std::make_unique<TextClassificationTask>(texts, *founders, torch);
                },
            .taskMemory = inputs.founders->layout().extent() * traitsOf(settings).bytesPerParameter};
}

}  // namespace mergarium
