#include "core/merging/merge_folder.h"

#include "core/files/beneath.h"
#include "core/files/mapped_file.h"
#include "core/files/pending_folder.h"
#include "core/founders/child_folder.h"
#include "core/founders/content_hash.h"
#include "core/gguf/write_gguf.h"
#include "core/merging/merge_card.h"
#include "core/merging/merged_configuration.h"
#include "core/merging/merged_tensors.h"
#include "core/merging/opened_merge.h"
#include "core/merging/tokens/tokenizer_files.h"
#include "core/models/model_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

Progress announcing(const MergeProgress& progress, std::string what) {
    if (!progress) return nullptr;
    return [&progress, what](std::uint64_t done, std::uint64_t total) { return progress(what, done, total); };
}

/// Content hashes of the models. A number that isn't finite makes what is computed of it worthless.
std::vector<std::string> hashesOf(std::span<const MergeModel> models, const MergePlan& plan, std::size_t threads,
                                  const MergeProgress& progress) {
    std::vector<std::string> hashes;
    for (const auto& model : models) {
        std::stop_source stop;
        const auto what = fmt::format("Reading {}", model.name());
        const auto contents = readContents(*model.source(), {.threads = threads,
                                                             .progress =
                                                                 [&](std::uint64_t done, std::uint64_t total) {
                                                                     if (progress && !progress(what, done, total))
                                                                         stop.request_stop();
                                                                 },
                                                             .cancel = stop.get_token()});
        if (!contents || stop.stop_requested()) throw Cancelled();
        hashes.push_back(contents->hash);
        for (const auto& flawed : contents->flawed) {
            const auto isMerged = std::ranges::any_of(plan.tensors, [&](const PlannedTensor& tensor) {
                return !tensor.isCopied && std::ranges::any_of(tensor.inputs, [&](const auto& input) {
                    return &models[input.model] == &model &&
                           model.source()->tensors()[input.tensor].name == flawed.tensor;
                });
            });
            if (isMerged)
                throw std::runtime_error(
                    fmt::format("{}: {} of the numbers in {} are not finite (NaN or infinite) and can't be merged.",
                                model.source()->base().path().string(), flawed.numbers.nans + flawed.numbers.infinities,
                                flawed.tensor));
        }
    }
    return hashes;
}

bool isTaken(const std::string& name) {
    constexpr std::array<std::string_view, 7> kKinds{".json", ".txt", ".model", ".jinja", ".py", ".tiktoken", ".bpe"};
    constexpr std::array<std::string_view, 4> kStarts{"LICENSE", "LICENCE", "NOTICE", "USE_POLICY"};
    if (name.find('/') != name.npos) return true;
    if (name == "config.json" || name.starts_with('.') || name.ends_with(".index.json") || name.starts_with("adapter_"))
        return false;
    return std::ranges::find(kKinds, fs::path(name).extension().string()) != kKinds.end() ||
           std::ranges::any_of(kStarts, [&](auto start) { return name.starts_with(start); });
}

/// The files beside the tensors: those of the model that the output is like, and the tokenizer of the one whose it has,
/// but for `written`, which are made anew or left out.
void copyCompanions(const FounderSource& like, const FounderSource& tokenizer,
                    const std::map<std::string, std::string>& written, const PendingFolder& folder) {
    const auto copy = [&](const FounderSource& from, bool tokenizers) {
        for (const auto& companion : companionsOf(from))
            if (isTaken(companion.name) && isOfTokenizer(companion.name) == tokenizers &&
                !written.contains(companion.name))
                folder.copyFile(*openBeneath(companion.folder, companion.name), companion.name);
    };
    copy(like, false);
    copy(tokenizer, true);
    for (const auto& [name, text] : written)
        if (!text.empty()) folder.writeFile(name, text);
}

std::uint64_t bytesIn(const fs::path& folder) {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
}

}  // namespace

ConfiguredResult mergeAsConfigured(const ConfiguredMerge& merge, const MergeProgress& progress) {
    const auto opened = openMerge(merge);
    const auto& models = opened.models;
    const auto& tokens = opened.tokens;
    const auto& plan = opened.plan;
    const auto& like = models[plan.like];
    const auto tokenizer = tokens ? tokens->like : plan.like;
    if (merge.gguf) requireGguf(like.source()->base().folder(), models[tokenizer].source()->tokenizerFolder());
    PendingFolder folder(merge.folder);
    const auto threads = merge.threads > 0 ? merge.threads : std::max(1u, std::thread::hardware_concurrency());
    RangeGuard range(merge.outOfRange);
    const MergedTensors tensors(
        plan, models,
        {.seed = merge.seed, .threads = threads, .scratch = merge.scratch, .rows = tokens ? tokens->places : nullptr},
        range);
    auto metadata = childMetadata(*like.source());
    metadata["made_by"] = "mergarium";
    copyCompanions(*like.source(), *models[tokenizer].source(),
                   tokenizerFiles(merge.configuration, models, tokens ? &*tokens : nullptr, tokenizer), folder);
    if (const auto text = mergedConfiguration(merge.configuration, plan, models); !text.empty())
        folder.writeFile("config.json", text);
    std::vector<std::string> hashes;
    const auto hash = writeModel(
        planModel(tensors.descriptions(), merge.shardSize,
                  {.stem = childStem(*like.source()), .metadata = std::move(metadata)}),
        folder,
        [&](std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) { tensors.fill(tensor, begin, out); },
        {.threads = threads, .progress = announcing(progress, "Writing the model"), .meanwhile = [&] {
             hashes = hashesOf(models, plan, threads, progress);
         }});
    range.check(merge.folder);
    folder.writeFile("mergekit_config.yml", merge.configuration.text);
    folder.writeFile("README.md", mergeCard({.configuration = merge.configuration,
                                             .plan = plan,
                                             .models = models,
                                             .hashes = hashes,
                                             .name = merge.name,
                                             .target = folder.target(),
                                             .seed = merge.seed}));
    auto notes = plan.notes;
    if (merge.gguf)
        for (auto& note :
             writeGguf(folder, {.type = *merge.gguf,
                               .name = merge.name.empty() ? folder.target().filename().string() : merge.name,
                               .outOfRange = merge.outOfRange,
                               .threads = threads,
                               .progress = announcing(progress, "Writing model.gguf")}))
            notes.push_back(std::move(note));
    const auto bytes = bytesIn(folder.path());
    folder.commit();
    return {.folder = folder.target(), .bytes = bytes, .hash = hash, .notes = std::move(notes)};
}

}  // namespace mergarium
