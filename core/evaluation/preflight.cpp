#include "core/evaluation/preflight.h"

#include "core/founders/alignment.h"
#include "core/founders/founder_source.h"
#include "core/tasks/command/command_task.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
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

void inspect(const RunConfiguration& configuration, Preflight& result) {
    if (const auto* command = std::get_if<CommandSettings>(&configuration.task)) {
        const auto samples = readSamples(*command);
        result.facts.push_back({"Samples", fmt::format("{}, and {} held out", words::count(samples->train.size()),
                                                       words::count(samples->test.size()))});
    }
    const auto& named = std::get<std::vector<CheckpointFounder>>(configuration.founders);
    std::vector<FounderOutline> descriptions;
    std::uint64_t stored = 0;
    for (const auto& founder : named) {
        const auto source = openFounder(founder, std::filesystem::temp_directory_path());
        descriptions.push_back(describe(*source));
        for (const auto& tensor : source->tensors()) stored += tensor.byteSize();
    }
    const auto alignment = align(descriptions, configuration.tensors);
    if (!alignment.differences.empty()) {
        result.refusal = "The founders don't fit together:\n" + tableOf(alignment.differences, descriptions);
        return;
    }
    const auto& layout = alignment.layout;
    result.facts.push_back({"Founders", fmt::format("{}, {} on disk, mapped and not copied", named.size(),
                                                    words::bytes(static_cast<double>(stored)))});
    result.facts.push_back({"Parameters", fmt::format("{} in {} tensors ({})", words::count(layout.length()),
                                                      layout.tensors.size(), dtypesOf(layout))});
    if (!layout.frozen.empty())
        result.facts.push_back(
            {"Not merged", fmt::format("{} tensors, taken over from one founder", layout.frozen.size())});

    const bool network =
        kindOf(configuration.task) == TaskKind::CausalLm && configuration.device.substr(0, 4) != "cuda";
    const double needed = network ? 4.0 * static_cast<double>(layout.extent()) : 0.0;
    const auto available = availableMemory();
    if (network)
        result.facts.push_back(
            {"Memory",
             fmt::format("{} for the network in fp32{}", words::bytes(needed),
                         available ? fmt::format(", {} free", words::bytes(static_cast<double>(*available))) : "")});
    else if (kindOf(configuration.task) == TaskKind::Command)
        result.facts.push_back(
            {"Disk", fmt::format("{} in the scratch folder",
                                 words::bytes(static_cast<double>(stored) / static_cast<double>(named.size())))});
    if (available && needed > static_cast<double>(*available))
        result.refusal = fmt::format(
            "The network needs {} of memory in fp32, and {} are free: close other programs, take smaller models, or a "
            "GPU.",
            words::bytes(needed), words::bytes(static_cast<double>(*available)));
}

}  // namespace

std::optional<std::uint64_t> availableMemory() {
    std::ifstream stream("/proc/meminfo");
    std::string name;
    std::uint64_t kilobytes = 0;
    std::string unit;
    while (stream >> name >> kilobytes) {
        if (name == "MemAvailable:") return kilobytes * 1024;
        std::getline(stream, unit);
    }
    return std::nullopt;
}

Preflight preflight(const RunConfiguration& configuration) {
    Preflight result;
    if (kindOf(configuration.task) == TaskKind::Digits) return result;
    try {
        inspect(configuration, result);
    } catch (const std::exception& error) {
        result.refusal = error.what();
    }
    return result;
}

}  // namespace mergarium
