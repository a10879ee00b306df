#include "core/tasks/command/command_kind.h"

#include "core/tasks/command/command_task.h"
#include "core/text/words.h"

#include <fmt/format.h>

namespace mergarium {

TaskOutline outlineOf(const CommandSettings& settings) {
    const auto samples = readSamples(settings);
    return {.facts = {{"Samples", fmt::format("{}, and {} held out", words::count(samples.train.size()),
                                              words::count(samples.test.size()))}},
            .prompts = {},
            .models = TaskOutline::Models::OnDisk};
}

}  // namespace mergarium
