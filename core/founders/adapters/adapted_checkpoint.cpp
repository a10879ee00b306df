#include "core/founders/adapters/adapted_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {
namespace {

constexpr std::uint64_t kPage = 4096;

/// A matrix of rows x columns as fp32, transposed if asked.
std::vector<float> matrixOf(const StoredTensor& tensor, std::size_t rows, std::size_t columns, bool turned) {
    std::vector<float> values(rows * columns);
    toFloats(tensor.dtype, tensor.bytes, values);
    if (!turned) return values;
    std::vector<float> result(values.size());
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            result[column * rows + row] = values[row * columns + column];
    return result;
}

/// base + scale * up * down (or its transpose), row by row of the base, as `dtype`.
void addDelta(const StoredTensor& base, const LoraDelta& delta, DType dtype, std::byte* to) {
    const auto rank = static_cast<std::size_t>(delta.down->shape.front());
    const auto outputs = static_cast<std::size_t>(delta.up->shape.front());
    const auto inputs = static_cast<std::size_t>(delta.down->count / rank);
    auto left = matrixOf(*delta.up, outputs, rank, false), right = matrixOf(*delta.down, rank, inputs, false);
    if (delta.transposed) {
        left = matrixOf(*delta.down, rank, inputs, true);
        right = matrixOf(*delta.up, outputs, rank, true);
    }
    const std::size_t rows = delta.transposed ? inputs : outputs, columns = delta.transposed ? outputs : inputs;
    const auto scale = static_cast<float>(delta.scale);
    const std::size_t bytesPerRow = columns * sizeOf(base.dtype), bytesWritten = columns * sizeOf(dtype);
    std::vector<float> sums(columns), values(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        std::ranges::fill(sums, 0.0f);
        for (std::size_t k = 0; k < rank; ++k) {
            const float factor = left[row * rank + k];
            const float* from = right.data() + k * columns;
            for (std::size_t column = 0; column < columns; ++column) sums[column] += factor * from[column];
        }
        toFloats(base.dtype, base.bytes + row * bytesPerRow, values);
        for (std::size_t column = 0; column < columns; ++column) values[column] += scale * sums[column];
        fromFloats(dtype, values, to + row * bytesWritten);
    }
}

}  // namespace

std::string nameOfPath(const std::filesystem::path& path) {
    const auto normal = std::filesystem::absolute(path).lexically_normal();
    const auto last = normal.has_filename() ? normal : normal.parent_path();
    if (last.filename() == "model.safetensors" || last.filename() == "model.safetensors.index.json")
        return last.parent_path().filename().string();
    return last.extension() == ".safetensors" ? last.stem().string() : last.filename().string();
}

AdaptedCheckpoint::AdaptedCheckpoint(std::shared_ptr<const Checkpoint> base, LoraAdapter adapter,
                                     const std::filesystem::path& scratch)
    : base_(std::move(base)), adapter_(std::move(adapter)), tensors_(base_->tensors().begin(), base_->tensors().end()) {
    if (adapter_.head) {
        auto head = *base_->find(adapter_.head->embedding);
        head.name = adapter_.head->tensor;
        std::erase_if(tensors_, [&](const auto& one) { return one.name == head.name; });
        tensors_.insert(std::ranges::lower_bound(tensors_, head.name, {}, &TensorDescription::name), head);
    }
    origins_ = std::make_unique<Origin[]>(tensors_.size());
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor) {
        const auto& name = tensors_[tensor].name;
        origins_[tensor].base =
            base_->find(adapter_.head && adapter_.head->tensor == name ? adapter_.head->embedding : name);
    }
    for (const auto& delta : adapter_.deltas) origins_[indexOf(delta.tensor).value()].delta = &delta;
    for (const auto& [name, by] : adapter_.replacements) {
        const auto tensor = indexOf(name).value();
        origins_[tensor].replacement = by;
        tensors_[tensor].shape = by->shape;
        tensors_[tensor].count = by->count;
    }
    std::uint64_t size = 0;
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor) {
        if (!isComputed(tensor)) continue;
        origins_[tensor].begin = size;
        size += (tensors_[tensor].byteSize() + kPage - 1) / kPage * kPage;
    }
    scratch_ = std::make_unique<ScratchMemory>(scratch, size);
}

std::filesystem::path AdaptedCheckpoint::tokenizerFolder() const {
    return adapter_.tokenizerFolder.empty() ? base_->folder() : adapter_.tokenizerFolder;
}

bool AdaptedCheckpoint::tiedEmbeddings() const { return !adapter_.head && tiesEmbeddings(*base_); }

std::string AdaptedCheckpoint::name() const {
    return fmt::format("{} + {}", nameOfPath(base_->path()), nameOfPath(adapter_.folder));
}

bool AdaptedCheckpoint::isComputed(std::size_t tensor) const {
    const auto& origin = origins_[tensor];
    return origin.delta || (origin.replacement && origin.replacement->dtype != tensors_[tensor].dtype);
}

const std::byte* AdaptedCheckpoint::bytes(std::size_t tensor) const {
    auto& origin = origins_[tensor];
    if (!isComputed(tensor)) return origin.replacement ? origin.replacement->bytes : origin.base->bytes;
    std::call_once(origin.once, [&] { compute(tensor, scratch_->claim(origin.begin, tensors_[tensor].byteSize())); });
    return scratch_->at(origin.begin);
}

const MappedFile* AdaptedCheckpoint::file(std::size_t tensor) const {
    const auto& origin = origins_[tensor];
    if (isComputed(tensor)) return nullptr;
    return origin.replacement ? adapter_.weights->files()[origin.replacement->file].get()
                              : base_->files()[origin.base->file].get();
}

void AdaptedCheckpoint::compute(std::size_t tensor, std::span<std::byte> to) const {
    const auto& origin = origins_[tensor];
    if (origin.delta) {
        addDelta(origin.replacement ? *origin.replacement : *origin.base, *origin.delta, tensors_[tensor].dtype,
                 to.data());
        base_->check();
    } else {
        std::vector<float> values(tensors_[tensor].count);
        toFloats(origin.replacement->dtype, origin.replacement->bytes, values);
        fromFloats(tensors_[tensor].dtype, values, to.data());
    }
    adapter_.weights->check();
}

void AdaptedCheckpoint::dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const {
    const auto& origin = origins_[tensor];
    if (isComputed(tensor))
        scratch_->dropBehind(origin.begin + begin, origin.begin + end);
    else if (origin.replacement)
        adapter_.weights->dropBehind(*origin.replacement, begin, end);
    else
        base_->dropBehind(*origin.base, begin, end);
}

std::vector<std::shared_ptr<const MappedFile>> AdaptedCheckpoint::files() const {
    std::vector<std::shared_ptr<const MappedFile>> files(base_->files().begin(), base_->files().end());
    files.insert(files.end(), adapter_.weights->files().begin(), adapter_.weights->files().end());
    files.push_back(adapter_.configuration);
    return files;
}

}  // namespace mergarium
