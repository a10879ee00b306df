#include "core/evaluation/checkpoint_founders.h"

#include "core/files/bytes.h"
#include "core/files/cache_folder.h"
#include "core/files/fingerprint.h"
#include "core/files/scratch_place.h"
#include "core/founders/alignment.h"
#include "core/founders/matched_founders.h"
#include "core/founders/renamed_founder.h"
#include "core/genes/gene_runs.h"
#include "core/parallel/parallel_for.h"
#include "core/startup/paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// Of tensors with numbers that are not finite, so many are named.
constexpr std::size_t kTensorsTold = 5;

std::string digestOf(std::span<const std::byte> bytes) {
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    return fingerprint.hex();
}

std::string digestOf(std::string_view text) { return digestOf(std::as_bytes(std::span(text))); }

std::string nameInCache(const FounderSource& source) { return digestOf(contentKey(source)) + ".hash"; }

std::vector<std::byte> packed(const FounderContents& contents, const std::string& samples) {
    ByteWriter writer;
    writer.text(samples);
    writer.text(contents.hash);
    for (const auto& [tensor, numbers] : contents.flawed) {
        writer.text(tensor);
        writer.number(numbers.nans);
        writer.number(numbers.infinities);
    }
    return std::move(writer).take();
}

/// Absent when the cache doesn't know them, or they have changed although the files' states say that they haven't.
std::optional<FounderContents> knownContents(const FounderSource& source, const std::filesystem::path& cache) {
    const auto kept = CacheFolder(cache).find(nameInCache(source));
    if (!kept) return std::nullopt;
    ByteReader reader(*kept, "The cache holds something else.");
    if (reader.text() != sampledHash(source)) return std::nullopt;
    FounderContents contents{.hash = reader.text(), .flawed = {}};
    while (reader.left() > 0) {
        auto tensor = reader.text();
        const auto nans = reader.number<std::uint64_t>();
        contents.flawed.push_back({std::move(tensor), {.nans = nans, .infinities = reader.number<std::uint64_t>()}});
    }
    return contents;
}

/// Everything that Gram sums depend on.
std::string gramKey(const Founders& founders, UnitAlignment align, std::size_t begunWith, const Genes* genes) {
    std::string key = "gram 2\n";
    if (align == UnitAlignment::Units) key += "units matched 1\n";
    if (begunWith > 0 && begunWith < founders.size()) key += fmt::format("begun with {}\n", begunWith);
    for (std::size_t k = 0; k < founders.size(); ++k) key += founders.model(k).hash + "\n";
    for (const auto& tensor : founders.layout().tensors)
        key += fmt::format("{} {} {}\n", tensor.name, tensor.begin, tensor.count);
    for (std::size_t k = 0; k < founders.size(); ++k)
        for (const auto& segment : founders.model(k).segments)
            key += fmt::format("{} {}\n", segment.begin, nameOf(segment.dtype));
    if (genes) {
        const auto packed = packGenes(*genes);
        key += "genes\n";
        key.append(reinterpret_cast<const char*>(packed.data()), packed.size());
    }
    return digestOf(key);
}

/// Everything that the orders of a founder's units depend on.
std::string ordersKey(const FounderModel& first, const FounderModel& other, const Layout& layout) {
    std::string key = fmt::format("units matched 1\n{}\n{}\n", first.hash, other.hash);
    for (const auto& tensor : layout.tensors)
        key += fmt::format("{} [{}]\n", tensor.name, fmt::join(tensor.shape, ", "));
    return digestOf(key) + ".units";
}

/// Replaces the founders behind the first.
void matchUnitsOf(OpenedFounders& opened, std::span<const FounderModel> models, const Layout& layout,
                  const Announce& announce) {
    const auto isKnown = [&](std::size_t k) { return !models.front().hash.empty() && !models[k].hash.empty(); };
    const CacheFolder cache(opened.cache);
    const auto find = [&](std::size_t k) -> std::optional<std::vector<std::uint32_t>> {
        const auto kept = isKnown(k) ? cache.find(ordersKey(models.front(), models[k], layout)) : std::nullopt;
        if (!kept) return std::nullopt;
        return ByteReader(*kept, "The cache holds something else.").numbers<std::uint32_t>(kept->size() / 4);
    };
    const auto keep = [&](std::size_t k, const std::vector<std::uint32_t>& orders) {
        if (isKnown(k)) cache.keep(ordersKey(models.front(), models[k], layout), std::as_bytes(std::span(orders)));
    };
    const auto progress = [&](const FounderSource& founder, std::uint64_t done, std::uint64_t total) {
        if (announce && !announce(fmt::format("Matching units of {}", founder.name()), done, total)) throw Cancelled();
    };
    matchToFirst(opened.sources,
                 {.layout = layout, .scratch = scratchPlace(), .progress = progress, .find = find, .keep = keep});
    opened.align = UnitAlignment::Units;
}

}  // namespace

std::vector<std::string> namingsOf(const Alignment& alignment, std::span<const FounderOutline> founders) {
    std::vector<std::string> all;
    for (std::size_t k = 0; k < founders.size(); ++k)
        for (auto& sentence : sentencesOf(alignment.namings[k], founders[k].name, founders.front().name))
            all.push_back(std::move(sentence));
    return all;
}

std::vector<std::string> loansOf(const Alignment& alignment, std::span<const FounderOutline> founders) {
    std::vector<std::string> all;
    for (std::size_t k = 0; k < founders.size(); ++k) {
        std::set<std::string> own;
        for (const auto& tensor : founders[k].tensors) own.insert(alignment.namings[k].nameOf(tensor.name));
        std::map<std::size_t, std::size_t> lent;
        for (const auto& [tensor, lender] : alignment.layout.frozen)
            if (lender != k && isFloating(tensor.dtype) &&
                (own.contains(tensor.name) || (isHead(tensor.name) && founders[k].tiedEmbeddings)))
                ++lent[lender];
        for (const auto& [lender, count] : lent)
            all.push_back(fmt::format(
                "{} is scored with {} of {} in place of its own, which are not merged, so that its score here isn't "
                "the one that it has alone.",
                founders[k].name, count == 1 ? std::string("a tensor") : fmt::format("{} tensors", count),
                founders[lender].name));
    }
    return all;
}

std::filesystem::path founderCache(const std::filesystem::path& database) {
    if (database.empty()) return defaultCache();
    return database.string() + ".cache";
}

FounderContents contentsOfFounder(const FounderSource& source, const std::filesystem::path& cache,
                                  const Announce& announce, Hashes hashes) {
    if (hashes != Hashes::Anew)
        if (auto known = knownContents(source, cache)) return *std::move(known);
    std::stop_source stop;
    const auto what = fmt::format("Reading {}", source.name());
    auto contents = readContents(source, {.threads = parallelThreads(),
                                          .progress =
                                              [&](std::uint64_t done, std::uint64_t total) {
                                                  if (announce && !announce(what, done, total)) stop.request_stop();
                                              },
                                          .cancel = stop.get_token()});
    if (!contents || stop.stop_requested()) throw Cancelled();
    CacheFolder(cache).keep(nameInCache(source), packed(*contents, sampledHash(source)));
    return *std::move(contents);
}

void refuseNotFinite(const FounderSource& source, const FounderContents& contents, const Layout& layout) {
    std::vector<std::string> told;
    for (const auto& [tensor, numbers] : contents.flawed)
        if (std::ranges::find(layout.tensors, source.nameOf(tensor), &Layout::Tensor::name) != layout.tensors.end())
            told.push_back(fmt::format("{} ({} NaN, {} infinite)", tensor, numbers.nans, numbers.infinities));
    if (told.empty()) return;
    const auto more = told.size() > kTensorsTold ? fmt::format(", and {} more", told.size() - kTensorsTold) : "";
    told.resize(std::min(told.size(), kTensorsTold));
    throw std::runtime_error(
        fmt::format("{}: numbers that are not finite can't be mixed, and there are some in {}{}; name a model without "
                    "them, or leave these tensors out of the merge (exclude).",
                    source.base().path().string(), fmt::join(told, ", "), more));
}

OpenedFounders openFounders(const std::vector<CheckpointFounder>& founders, const TensorRules& rules,
                            const std::filesystem::path& cache, const Announce& announce, Hashes hashes) {
    OpenedFounders opened{.founders = nullptr, .sources = {}, .cache = cache};
    std::vector<FounderOutline> descriptions;
    for (const auto& founder : founders) {
        opened.sources.push_back(openFounder(founder, scratchPlace()));
        descriptions.push_back(describe(*opened.sources.back()));
    }
    const auto alignment = align(descriptions, rules);
    if (!alignment.differences.empty())
        throw std::runtime_error("The founders don't fit together:\n" + tableOf(alignment.differences, descriptions));

    opened.namings = namingsOf(alignment, descriptions);
    opened.loans = loansOf(alignment, descriptions);
    for (std::size_t k = 0; k < founders.size(); ++k)
        if (!alignment.namings[k].rules.empty())
            opened.sources[k] = renamedFounder(opened.sources[k], alignment.namings[k]);

    std::vector<FounderModel> models;
    for (std::size_t k = 0; k < founders.size(); ++k) {
        const auto& source = *opened.sources[k];
        const auto contents = hashes == Hashes::Known ? knownContents(source, cache).value_or(FounderContents{})
                                                      : contentsOfFounder(source, cache, announce, hashes);
        refuseNotFinite(source, contents, alignment.layout);
        models.push_back({.name = descriptions[k].name, .hash = contents.hash, .segments = {}, .storage = {}});
    }
    if (rules.align == UnitAlignment::Units) matchUnitsOf(opened, models, alignment.layout, announce);
    const auto storage = std::make_shared<const std::vector<FounderSourcePtr>>(opened.sources);
    for (std::size_t k = 0; k < founders.size(); ++k) {
        models[k].segments = segmentsOf(alignment, opened.sources, k);
        models[k].storage = storage;
    }
    opened.founders = std::make_shared<const Founders>(alignment.layout, std::move(models));
    return opened;
}

GramPtr gramOf(const OpenedFounders& opened, const std::filesystem::path& cache, const Announce& announce,
               std::size_t begunWith, GenesPtr genes) {
    bool known = true;
    for (std::size_t k = 0; k < opened.founders->size(); ++k) known = known && !opened.founders->model(k).hash.empty();
    const auto name = gramKey(*opened.founders, opened.align, begunWith, genes.get()) + ".gram";
    if (const auto kept = known ? CacheFolder(cache).find(name) : std::nullopt;
        kept && kept->size() % sizeof(double) == 0) {
        std::vector<double> sums(kept->size() / sizeof(double));
        if (!sums.empty()) std::memcpy(sums.data(), kept->data(), kept->size());
        if (auto gram = Gram::fromBlockSums(opened.founders, std::move(sums), begunWith, genes)) return gram;
    }
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
        return !announce || announce("Comparing founders", done, total);
    };
    const auto gram = Gram::compute(opened.founders, progress, begunWith, genes);
    for (const auto& source : opened.sources)
        for (const auto& file : source->files()) file->dropBehind(0, file->bytes().size());
    if (known) CacheFolder(cache).keep(name, std::as_bytes(std::span(gram->blockSums())));
    return gram;
}

}  // namespace mergarium
