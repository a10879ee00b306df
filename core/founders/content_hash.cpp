#include "core/founders/content_hash.h"

#include "core/files/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

namespace mergarium {
namespace {

/// Digests chunks, taken one by one off a shared counter, until none are left, one fails or it is cancelled.
class Work {
public:
    Work(const FounderSource& founder, std::vector<ContentChunk>& chunks, std::stop_token cancel)
        : founder_(founder), chunks_(chunks), cancel_(std::move(cancel)) {}

    void run(const std::function<void(std::uint64_t)>& progress) {
        try {
            // Computed tensors first, one per thread, so that threads don't wait for each other's.
            for (std::size_t i = nextTensor_++; i < founder_.tensors().size() && !cancel_.stop_requested();
                 i = nextTensor_++)
                founder_.bytes(i);
            for (std::size_t i = next_++; i < chunks_.size() && !cancel_.stop_requested() && !failed_; i = next_++) {
                auto& chunk = chunks_[i];
                digest(chunk);
                done_ += chunk.end - chunk.begin;
                if (progress) progress(done_);
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failed_.exchange(true)) failure_ = std::current_exception();
        }
    }

    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void digest(ContentChunk& chunk) const {
        const auto* bytes = founder_.bytes(chunk.tensor) + chunk.begin;
        const auto size = chunk.end - chunk.begin;
        if (const auto* file = founder_.file(chunk.tensor)) {
            thread_local std::vector<std::byte> buffer(ContentChunk::kMostBytes);
            file->read(bytes, std::span(buffer).first(size));
            note({buffer.data(), size}, chunk);
        } else {
            note({bytes, size}, chunk);
            founder_.dropBehind(chunk.tensor, chunk.begin, chunk.end);
        }
    }

    void note(std::span<const std::byte> bytes, ContentChunk& chunk) const {
        chunk.digest = digestOf(bytes);
        chunk.notFinite = countNotFinite(founder_.tensors()[chunk.tensor].dtype, bytes);
    }

    const FounderSource& founder_;
    std::vector<ContentChunk>& chunks_;
    std::stop_token cancel_;
    std::atomic<std::size_t> nextTensor_ = 0, next_ = 0;
    std::atomic<std::uint64_t> done_ = 0;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;
    std::exception_ptr failure_;
};

/// Pages of a file that are looked at.
constexpr std::uint64_t kSamples = 32;
constexpr std::uint64_t kSampleBytes = 4096;

}  // namespace

std::span<const ContentChunk> chunksOf(std::span<const ContentChunk> chunks, std::size_t tensor) {
    const auto first = std::ranges::lower_bound(chunks, tensor, {}, &ContentChunk::tensor);
    const auto last = std::ranges::upper_bound(first, chunks.end(), tensor, {}, &ContentChunk::tensor);
    return {first, last};
}

std::vector<ContentChunk> contentChunks(std::span<const TensorDescription> tensors) {
    std::vector<ContentChunk> chunks;
    for (std::size_t tensor = 0; tensor < tensors.size(); ++tensor)
        for (std::uint64_t begin = 0, size = tensors[tensor].byteSize(); begin < size;
             begin += ContentChunk::kMostBytes)
            chunks.push_back(
                {.tensor = tensor, .begin = begin, .end = std::min(size, begin + ContentChunk::kMostBytes)});
    return chunks;
}

std::string contentHash(std::span<const TensorDescription> tensors, std::span<const ContentChunk> chunks) {
    std::vector<std::size_t> byName(tensors.size());
    std::iota(byName.begin(), byName.end(), 0);
    std::ranges::sort(byName, {}, [&](std::size_t i) -> const std::string& { return tensors[i].name; });
    Fingerprint whole;
    whole.add("mergarium contents 1");
    for (const auto i : byName) {
        whole.add(tensors[i].name);
        whole.add(nameOf(tensors[i].dtype));
        whole.add(std::uint64_t{tensors[i].shape.size()});
        for (const auto extent : tensors[i].shape) whole.add(static_cast<std::uint64_t>(extent));
        for (const auto& chunk : chunksOf(chunks, i)) whole.add(chunk.digest);
    }
    return whole.hex();
}

std::optional<FounderContents> readContents(const FounderSource& given, const ContentHashing& how) {
    const auto& founder = given.own();
    const auto tensors = founder.tensors();
    auto chunks = contentChunks(tensors);
    std::uint64_t total = 0;
    for (const auto& tensor : tensors) total += tensor.byteSize();

    Work work(founder, chunks, how.cancel);
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(how.threads, chunks.size()); ++i)
            others.emplace_back([&] { work.run({}); });
        work.run([&](std::uint64_t done) {
            // The final report is made when all threads are done.
            if (how.progress && done < total) how.progress(done, total);
        });
    }
    work.rethrow();
    if (how.progress && !how.cancel.stop_requested()) how.progress(total, total);
    if (how.cancel.stop_requested()) return std::nullopt;

    FounderContents contents{.hash = contentHash(tensors, chunks), .flawed = {}};
    for (const auto& chunk : chunks) {
        if (!chunk.notFinite.any()) continue;
        const auto& name = tensors[chunk.tensor].name;
        if (contents.flawed.empty() || contents.flawed.back().tensor != name) contents.flawed.push_back({name, {}});
        contents.flawed.back().numbers += chunk.notFinite;
    }
    return contents;
}

std::optional<std::string> contentHash(const FounderSource& founder, const ContentHashing& how) {
    auto contents = readContents(founder, how);
    if (!contents) return std::nullopt;
    return std::move(contents->hash);
}

std::string sampledHash(const FounderSource& founder) {
    std::vector<std::byte> samples;
    for (const auto& file : founder.files()) {
        const auto bytes = file->bytes();
        const auto length = std::min<std::uint64_t>(kSampleBytes, bytes.size());
        for (std::uint64_t i = 0; i < kSamples; ++i) {
            samples.resize(samples.size() + length);
            file->read(bytes.data() + (bytes.size() - length) * i / (kSamples - 1), std::span(samples).last(length));
        }
    }
    std::string text;
    for (const auto byte : digestOf(samples)) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

std::string contentKey(const FounderSource& founder) {
    std::string key = "contents 2\n";
    for (const auto& file : founder.files()) {
        const auto& state = file->state();
        key +=
            fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", std::filesystem::absolute(file->path()).lexically_normal().string(),
                        state.size, state.modifiedNanoseconds, state.changedNanoseconds, state.device, state.inode);
    }
    return key + founder.derivation();
}

}  // namespace mergarium
