#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/merge_config_command.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "app/cli/splice_options.h"
#include "core/export/export_model.h"
#include "core/export/merge_models.h"
#include "core/export/rebuild_model.h"
#include "core/founders/founder_names.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace mergarium::cli {
namespace {

std::optional<PipelineForm> layoutNamed(const std::string& name) {
    if (name.empty()) return std::nullopt;
    if (name != "folder" && name != "single-file")
        throw std::runtime_error(fmt::format("--layout: '{}' is neither folder nor single-file.", name));
    return name == "folder" ? PipelineForm::Folder : PipelineForm::SingleFile;
}

/// "5GB", "500 MB", "2GiB", or a number of bytes.
std::uint64_t bytesOf(const std::string& text) {
    const auto unitAt = std::min(text.size(), text.find_first_not_of("0123456789."));
    const auto number = parsed<double>(std::string_view(text).substr(0, unitAt));
    auto unit = text.substr(unitAt);
    unit.erase(0, unit.find_first_not_of(' '));
    const std::pair<std::string_view, double> units[] = {
        {"", 1},      {"B", 1},        {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
        {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    for (const auto& [name, size] : units)
        if (number && name == unit && *number * size < 1e18) return static_cast<std::uint64_t>(*number * size);
    throw std::runtime_error(fmt::format("--shard-size: '{}' is no size; write 5GB, 500MB or 2GiB.", text));
}

/// Of --dtype.
constexpr std::string_view kScaled = "fp8-scaled";

Fp8Scales scalesNamed(const std::string& name) { return name == kScaled ? Fp8Scales::PerTensor : Fp8Scales::None; }

std::optional<DType> dtypeNamed(const std::string& name) {
    if (name.empty() || name == kScaled) return std::nullopt;
    for (const auto& [word, dtype] :
         {std::pair{"fp32", DType::F32}, {"fp16", DType::F16}, {"bf16", DType::BF16}, {"fp8", DType::F8E4M3}})
        if (name == word) return dtype;
    throw std::runtime_error(fmt::format("--dtype: '{}' is not one of fp32, fp16, bf16, fp8, fp8-scaled.", name));
}

std::vector<std::pair<std::string, CheckpointFounder>> foundersElsewhere(const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, CheckpointFounder>> founders;
    for (const auto& text : texts) {
        const auto equals = text.find('=');
        if (equals == 0 || equals == std::string::npos)
            throw std::runtime_error(fmt::format(
                "--founder: '{}' must be like 1=PATH or NAME=PATH, with the founder's number or name in the recipe.",
                text));
        founders.emplace_back(text.substr(0, equals), founderNamed(text.substr(equals + 1)));
    }
    return founders;
}

/// Runs `work` with an Announce that shows how far it is and ends it when the person interrupts, and prints what came
/// of it.
template <typename Work>
int carryOut(const Options& options, Work work) {
    catchInterruptions();
    const auto start = std::chrono::steady_clock::now();
    std::string phase;
    std::optional<ProgressLine> line;
    const Announce announce = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
        if (what != phase) {
            if (line) line->end();
            line.emplace(options.json);
            phase = what;
        }
        line->show(
            fmt::format("{}: {:.0f} %", what,
                        100.0 * static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(1, total))),
            done, total);
        return !isInterrupted();
    };
    try {
        const ExportResult result = work(announce);
        if (line) line->end();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (options.json)
            print({{"folder", result.folder.string()},
                   {"bytes", result.bytes},
                   {"hash", result.hash},
                   {"seconds", seconds},
                   {"notes", result.notes}});
        else
            say("{}\n{} bytes, read back and compared, in {:.1f} s\nContents {}\n", result.folder.string(),
                words::count(result.bytes), seconds, result.hash);
        if (!options.json)
            for (const auto& note : result.notes) say("{}\n", words::visible(note));
        return kSuccess;
    } catch (const Cancelled&) {
        if (line) line->end();
        sayAside("Interrupted; nothing was left behind.\n");
        return kInterrupted;
    }
}

}  // namespace

int merge(const Options& options) {
    if (isMergeConfiguration(options.models)) return mergeByConfiguration(options, bytesOf(options.shardSize));
    if (options.models.size() != 2)
        throw std::runtime_error(
            fmt::format("{}: this is no merge configuration, whose name ends with .yml or .yaml; else name two models.",
                        options.models.front()));
    MergeRequest request{.first = founderNamed(options.models[0]),
                         .second = founderNamed(options.models[1]),
                         .ratio = options.ratio,
                         .interpolation = interpolationNamed(options.interpolation),
                         .tensors = {.exclude = options.exclude,
                                     .freeze = {},
                                     .commonVocabulary = options.commonVocabulary,
                                     .align = options.matchUnits ? UnitAlignment::Units : UnitAlignment::None},
                         .dtype = dtypeNamed(options.dtype),
                         .scales = scalesNamed(options.dtype),
                         .outOfRange = options.clamp ? OutOfRange::Clamped : OutOfRange::Refused,
                         .shardSize = bytesOf(options.shardSize),
                         .folder = options.out,
                         .name = options.name,
                         .paths = options.withPaths ? Paths::Told : Paths::Left,
                         .form = layoutNamed(options.layout),
                         .like = options.like,
                         .gguf = ggufNamed(options.gguf)};
    for (const auto& split : options.splits) request.splits.push_back(splitAt(split));
    for (const auto& chromosome : options.chromosomes) request.chromosomes.push_back(chromosomeIn(chromosome));
    return carryOut(options,
                    [&](const Announce& announce) { return mergeModels(request, founderCache({}), announce); });
}

int exportMember(const Options& options) {
    const ExportRequest request{.database = databaseOf(options),
                                .run = {options.run},
                                .member = {options.member},
                                .folder = options.out,
                                .dtype = dtypeNamed(options.dtype),
                                .scales = scalesNamed(options.dtype),
                                .outOfRange = options.clamp ? OutOfRange::Clamped : OutOfRange::Refused,
                                .shardSize = bytesOf(options.shardSize),
                                .name = options.name,
                                .paths = options.withPaths ? Paths::Told : Paths::Left,
                                .form = layoutNamed(options.layout),
                                .like = options.like,
                                .gguf = ggufNamed(options.gguf)};
    return carryOut(options, [&](const Announce& announce) { return exportModel(request, announce); });
}

int rebuild(const Options& options) {
    const RebuildRequest request{.recipe = options.recipe,
                                 .folder = options.out,
                                 .founders = foundersElsewhere(options.founders),
                                 .models = options.foundersFolder};
    return carryOut(options,
                    [&](const Announce& announce) { return rebuildModel(request, founderCache({}), announce); });
}

}  // namespace mergarium::cli
