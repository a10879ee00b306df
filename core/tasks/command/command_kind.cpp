#include "core/tasks/command/command_kind.h"

#include "core/files/scratch_place.h"
#include "core/tasks/command/command_task.h"
#include "core/tasks/command/folder_genome_writer.h"
#include "core/text/words.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

/// Where models are written for other programs: where the settings say, else beside the database unless that lies in
/// memory.
std::filesystem::path scratchOf(const CommandSettings& settings, const RunPlace& place) {
    if (!settings.scratch.empty()) return settings.scratch;
    if (place.database.empty()) return scratchPlace();
    auto beside = std::filesystem::absolute(place.database).parent_path();
    return liesInMemory(beside) ? scratchPlace() : beside;
}

/// A folder in memory that the settings name is meant.
std::string cautionAbout(const CommandSettings& settings, const std::filesystem::path& scratch) {
    if (!settings.scratch.empty() || !liesInMemory(scratch)) return {};
    return fmt::format(
        "Models are kept in memory while they are scored, since {} is a memory file system: name a folder on a disk in "
        "task.scratch.",
        scratch.string());
}

}  // namespace

TaskOutline outlineOf(const CommandSettings& settings, const TaskFolders&) {
    const auto samples = readSamples(settings);
    return {.facts = {{"Samples", fmt::format("{}, and {} held out", words::count(samples->train.size()),
                                              words::count(samples->test.size()))}},
            .prompts = {}};
}

SampleSet samplesOf(const CommandSettings& settings, const TaskFolders&) {
    return readSampleFile(settings.samples).set;
}

Program programOf(const CommandSettings& settings) { return {settings.program, settings.folder}; }

OpenedTask openTask(const CommandSettings& settings, const TaskInputs& inputs) {
    requireTrust(programOf(settings), inputs.place.mayStart);
    const auto scratch = scratchOf(settings, inputs.place);
    return {.makeTask =
                [settings, inputs, scratch, samples = readSamples(settings)] {
                    return std::make_unique<CommandTask>(
                        settings, inputs.founders->layout(), samples,
                        makeGenomeWriter(settings.handover, scratch, inputs.founders, inputs.sources),
                        inputs.place.abandon);
                },
            .caution = cautionAbout(settings, scratch)};
}

}  // namespace mergarium
