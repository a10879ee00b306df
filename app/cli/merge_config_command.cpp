#include "app/cli/merge_config_command.h"

#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "app/cli/splice_options.h"
#include "core/files/scratch_place.h"
#include "core/merging/merge_folder.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

namespace mergarium::cli {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Shows what is being done, how far it is, how fast, and how long it will take.
class Showing {
public:
    explicit Showing(bool quiet) : quiet_(quiet) {}

    bool show(std::string_view what, std::uint64_t done, std::uint64_t total) {
        if (what != phase_) {
            end();
            line_ = std::make_unique<ProgressLine>(quiet_);
            phase_ = what;
            start_ = Clock::now();
        }
        const auto seconds = secondsSince(start_);
        const auto share = static_cast<double>(done) / static_cast<double>(std::max<std::uint64_t>(1, total));
        auto text = fmt::format("{}: {:.0f} %", what, 100.0 * share);
        if (seconds > 0.5 && done > 0) {
            text += fmt::format("   {:.2f} GB/s", static_cast<double>(done) / seconds / 1e9);
            text += fmt::format("   {:.0f} s left", seconds / share * (1.0 - share));
        }
        line_->show(text, done, total);
        return !isInterrupted();
    }
    void end() {
        if (line_) line_->end();
    }

private:
    bool quiet_;
    std::string phase_;
    Clock::time_point start_;
    std::unique_ptr<ProgressLine> line_;
};

/// What two models are told to merge by, and a configuration says itself.
void refuseOtherOptions(const Options& options) {
    const auto refuse = [](std::string_view option, std::string_view key) {
        throw std::runtime_error(
            fmt::format("{} goes with two models; a merge configuration says it with {}.", option, key));
    };
    if (!options.dtype.empty()) refuse("--dtype", "dtype and out_dtype");
    if (!options.splits.empty()) refuse("--split", "slices or gradients");
    if (!options.exclude.empty()) refuse("--exclude", "filters");
    if (options.commonVocabulary) refuse("--common-vocabulary", "tokenizer");
    if (options.matchUnits)
        throw std::runtime_error(
            "--match-units goes with two models; a merge configuration merges models as they are stored.");
    if (!options.chromosomes.empty()) refuse("--chromosome", "filters");
    if (options.ratio != Options().ratio) refuse("--ratio", "weight or t");
    if (options.interpolation != Options().interpolation) refuse("--interpolation", "merge_method");
}

}  // namespace

bool isMergeConfiguration(const std::vector<std::string>& models) {
    if (models.size() != 1) return false;
    const auto extension = std::filesystem::path(models.front()).extension();
    return extension == ".yml" || extension == ".yaml";
}

int mergeByConfiguration(const Options& options, std::uint64_t shardSize) {
    refuseOtherOptions(options);
    ConfiguredMerge merge{.configuration = readMergeConfiguration(options.models.front()),
                          .folder = options.out,
                          .name = options.name,
                          .seed = options.seed.value_or(0),
                          .outOfRange = options.clamp ? OutOfRange::Clamped : OutOfRange::Refused,
                          .shardSize = shardSize,
                          .gguf = ggufNamed(options.gguf),
                          .scratch = scratchPlace()};
    for (const auto& folder : options.modelFolders) merge.models.emplace_back(folder);
    catchInterruptions();
    const auto start = Clock::now();
    Showing showing(options.json);
    try {
        const auto result =
            mergeAsConfigured(merge, [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
                return showing.show(what, done, total);
            });
        showing.end();
        if (options.json) {
            print({{"folder", result.folder.string()},
                   {"method", merge.configuration.method},
                   {"seed", merge.seed},
                   {"bytes", result.bytes},
                   {"hash", result.hash},
                   {"seconds", secondsSince(start)},
                   {"notes", result.notes}});
            return kSuccess;
        }
        say("{}\n{} bytes, read back and compared, in {:.1f} s\nContents {}\n", result.folder.string(),
            words::count(result.bytes), secondsSince(start), result.hash);
        for (const auto& note : result.notes) say("{}\n", words::visible(note));
        return kSuccess;
    } catch (const Cancelled&) {
        showing.end();
        sayAside("Interrupted; nothing was left behind.\n");
        return kInterrupted;
    }
}

}  // namespace mergarium::cli
