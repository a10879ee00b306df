#include "core/models/model_writer.h"

#include "core/files/free_memory.h"
#include "core/founders/content_hash.h"
#include "core/progress/pieces.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace mergarium {
namespace {

/// Models in one file are rewritten in pieces of this size.
constexpr std::uint64_t kPiece = 1 << 20;

/// A part of a tensor, and where in which file it goes.
struct Piece {
    /// Index into the chunks.
    std::size_t chunk = 0;
    std::size_t file = 0;
    std::uint64_t offset = 0;
};

/// File by file, each from beginning to end: sequential writes.
std::vector<Piece> piecesOf(const ModelPlan& plan, std::span<const ContentChunk> chunks) {
    std::vector<Piece> pieces;
    for (std::size_t file = 0; file < plan.files.size(); ++file)
        for (const auto& place : plan.files[file].places)
            for (const auto& chunk : chunksOf(chunks, place.tensor))
                pieces.push_back({.chunk = static_cast<std::size_t>(&chunk - chunks.data()),
                                  .file = file,
                                  .offset = plan.files[file].header.size() + place.begin + chunk.begin});
    return pieces;
}

std::span<std::byte> threadsBuffer(std::uint64_t size) {
    thread_local std::vector<std::byte> buffer;
    if (buffer.size() < size) buffer.resize(size);
    return std::span(buffer).first(size);
}

std::vector<std::unique_ptr<OutputFile>> createFiles(const ModelPlan& plan, const PendingFolder& folder) {
    std::vector<std::unique_ptr<OutputFile>> files;
    for (const auto& file : plan.files) {
        std::filesystem::create_directories((folder.path() / file.name).parent_path());
        files.push_back(std::make_unique<OutputFile>(folder.path() / file.name));
        files.back()->write(0, std::as_bytes(std::span(file.header)));
    }
    return files;
}

/// The hash of what lies in the folder now; `progress` as of writeModel's second pass.
std::string readBack(const PendingFolder& folder, std::size_t threads, const Progress& progress) {
    const auto source = openAsStored(folder.path());
    std::stop_source stop;
    const auto hash = contentHash(*source, {.threads = threads,
                                            .progress =
                                                [&](std::uint64_t done, std::uint64_t total) {
                                                    if (progress && !progress(total + done, 2 * total))
                                                        stop.request_stop();
                                                },
                                            .cancel = stop.get_token()});
    if (!hash || stop.stop_requested()) throw Cancelled();
    return *hash;
}

}  // namespace

std::string writeModel(const ModelPlan& plan, const PendingFolder& folder, const TensorContents& contents,
                       const ModelWriting& how) {
    folder.needRoom(plan.byteSize());
    const auto threads = how.threads > 0 ? how.threads : std::max(1u, std::thread::hardware_concurrency());
    auto chunks = contentChunks(plan.tensors);
    const auto pieces = piecesOf(plan, chunks);
    const auto files = createFiles(plan, folder);
    std::uint64_t total = 0;
    for (const auto& file : plan.files) total += file.dataSize;

    std::atomic<std::uint64_t> written = 0;
    forEachPiece(
        pieces.size(), threads,
        [&](std::size_t i) {
            const auto& piece = pieces[i];
            auto& chunk = chunks[piece.chunk];
            const auto buffer = threadsBuffer(chunk.end - chunk.begin);
            const auto width = sizeOf(plan.tensors[chunk.tensor].dtype);
            for (std::uint64_t done = 0; done < buffer.size(); done += kPiece) {
                const auto slice = buffer.subspan(done, std::min<std::uint64_t>(kPiece, buffer.size() - done));
                contents(chunk.tensor, (chunk.begin + done) / width, slice);
                files[piece.file]->write(piece.offset + done, slice);
            }
            chunk.digest = digestOf(buffer);
            files[piece.file]->startSync(piece.offset, piece.offset + buffer.size());
            written += buffer.size();
        },
        how.progress ? [&](std::uint64_t, std::uint64_t) { return how.progress(written, 2 * total); } : Progress());
    for (const auto& [name, text] : plan.indexes) folder.writeFile(name, text);

    auto onDisk = std::async(std::launch::async, [&files] {
        for (const auto& file : files) file->sync();
    });
    auto hash = readBack(folder, threads, how.progress);
    if (hash != contentHash(plan.tensors, chunks))
        throw std::runtime_error(
            fmt::format("{}: what is read back differs from what was written; try again, on another disk.",
                        folder.target().string()));
    if (how.meanwhile) how.meanwhile();
    onDisk.get();
    return hash;
}

namespace {

const PlannedFile& onlyFileOf(const ModelPlan& plan) {
    if (plan.files.size() != 1) throw std::invalid_argument("A model that is rewritten in place must be one file.");
    return plan.files.front();
}

}  // namespace

RewritableModel::RewritableModel(const std::filesystem::path& folder, ModelPlan plan)
    : plan_(std::move(plan)), file_(folder / onlyFileOf(plan_).name) {
    try {
        needMemoryFor(size(), folder, "name one on a disk");
        file_.write(0, std::as_bytes(std::span(plan_.files.front().header)));
        if (const int reason = ::posix_fallocate(file_.descriptor(), 0, static_cast<off_t>(size())))
            throw std::system_error(reason, std::generic_category());
        mapping_.emplace(file_.descriptor(), size(), Mapping::Access::ReadAndWrite);
    } catch (const std::system_error& error) {
        std::filesystem::remove(path());
        throw std::runtime_error(fmt::format("{}: there is no room for a model of {:.2f} GB: {}.", path().string(),
                                             static_cast<double>(size()) / 1e9, error.code().message()));
    }
}

void RewritableModel::rewrite(const TensorContents& contents, std::size_t threads) {
    const auto& file = plan_.files.front();
    const auto data = mapping_->bytes().subspan(file.header.size());
    forEachPiece((file.dataSize + kPiece - 1) / kPiece, threads, [&](std::size_t piece) {
        const auto begin = piece * kPiece;
        fillFrom(plan_, file, contents, begin, data.subspan(begin, std::min(kPiece, file.dataSize - begin)));
    });
    if (mapping_->isBroken() || file_.size() != size())
        throw ModelTruncated(fmt::format("{}: was truncated by another program while it was in use.", path().string()));
}

}  // namespace mergarium
