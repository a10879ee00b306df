#include "core/checkpoint/model_writer.h"

#include "core/checkpoint/digest.h"
#include "core/checkpoint/output_file.h"
#include "core/progress/pieces.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace mergarium {
namespace {

/// Small enough to stay in the second-level cache between being made, hashed and written.
constexpr std::uint64_t kChunk = 1 << 20;
/// The system is asked to begin writing in stretches that a disk likes.
constexpr std::uint64_t kChunksPerSync = 16;

struct Chunk {
    std::size_t file = 0;
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    Digest digest{};
};

std::vector<Chunk> chunksOf(const ModelPlan& plan) {
    std::vector<Chunk> chunks;
    for (std::size_t file = 0; file < plan.files.size(); ++file)
        for (std::uint64_t begin = 0; begin < plan.files[file].dataSize; begin += kChunk)
            chunks.push_back(
                {.file = file, .begin = begin, .size = std::min(kChunk, plan.files[file].dataSize - begin)});
    return chunks;
}

std::span<std::byte> threadsBuffer(std::uint64_t size) {
    thread_local std::vector<std::byte> buffer;
    if (buffer.size() < size) buffer.resize(size);
    return std::span(buffer).first(size);
}

std::vector<std::unique_ptr<OutputFile>> createFiles(const ModelPlan& plan, const PendingFolder& folder) {
    std::vector<std::unique_ptr<OutputFile>> files;
    for (const auto& file : plan.files) {
        files.push_back(std::make_unique<OutputFile>(folder.path() / file.name));
        files.back()->write(0, std::as_bytes(std::span(file.header)));
    }
    return files;
}

/// Against the plan that they were written by, as whoever opens the model will see them.
void compareHeaders(const ModelPlan& plan, const PendingFolder& folder) {
    const auto model = Checkpoint::open(folder.path());
    bool same = model->tensors().size() == plan.tensors.size();
    for (const auto& tensor : plan.tensors) {
        const auto* found = model->find(tensor.name);
        same = same && found && static_cast<const TensorDescription&>(*found) == tensor;
    }
    if (!same)
        throw std::runtime_error(fmt::format(
            "{}: the tensors that were read back are not those that were written; try again, on another disk.",
            folder.target().string()));
}

}  // namespace

void writeModel(const ModelPlan& plan, const PendingFolder& folder, const TensorContents& contents,
                const ModelWriting& how) {
    folder.needRoom(plan.byteSize());
    auto chunks = chunksOf(plan);
    const auto files = createFiles(plan, folder);
    const auto passes = how.careful ? 2 : 1;
    const auto report = [&](std::size_t pass) -> Progress {
        if (!how.progress) return nullptr;
        return [&, pass](std::uint64_t done, std::uint64_t total) {
            return how.progress((pass * total + done) * kChunk, passes * total * kChunk);
        };
    };

    forEachPiece(
        chunks.size(), how.threads,
        [&](std::size_t i) {
            auto& chunk = chunks[i];
            const auto& file = plan.files[chunk.file];
            const auto buffer = threadsBuffer(chunk.size);
            fillFrom(plan, file, contents, chunk.begin, buffer);
            if (how.careful) chunk.digest = digestOf(buffer);
            files[chunk.file]->write(file.header.size() + chunk.begin, buffer);
            const auto end = chunk.begin + chunk.size;
            if (how.careful && (end % (kChunk * kChunksPerSync) == 0 || end == file.dataSize))
                files[chunk.file]->startSync(end > kChunk * kChunksPerSync ? end - kChunk * kChunksPerSync : 0, end);
        },
        report(0));
    if (!plan.index.empty()) folder.writeFile("model.safetensors.index.json", plan.index);
    if (!how.careful) return;

    auto onDisk = std::async(std::launch::async, [&files] {
        for (const auto& file : files) file->sync();
    });
    forEachPiece(
        chunks.size(), how.threads,
        [&](std::size_t i) {
            const auto& chunk = chunks[i];
            const auto buffer = threadsBuffer(chunk.size);
            files[chunk.file]->read(plan.files[chunk.file].header.size() + chunk.begin, buffer);
            if (digestOf(buffer) != chunk.digest)
                throw std::runtime_error(fmt::format(
                    "{}: what is read back from {} differs from what was written; try again, on another disk.",
                    folder.target().string(), plan.files[chunk.file].name));
        },
        report(1));
    compareHeaders(plan, folder);
    if (how.meanwhile) how.meanwhile();
    onDisk.get();
}

RewritableModel::RewritableModel(const std::filesystem::path& folder, ModelPlan plan)
    : path_(folder / "model.safetensors"), plan_(std::move(plan)) {
    if (plan_.files.size() != 1) throw std::invalid_argument("A model that is rewritten in place must be one file.");
    const auto& planned = plan_.files.front();
    const OutputFile file(path_);
    file.write(0, std::as_bytes(std::span(planned.header)));
    const auto size = planned.header.size() + planned.dataSize;
    const auto refuse = [&](int reason) {
        std::filesystem::remove(path_);
        throw std::runtime_error(fmt::format("{}: there is no room for a model of {:.2f} GB: {}.", path_.string(),
                                             static_cast<double>(size) / 1e9, std::generic_category().message(reason)));
    };
    if (const int reason = ::posix_fallocate(file.descriptor(), 0, static_cast<off_t>(size))) refuse(reason);
    auto* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), 0);
    if (start == MAP_FAILED) refuse(errno);
    mapping_ = {static_cast<std::byte*>(start), size};
}

RewritableModel::~RewritableModel() { ::munmap(mapping_.data(), mapping_.size()); }

void RewritableModel::rewrite(const TensorContents& contents, std::size_t threads) {
    const auto& file = plan_.files.front();
    const auto data = mapping_.subspan(file.header.size());
    forEachPiece((file.dataSize + kChunk - 1) / kChunk, threads, [&](std::size_t piece) {
        const auto begin = piece * kChunk;
        fillFrom(plan_, file, contents, begin, data.subspan(begin, std::min(kChunk, file.dataSize - begin)));
    });
}

}  // namespace mergarium
