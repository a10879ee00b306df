// Part of the networks module.
#include "core/networks/device.h"
#include "core/tasks/text_to_image/text_to_image_kind.h"
#include "core/tasks/text_to_image/text_to_image_task.h"

namespace mergarium {

OpenedTask openTask(const TextToImageSettings& settings, const TaskInputs& inputs, const NetworkDevice& device) {
    if (const auto program = programOf(settings)) requireTrust(*program, inputs.place.mayStart);
    auto plan = std::make_shared<const PicturePlan>(settings, inputs.sources, device.torch);
    const auto size = [&](std::uint64_t pixels) {
        return pixels == 0 ? plan->config.size : static_cast<std::int64_t>(pixels);
    };
    const auto working = ImagePipeline::workingMemory(plan->config, size(settings.width), size(settings.height),
                                                      static_cast<std::size_t>(settings.batch));
    const auto memory = inputs.founders->layout().extent() * traitsOf(settings).bytesPerParameter + working;
    auto on = scoringDevice(device.torch, inputs.founders, memory);
    auto caution = inSequence(plan->caution, on.caution);
    return {.makeTask =
                [plan, founders = inputs.founders, on = std::move(on), abandon = inputs.place.abandon] {
                    return std::make_unique<TextToImageTask>(plan, *founders, on, abandon);
                },
            .taskMemory = memory,
            .caution = std::move(caution)};
}

}  // namespace mergarium
