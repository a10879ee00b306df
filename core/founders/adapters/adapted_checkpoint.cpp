#include "core/founders/adapters/adapted_checkpoint.h"

#include "core/checkpoint/model_place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium {
AdaptedCheckpoint::AdaptedCheckpoint(FounderSourcePtr base, std::vector<StackedAdapter> adapters,
                                     const std::filesystem::path& scratch)
    : base_(std::move(base)),
      adapters_(std::move(adapters)),
      tensors_(base_->tensors().begin(), base_->tensors().end()) {
    for (const auto& [adapter, weight] : adapters_)
        if (adapter.head && !head_) untie(*adapter.head);
    origins_.resize(tensors_.size());
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor) {
        const auto& name = tensors_[tensor].name;
        origins_[tensor].base = base_->indexOf(head_ && head_->tensor == name ? head_->embedding : name).value();
    }
    for (const auto& one : adapters_) place(one);
    std::vector<std::uint64_t> sizes;
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor) {
        const auto& [below, deltas, replacement, from] = origins_[tensor];
        const bool isComputed = !deltas.empty() || (replacement && replacement->dtype != tensors_[tensor].dtype);
        sizes.push_back(isComputed ? tensors_[tensor].byteSize() : 0);
    }
    computed_.emplace(scratch, sizes);
}

void AdaptedCheckpoint::untie(const LoraHead& head) {
    head_ = head;
    auto own = base_->tensors()[base_->indexOf(head.embedding).value()];
    own.name = head.tensor;
    std::erase_if(tensors_, [&](const auto& one) { return one.name == own.name; });
    tensors_.insert(std::ranges::lower_bound(tensors_, own.name, {}, &TensorDescription::name), own);
}

void AdaptedCheckpoint::place(const StackedAdapter& one) {
    for (const auto& delta : one.adapter.deltas)
        origins_[indexOf(delta.tensor).value()].deltas.push_back({&delta, one.weight});
    for (const auto& [name, by] : one.adapter.replacements) {
        const auto tensor = indexOf(name).value();
        origins_[tensor].replacement = by;
        origins_[tensor].from = one.adapter.weights.get();
        tensors_[tensor].shape = by->shape;
        tensors_[tensor].count = by->count;
    }
}

std::filesystem::path AdaptedCheckpoint::tokenizerFolder() const {
    for (const auto& [adapter, weight] : adapters_)
        if (!adapter.tokenizerFolder.empty()) return adapter.tokenizerFolder;
    return base_->tokenizerFolder();
}

bool AdaptedCheckpoint::tiedEmbeddings() const { return !head_ && base_->tiedEmbeddings(); }

std::string AdaptedCheckpoint::name() const {
    auto name = base_->name();
    for (const auto& [adapter, weight] : adapters_) {
        name += fmt::format(" + {}{}", weight == 1.0 ? "" : fmt::format("{} ", weight), nameOfModel(adapter.place));
        if (!adapter.otherParts.empty()) name += fmt::format(" (without {})", fmt::join(adapter.otherParts, ", "));
    }
    return name;
}

DType AdaptedCheckpoint::outputType(std::size_t tensor) const { return base_->outputType(origins_[tensor].base); }

const std::byte* AdaptedCheckpoint::bytes(std::size_t tensor) const {
    const auto& origin = origins_[tensor];
    if (computed_->has(tensor)) return computed_->bytes(tensor, [&](std::span<std::byte> to) { compute(tensor, to); });
    return origin.replacement ? origin.replacement->bytes : base_->bytes(origin.base);
}

const MappedFile* AdaptedCheckpoint::file(std::size_t tensor) const {
    const auto& origin = origins_[tensor];
    if (computed_->has(tensor)) return nullptr;
    return origin.replacement ? origin.from->files()[origin.replacement->file].get() : base_->file(origin.base);
}

void AdaptedCheckpoint::compute(std::size_t tensor, std::span<std::byte> to) const {
    const auto& origin = origins_[tensor];
    const auto& [below, bytes] = origin.replacement ? std::pair<const TensorDescription&, const std::byte*>(
                                                          *origin.replacement, origin.replacement->bytes)
                                                    : std::pair<const TensorDescription&, const std::byte*>(
                                                          base_->tensors()[origin.base], base_->bytes(origin.base));
    if (origin.deltas.empty()) {
        std::vector<float> values(below.count);
        toFloats(below.dtype, bytes, values);
        fromFloats(tensors_[tensor].dtype, values, to.data());
    } else {
        addDeltas(below, bytes, origin.deltas, tensors_[tensor].dtype, to.data());
    }
    // A file that was truncated meanwhile was read as zeros.
    if (const auto* file = origin.replacement ? nullptr : base_->file(origin.base)) file->check();
    for (const auto& [adapter, weight] : adapters_) adapter.weights->check();
}

void AdaptedCheckpoint::dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const {
    const auto& origin = origins_[tensor];
    if (computed_->has(tensor))
        computed_->dropBehind(tensor, begin, end);
    else if (origin.replacement)
        origin.from->dropBehind(*origin.replacement, begin, end);
    else
        base_->dropBehind(origin.base, begin, end);
}

std::vector<std::shared_ptr<const MappedFile>> AdaptedCheckpoint::files() const {
    auto files = base_->files();
    for (const auto& [adapter, weight] : adapters_) {
        files.insert(files.end(), adapter.weights->files().begin(), adapter.weights->files().end());
        if (adapter.configuration) files.push_back(adapter.configuration);
    }
    return files;
}

std::string AdaptedCheckpoint::derivation() const {
    auto text = base_->derivation() + "adapted 2\n";
    for (const auto& [adapter, weight] : adapters_)
        if (adapters_.size() > 1 || weight != 1.0)
            text += fmt::format("{} {}\n", weight, adapter.weights->files().size());
    return text;
}

}  // namespace mergarium
