#include "core/evaluation/preflight.h"

#include "core/evaluation/checkpoint_founders.h"
#include "core/evaluation/task_folders.h"
#include "core/files/free_memory.h"
#include "core/files/scratch_place.h"
#include "core/founders/alignment.h"
#include "core/founders/founder_genes.h"
#include "core/founders/founder_source.h"
#include "core/founders/pipelines/pipeline_setup.h"
#include "core/images/encoded_picture.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mergarium {
namespace {

std::string dtypesOf(const Layout& layout) {
    std::map<std::string_view, std::uint64_t> counts;
    for (const auto& tensor : layout.tensors) counts[nameOf(tensor.dtype)] += tensor.count;
    std::string text;
    for (const auto& [name, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", words::count(count), name);
    return text;
}

/// Of a task that brings its own founders.
void inspectArchive(const RunConfiguration& configuration, const TaskOutline& outline, Preflight& result) {
    const auto slots = traitsOf(configuration.strategy).slots;
    const auto bytes = static_cast<double>(slots) *
                       (static_cast<double>(outline.parameters) + static_cast<double>(outline.samples)) * sizeof(float);
    result.facts.push_back(
        {"Memory", fmt::format("{} for an archive of {} models of {} parameters", words::bytes(bytes),
                               words::count(slots), words::count(outline.parameters))});
}

/// Of a model of this layout on disk.
std::uint64_t bytesOf(const Layout& layout) {
    std::uint64_t bytes = 0;
    for (const auto& tensor : layout.tensors) bytes += tensor.count * sizeOf(tensor.dtype);
    for (const auto& [tensor, founder] : layout.frozen) bytes += tensor.count * sizeOf(tensor.dtype);
    return bytes;
}

/// What tensors.align will do; throws where it can't.
TaskOutline::Fact matchingOf(std::span<const FounderSourcePtr> founders, const Layout& layout) {
    std::uint64_t units = 0, bytes = 0;
    for (const auto& group :
         unitGroupsOf(layout, founders.front().get(), pipelineFolderOf(founders), "tensors.align")) {
        if (!group.interchangeable) continue;
        units += group.count;
        for (const auto& slice : group.slices) {
            const auto tensor = founders.front()->indexOf(slice.tensor);
            if (tensor) bytes += founders.front()->tensors()[*tensor].byteSize();
        }
    }
    return {"Matching", fmt::format("{} units of each founder behind the first, whose tensors then take {} in the "
                                    "scratch folder",
                                    words::count(units), words::bytes(static_cast<double>(bytes)))};
}

void inspectCheckpoints(const RunConfiguration& configuration, Preflight& result) {
    const auto& named = std::get<std::vector<CheckpointFounder>>(configuration.founders);
    std::vector<FounderSourcePtr> sources;
    std::vector<FounderOutline> descriptions;
    std::uint64_t stored = 0;
    for (const auto& founder : named) {
        const auto& source = sources.emplace_back(openFounder(founder, scratchPlace()));
        descriptions.push_back(describe(*source));
        for (const auto& file : source->files()) stored += file->bytes().size();
    }
    const auto alignment = align(descriptions, rulesOf(configuration));
    if (!alignment.differences.empty()) {
        result.refusal = "The founders don't fit together:\n" + tableOf(alignment.differences, descriptions);
        return;
    }
    const auto& layout = alignment.layout;
    result.facts.push_back({"Founders", fmt::format("{}, {} on disk, mapped and not copied", named.size(),
                                                    words::bytes(static_cast<double>(stored)))});
    result.facts.push_back({"Parameters", fmt::format("{} in {} tensors ({})", words::count(layout.length()),
                                                      layout.tensors.size(), dtypesOf(layout))});
    for (auto& sentence : namingsOf(alignment, descriptions)) result.facts.push_back({"Names", std::move(sentence)});
    if (!layout.frozen.empty())
        result.facts.push_back(
            {"Not merged", fmt::format("{} tensors, taken over from one founder", layout.frozen.size())});
    if (configuration.tensors.align == UnitAlignment::Units) result.facts.push_back(matchingOf(sources, layout));
    for (auto& sentence : loansOf(alignment, descriptions)) result.facts.push_back({"Scores", std::move(sentence)});
    const auto traits = traitsOf(configuration.task);
    if (traits.models == TaskTraits::Models::OnDisk) {
        result.facts.push_back(
            {"Disk", fmt::format("{} in the scratch folder", words::bytes(static_cast<double>(bytesOf(layout))))});
        return;
    }
    if (configuration.device.starts_with("cuda")) return;
    const double needed = static_cast<double>(traits.bytesPerParameter) * static_cast<double>(layout.extent());
    const auto* const type = traits.bytesPerParameter == 2 ? "bf16" : "fp32";
    const auto available = availableMemory();
    const auto free = available ? words::bytes(static_cast<double>(*available)) : std::string();
    result.facts.push_back({"Memory", fmt::format("{} for the network in {}{}", words::bytes(needed), type,
                                                  available ? fmt::format(", {} free", free) : "")});
    if (available && needed > static_cast<double>(*available))
        result.refusal = fmt::format(
            "The network needs {} of memory in {}, and {} are free: close other programs, take smaller models, {}or a "
            "GPU.",
            words::bytes(needed), type, free, traits.fewerBytes.empty() ? "" : traits.fewerBytes + ", ");
}

/// What the database grows by at most, of a task whose models paint.
void inspectPictures(const RunConfiguration& configuration, const TaskOutline& outline, Preflight& result) {
    if (!traitsOf(configuration.task).paints || outline.samples == 0) return;
    const auto* named = std::get_if<std::vector<CheckpointFounder>>(&configuration.founders);
    const auto models = traitsOf(configuration.strategy).slots + (named ? named->size() : 0);
    const auto ofOne = std::min(outline.samples * kThumbnailBytes, kThumbnailsBytes);
    const auto bytes = static_cast<double>(models) * static_cast<double>(ofOne);
    result.facts.push_back(
        {"Pictures", fmt::format("at most {} in the database for {} members and founders, and {} for members that have "
                                 "left",
                                 words::bytes(bytes), models, words::bytes(static_cast<double>(kDepartedBytes)))});
}

void inspect(const RunConfiguration& configuration, Preflight& result) {
    const auto outline = outlineOf(configuration.task, foldersOf(configuration));
    result.facts = outline.facts;
    result.prompts = outline.prompts;
    if (std::holds_alternative<OwnFounders>(configuration.founders))
        inspectArchive(configuration, outline, result);
    else
        inspectCheckpoints(configuration, result);
    inspectPictures(configuration, outline, result);
}

}  // namespace

Preflight preflight(const RunConfiguration& configuration) {
    Preflight result;
    try {
        inspect(configuration, result);
    } catch (const std::exception& error) {
        result.refusal = words::failure(error, "looking at this configuration");
    }
    return result;
}

}  // namespace mergarium
