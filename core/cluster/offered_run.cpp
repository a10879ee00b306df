#include "core/cluster/offered_run.h"

#include "core/checkpoint/model_place.h"
#include "core/configuration/yaml.h"
#include "core/files/fingerprint.h"
#include "core/files/mapped_file.h"
#include "core/files/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Of a model's folder these are scored by, beside its weights.
constexpr std::array<std::string_view, 5> kSmallFiles{".json", ".model", ".jinja", ".txt", ".tiktoken"};
constexpr std::uint64_t kLargestSmallFile = 256'000'000;
constexpr std::size_t kMostFiles = 4096;

/// A folder of a model's, and those right beneath it, as pipelines have them.
void addFiles(const fs::path& root, const fs::path& folder, OfferedPlace& place, std::vector<fs::path>& places) {
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
    std::ranges::sort(entries);
    for (const auto& path : entries) {
        if (path.filename().string().starts_with('.')) continue;
        if (fs::is_directory(path)) {
            if (folder == root) addFiles(root, path, place, places);
            continue;
        }
        if (!fs::is_regular_file(path)) continue;
        const auto size = fs::file_size(path);
        const bool weights = path.extension() == ".safetensors";
        const bool small =
            std::ranges::find(kSmallFiles, path.extension().string()) != kSmallFiles.end() && size <= kLargestSmallFile;
        if (!weights && !small) continue;
        if (place.files.size() == kMostFiles)
            throw std::runtime_error(fmt::format("{}: a model's folder has too many files.", root.string()));
        place.files.push_back({.name = path.lexically_relative(root).string(),
                               .size = size,
                               .hash = weights ? std::string() : digestOfFile(path)});
        places.push_back(path);
    }
}

OfferedPlace offeredPlace(const fs::path& named, std::vector<fs::path>& places) {
    auto path = fs::absolute(placeOfModel(named)).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    OfferedPlace place{.name = path.filename().string(), .isFolder = fs::is_directory(path), .files = {}};
    if (place.isFolder) {
        addFiles(path, path, place, places);
    } else {
        place.files.push_back({.name = place.name, .size = fs::file_size(path)});
        places.push_back(path);
    }
    return place;
}

OfferedModel offeredModel(const Founder& founder, std::vector<fs::path>& places) {
    OfferedModel model{
        .name = founder.name, .hash = founder.hash, .base = offeredPlace(founder.source.base, places), .adapters = {}};
    for (const auto& [path, weight] : founder.source.adapter.all())
        model.adapters.push_back({offeredPlace(path, places), weight});
    return model;
}

}  // namespace

std::string digestOfFile(const fs::path& file) {
    return MappedFile::open(file)->reading([](std::span<const std::byte> bytes) {
        Fingerprint fingerprint;
        fingerprint.add(bytes);
        return fingerprint.hex();
    });
}

std::string digestOfLayout(const Layout& layout) {
    Fingerprint fingerprint;
    const auto add = [&](const Layout::Tensor& tensor) {
        fingerprint.add(std::string_view(tensor.name));
        fingerprint.add(std::uint64_t{tensor.shape.size()});
        for (const auto extent : tensor.shape) fingerprint.add(static_cast<std::uint64_t>(extent));
        fingerprint.add(tensor.begin);
        fingerprint.add(std::string_view(nameOf(tensor.dtype)));
    };
    for (const auto& tensor : layout.tensors) add(tensor);
    fingerprint.add(std::uint64_t{layout.tensors.size()});
    for (const auto& frozen : layout.frozen) {
        add(frozen.tensor);
        fingerprint.add(std::uint64_t{frozen.founder});
    }
    return fingerprint.hex();
}

std::string digestOfSamples(const SampleSet& samples) {
    Fingerprint fingerprint;
    fingerprint.add(std::string_view(samples.hash));
    fingerprint.add(std::as_bytes(std::span(samples.groups)));
    fingerprint.add(std::as_bytes(std::span(samples.weights)));
    for (const auto& text : samples.texts) {
        fingerprint.add(std::string_view(text.question));
        fingerprint.add(std::string_view(text.reference));
    }
    fingerprint.add(std::as_bytes(std::span(samples.pixels)));
    return fingerprint.hex();
}

std::vector<OfferedFile> filesOf(const RunOffer& offer) {
    std::vector<OfferedFile> all;
    const auto add = [&](const std::vector<OfferedFile>& files) { all.insert(all.end(), files.begin(), files.end()); };
    for (const auto& model : offer.models) {
        add(model.base.files);
        for (const auto& adapter : model.adapters) add(adapter.place.files);
    }
    add(offer.files);
    return all;
}

OfferedRun offerOf(const RunConfiguration& configuration, const Experiment& experiment, std::size_t joined,
                   const std::string& version) {
    OfferedRun run;
    auto& offer = run.offer;
    offer.version = version;
    auto anywhere = configuration;
    if (auto* named = std::get_if<std::vector<CheckpointFounder>>(&anywhere.founders)) {
        offer.begunWith = named->size();
        for (std::size_t k = 0; k < named->size(); ++k)
            (*named)[k] = {.base = fmt::format("founder-{}", k + 1), .adapter = {}};
        for (const auto& founder : experiment.founders) offer.models.push_back(offeredModel(founder, run.places));
    } else {
        for (auto k = experiment.founders.size() - joined; k < experiment.founders.size(); ++k)
            offer.networks.push_back({experiment.founders[k].name, experiment.founders[k].genome->pack()});
    }
    offer.configuration = toYaml(anywhere);
    for (const auto& founder : experiment.founders) offer.founders.push_back(founder.hash);
    for (const auto& file : filesNamedBy(configuration)) {
        offer.files.push_back({.name = file.string(), .size = fs::file_size(file), .hash = digestOfFile(file)});
        run.places.push_back(file);
    }
    offer.layout = digestOfLayout(experiment.task->layout());
    offer.samples = digestOfSamples(*experiment.task->samples());
    return run;
}

}  // namespace mergarium
