// Part of the networks module.
#include "core/founders/child_folder.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/device.h"
#include "core/tasks/causal_lm/causal_lm_kind.h"
#include "core/tasks/causal_lm/causal_lm_task.h"
#include "core/tasks/causal_lm/founders_reading.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

/// A network that can't be computed since some of its tensors are in no part of the layout.
void refuseLeftOut(const DecoderConfig& config, const FounderSource& founder, const Layout& layout) {
    try {
        checkTensors(config, layout, "The layout");
    } catch (const std::runtime_error& error) {
        for (const auto index : leftOutOf(layout, founder)) {
            const auto& name = founder.tensors()[index].name;
            if (std::string_view(error.what()).find("tensor " + name + " is missing") == std::string_view::npos)
                continue;
            throw std::runtime_error(fmt::format(
                "tensors.exclude leaves out '{}', without which the models of the run can't be scored; take it "
                "over from one founder instead (tensors.freeze).",
                name));
        }
        throw;
    }
}

}  // namespace

OpenedTask openTask(const CausalLmSettings& settings, const TaskInputs& inputs, const NetworkDevice& device) {
    auto questions =
        std::make_shared<const PreparedQuestions>(settings, *inputs.sources.front(), inputs.founders->layout());
    refuseLeftOut(questions->config, *inputs.sources.front(), inputs.founders->layout());
    const auto memory = inputs.founders->layout().extent() * traitsOf(settings).bytesPerParameter;
    auto on = scoringDevice(device.torch, inputs.founders, memory);
    auto caution = inSequence(cautionAbout(*questions, inputs.sources), on.caution);
    return {.makeTask = [questions = std::move(questions), founders = inputs.founders,
                         on = std::move(on)] { return std::make_unique<CausalLmTask>(questions, *founders, on); },
            .taskMemory = memory,
            .caution = std::move(caution)};
}

}  // namespace mergarium
