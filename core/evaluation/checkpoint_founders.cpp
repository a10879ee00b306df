#include "core/evaluation/checkpoint_founders.h"

#include "core/files/fingerprint.h"
#include "core/founders/alignment.h"
#include "core/founders/content_hash.h"
#include "core/parallel/parallel_for.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace mergarium {
namespace {

std::string digestOf(std::span<const std::byte> bytes) {
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    return fingerprint.hex();
}

std::string digestOf(std::string_view text) { return digestOf(std::as_bytes(std::span(text))); }

constexpr std::size_t kDigestLength = 64;

/// What a cache file holds; absent when it isn't there or isn't whole.
std::optional<std::vector<std::byte>> readKept(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(stream), {}};
    if (all.size() < kDigestLength) return std::nullopt;
    const auto body = std::as_bytes(std::span(all)).subspan(kDigestLength);
    if (digestOf(body) != all.substr(0, kDigestLength)) return std::nullopt;
    return std::vector<std::byte>(body.begin(), body.end());
}

/// Under its name at once or not at all. A cache that can't be written is no failure: what it would hold is computed
/// again.
void keep(const std::filesystem::path& path, std::span<const std::byte> body) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    const auto half = path.string() + fmt::format(".{}.tmp", getpid());
    {
        std::ofstream stream(half, std::ios::binary);
        stream << digestOf(body);
        stream.write(reinterpret_cast<const char*>(body.data()), static_cast<std::streamsize>(body.size()));
        if (!stream.flush()) {
            std::filesystem::remove(half, error);
            return;
        }
    }
    std::filesystem::rename(half, path, error);
    if (error) std::filesystem::remove(half, error);
}

std::filesystem::path hashPath(const FounderSource& source, const std::filesystem::path& cache) {
    return cache / (digestOf(contentKey(source)) + ".hash");
}

/// Empty when it isn't there.
std::string knownHash(const FounderSource& source, const std::filesystem::path& cache) {
    const auto kept = readKept(hashPath(source, cache)).value_or(std::vector<std::byte>());
    return {reinterpret_cast<const char*>(kept.data()), kept.size()};
}

/// Everything that Gram sums depend on.
std::string gramKey(const Founders& founders) {
    std::string key = "gram 2\n";
    for (std::size_t k = 0; k < founders.size(); ++k) key += founders.model(k).hash + "\n";
    for (const auto& tensor : founders.layout().tensors)
        key += fmt::format("{} {} {}\n", tensor.name, tensor.begin, tensor.count);
    for (std::size_t k = 0; k < founders.size(); ++k)
        for (const auto& segment : founders.model(k).segments)
            key += fmt::format("{} {}\n", segment.begin, nameOf(segment.dtype));
    return digestOf(key);
}

}  // namespace

std::filesystem::path founderCache(const std::filesystem::path& database) {
    if (database.empty()) return std::filesystem::temp_directory_path() / fmt::format("mergarium-cache-{}", getuid());
    return database.string() + ".cache";
}

std::string hashOfFounder(const FounderSource& source, const std::filesystem::path& cache, const Announce& announce) {
    if (auto known = knownHash(source, cache); !known.empty()) return known;
    std::stop_source stop;
    const auto what = fmt::format("Reading {}", source.name());
    const auto hash = contentHash(source, {.threads = parallelThreads(),
                                           .progress =
                                               [&](std::uint64_t done, std::uint64_t total) {
                                                   if (announce && !announce(what, done, total)) stop.request_stop();
                                               },
                                           .cancel = stop.get_token()});
    if (!hash || stop.stop_requested()) throw Cancelled();
    keep(hashPath(source, cache), std::as_bytes(std::span(*hash)));
    return *hash;
}

OpenedFounders openFounders(const std::vector<CheckpointFounder>& founders, const TensorRules& rules,
                            const std::filesystem::path& cache, const Announce& announce, Hashes hashes) {
    OpenedFounders opened{.founders = nullptr, .sources = {}, .cache = cache};
    std::vector<FounderOutline> descriptions;
    for (const auto& founder : founders) {
        opened.sources.push_back(openFounder(founder, std::filesystem::temp_directory_path()));
        descriptions.push_back(describe(*opened.sources.back()));
    }
    const auto alignment = align(descriptions, rules);
    if (!alignment.differences.empty())
        throw std::runtime_error("The founders don't fit together:\n" + tableOf(alignment.differences, descriptions));

    std::vector<FounderModel> models;
    const auto storage = std::make_shared<const std::vector<FounderSourcePtr>>(opened.sources);
    for (std::size_t k = 0; k < founders.size(); ++k) {
        const auto& source = *opened.sources[k];
        models.push_back(
            {.name = descriptions[k].name,
             .hash = hashes == Hashes::All ? hashOfFounder(source, cache, announce) : knownHash(source, cache),
             .segments = segmentsOf(alignment, opened.sources, k),
             .storage = storage});
    }
    opened.founders = std::make_shared<const Founders>(alignment.layout, std::move(models));
    return opened;
}

GramPtr gramOf(const OpenedFounders& opened, const std::filesystem::path& cache, const Announce& announce) {
    bool known = true;
    for (std::size_t k = 0; k < opened.founders->size(); ++k) known = known && !opened.founders->model(k).hash.empty();
    const auto path = cache / (gramKey(*opened.founders) + ".gram");
    if (const auto kept = known ? readKept(path) : std::nullopt; kept && kept->size() % sizeof(double) == 0) {
        std::vector<double> sums(kept->size() / sizeof(double));
        if (!sums.empty()) std::memcpy(sums.data(), kept->data(), kept->size());
        if (auto gram = Gram::fromBlockSums(opened.founders, std::move(sums))) return gram;
    }
    const auto gram = Gram::compute(opened.founders, [&](std::uint64_t done, std::uint64_t total) {
        return !announce || announce("Comparing founders", done, total);
    });
    for (const auto& source : opened.sources)
        for (const auto& file : source->files()) file->dropBehind(0, file->bytes().size());
    if (known) keep(path, std::as_bytes(std::span(gram->blockSums())));
    return gram;
}

}  // namespace mergarium
