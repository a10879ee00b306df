#include "core/gguf/write_gguf.h"

#include "core/families/families.h"
#include "core/files/output_file.h"
#include "core/gguf/gguf_file.h"
#include "core/gguf/network_tensors.h"
#include "core/gguf/vocabulary.h"
#include "core/progress/pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// Elements that are computed at once.
constexpr std::uint64_t kPieceElements = 1 << 20;
constexpr std::uint32_t kQuantizationVersion = 2;

struct Planned {
    GgufMetadata metadata;
    std::vector<GgufTensor> tensors;
    std::vector<GgufEntry> entries;
    /// Bytes of the tensors, padded.
    std::uint64_t dataSize = 0;
    std::vector<std::string> notes;
};

/// Whole rows of a tensor.
struct RowPiece {
    std::size_t tensor = 0;
    std::uint64_t begin = 0, count = 0;
};

/// Keys and tensors; without a model what can be known without it.
Planned planned(const fs::path& configuration, const fs::path& tokenizer, const Checkpoint* model,
                const GgufWriting& how) {
    Planned plan;
    const auto config = decoderConfigIn(configuration);
    const auto source = (configuration / "config.json").string();
    const auto& architecture = ggufArchitectureOf(config, source);
    plan.metadata.set("general.architecture", std::string(architecture.name));
    plan.metadata.set("general.type", std::string("model"));
    plan.metadata.set("general.name", how.name);
    plan.metadata.set("general.alignment", static_cast<std::uint32_t>(kGgufAlignment));
    plan.metadata.set("general.file_type", fileTypeOf(how.type));
    plan.metadata.set("general.quantization_version", kQuantizationVersion);
    addNetworkFacts(config, architecture, source, plan.metadata, plan.notes);
    const auto rows = model ? std::optional(static_cast<std::uint64_t>(config.vocabulary)) : std::nullopt;
    addTokenizerFacts(tokenizer, config.family, rows, plan.metadata, plan.notes);
    if (!model) return plan;
    plan.tensors = networkTensors(*model, config, architecture, how.type, plan.notes);
    for (const auto& tensor : plan.tensors) {
        plan.entries.push_back(tensor.entry(plan.dataSize));
        plan.dataSize = alignedTo(kGgufAlignment, plan.dataSize + tensor.byteSize());
    }
    return plan;
}

std::vector<RowPiece> piecesOf(std::span<const GgufTensor> tensors) {
    std::vector<RowPiece> pieces;
    for (std::size_t tensor = 0; tensor < tensors.size(); ++tensor) {
        const auto row = tensors[tensor].rowSize(), count = tensors[tensor].count();
        const auto most = std::max<std::uint64_t>(1, kPieceElements / row) * row;
        for (std::uint64_t begin = 0; begin < count; begin += most)
            pieces.push_back({.tensor = tensor, .begin = begin, .count = std::min(most, count - begin)});
    }
    return pieces;
}

std::span<float> threadsValues(std::uint64_t count) {
    thread_local std::vector<float> values;
    if (values.size() < count) values.resize(count);
    return std::span(values).first(count);
}

std::span<std::byte> threadsBytes(std::uint64_t size) {
    thread_local std::vector<std::byte> bytes;
    if (bytes.size() < size) bytes.resize(size);
    return std::span(bytes).first(size);
}

/// The guard knows plain types; of Q8_0 it's the scales that may be too large, and no number may be none.
void look(const GgufTensor& tensor, std::span<const float> values, std::span<std::byte> bytes, RangeGuard& range) {
    const auto before = [&](std::span<float> out) { std::ranges::copy(values, out.begin()); };
    switch (tensor.type) {
        case GgmlType::F32: return;
        case GgmlType::F16: return range.look(tensor.name, DType::F16, bytes, false, before);
        case GgmlType::BF16: return range.look(tensor.name, DType::BF16, bytes, false, before);
        case GgmlType::Q8_0: break;
    }
    constexpr float kLargest = 65504.0F * 127.0F;
    if (!std::ranges::all_of(values, [](float value) { return std::abs(value) <= kLargest; }))
        throw std::runtime_error(fmt::format(
            "{}: it has numbers that q8_0 can't hold (NaN, or beyond 8 million); write f32 or bf16.", tensor.name));
}

void writeTensors(const Planned& plan, const Checkpoint& model, std::span<const RowPiece> pieces,
                  std::uint64_t dataBegin, const OutputFile& file, const GgufWriting& how, RangeGuard& range) {
    std::atomic<std::uint64_t> written = 0;
    forEachPiece(
        pieces.size(), how.threads,
        [&](std::size_t i) {
            const auto& piece = pieces[i];
            const auto& tensor = plan.tensors[piece.tensor];
            const auto values = threadsValues(piece.count);
            tensor.values(piece.begin, values);
            const auto bytes = threadsBytes(bytesOf(tensor.type, piece.count));
            encode(tensor.type, values, bytes.data());
            look(tensor, values, bytes, range);
            const auto offset = dataBegin + plan.entries[piece.tensor].begin + bytesOf(tensor.type, piece.begin);
            file.write(offset, bytes);
            file.startSync(offset, offset + bytes.size());
            tensor.dropBehind(model, piece.begin, piece.begin + piece.count);
            written += bytes.size();
        },
        how.progress ? [&](std::uint64_t, std::uint64_t) { return how.progress(written, 2 * plan.dataSize); }
                     : Progress());
}

void compare(const Planned& plan, const Checkpoint& model, std::span<const RowPiece> pieces, const fs::path& path,
             const fs::path& target, const GgufWriting& how, OutOfRange outOfRange) {
    const auto refuse = [&] {
        throw std::runtime_error(fmt::format(
            "{}: what is read back differs from what was written; try again, on another disk.", target.string()));
    };
    const GgufFile file(path);
    if (file.metadata() != plan.metadata || file.tensors() != plan.entries) refuse();
    std::atomic<std::uint64_t> done = 0;
    forEachPiece(
        pieces.size(), how.threads,
        [&](std::size_t i) {
            const auto& piece = pieces[i];
            const auto& tensor = plan.tensors[piece.tensor];
            const auto& entry = file.tensors()[piece.tensor];
            const auto values = threadsValues(piece.count);
            tensor.values(piece.begin, values);
            const auto begin = bytesOf(tensor.type, piece.begin), size = bytesOf(tensor.type, piece.count);
            if (outOfRange == OutOfRange::Clamped && (tensor.type == GgmlType::F16 || tensor.type == GgmlType::BF16)) {
                const float most = largestOf(tensor.type == GgmlType::F16 ? DType::F16 : DType::BF16);
                for (float& value : values)
                    if (std::isfinite(value)) value = std::clamp(value, -most, most);
            }
            if (!standsFor(tensor.type, file.bytes(entry).subspan(begin, size).data(), values)) refuse();
            tensor.dropBehind(model, piece.begin, piece.begin + piece.count);
            file.dropBehind(entry, begin, begin + size);
            done += size;
        },
        how.progress
            ? [&](std::uint64_t, std::uint64_t) { return how.progress(plan.dataSize + done, 2 * plan.dataSize); }
            : Progress());
    file.check();
}

}  // namespace

void requireGguf(const fs::path& configuration, const fs::path& tokenizer) {
    if (configuration.empty() || !fs::exists(configuration / "config.json"))
        throw std::runtime_error(fmt::format(
            "{}: there is no config.json, so no GGUF file can be written of the model.", configuration.string()));
    planned(configuration, tokenizer.empty() ? configuration : tokenizer, nullptr, {.name = {}});
}

std::vector<std::string> writeGguf(const PendingFolder& folder, const GgufWriting& how) {
    const auto model = Checkpoint::open(folder.path());
    auto plan = planned(folder.path(), folder.path(), model.get(), how);
    const auto header = ggufHeaderBytes(plan.metadata, plan.entries);
    folder.needRoom(header.size() + plan.dataSize);
    const auto pieces = piecesOf(plan.tensors);
    RangeGuard range(how.outOfRange);
    const auto path = folder.path() / kGgufName;
    {
        const OutputFile file(path);
        file.write(0, header);
        for (std::size_t i = 0; i < plan.entries.size(); ++i) {
            const auto end = plan.entries[i].begin + plan.entries[i].byteSize();
            const std::vector<std::byte> padding(alignedTo(kGgufAlignment, end) - end);
            file.write(header.size() + end, padding);
        }
        writeTensors(plan, *model, pieces, header.size(), file, how, range);
        file.sync();
    }
    range.check(folder.target());
    compare(plan, *model, pieces, path, folder.target(), how, how.outOfRange);
    model->check();
    return plan.notes;
}

}  // namespace mergarium
