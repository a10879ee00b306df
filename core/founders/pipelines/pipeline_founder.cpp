#include "core/founders/pipelines/pipeline_founder.h"

#include "core/diffusion/spellings.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace mergarium {
namespace {

std::vector<std::string> namesOf(std::span<const TensorDescription> tensors) {
    std::vector<std::string> names;
    for (const auto& tensor : tensors) names.push_back(tensor.name);
    return names;
}

bool isPoint(const std::vector<std::int64_t>& shape) { return shape.size() == 4 && shape[2] == 1 && shape[3] == 1; }

}  // namespace

void transposeFrom(const std::byte* from, std::uint64_t rows, std::uint64_t columns, std::size_t size,
                   std::uint64_t begin, std::span<std::byte> to) {
    for (std::uint64_t done = 0; done < to.size(); done += size) {
        const auto element = (begin + done) / size;
        const auto row = element / columns, column = element % columns;
        std::memcpy(to.data() + done, from + (column * rows + row) * size, size);
    }
}

PipelineFounder::PipelineFounder(FounderSourcePtr stored, PipelineForm form, const std::filesystem::path& scratch)
    : stored_(std::move(stored)), form_(form) {
    const auto names = namesOf(stored_->tensors());
    if (form_ == PipelineForm::SingleFile) numbering_ = originalNumbering(names).value_or(OriginalNumbering{});
    for (std::size_t tensor = 0; tensor < names.size(); ++tensor)
        for (const auto& part : partsNamed(names[tensor])) place(tensor, part);
    sort();
    std::vector<std::uint64_t> sizes;
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor)
        sizes.push_back(isTransposed(tensor) ? tensors_[tensor].byteSize() : 0);
    computed_.emplace(scratch, sizes);
}

std::vector<OriginalPart> PipelineFounder::partsNamed(const std::string& stored) const {
    if (form_ == PipelineForm::Folder) return {{.name = modernName(stored)}};
    auto parts = diffusersNames(stored, numbering_);
    for (auto& part : parts) part.name = modernName(part.name);
    return parts;
}

void PipelineFounder::place(std::size_t stored, const OriginalPart& part) {
    TensorDescription tensor = stored_->tensors()[stored];
    const auto misshapen = [&] {
        refuse(base().path(), fmt::format("the tensor '{}' has the shape [{}], which it can't have in this format",
                                          tensor.name, fmt::join(tensor.shape, ", ")));
    };
    Origin origin{.stored = stored, .form = part.form, .begin = 0};
    if (isMatrixOfVae(part.name) && isPoint(tensor.shape)) tensor.shape.resize(2);
    if (part.form == OriginalForm::Third) {
        if (tensor.shape.empty() || tensor.shape.front() % 3 != 0) misshapen();
        tensor.shape.front() /= 3;
        tensor.count /= 3;
        origin.begin = part.third * tensor.count;
    } else if (part.form == OriginalForm::Transposed) {
        if (tensor.shape.size() != 2) misshapen();
        std::swap(tensor.shape[0], tensor.shape[1]);
    }
    tensor.name = part.name;
    tensors_.push_back(std::move(tensor));
    origins_.push_back(origin);
}

/// By name; where one stands twice, it is in two spellings.
void PipelineFounder::sort() {
    std::vector<std::size_t> order(tensors_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return tensors_[i].name; });
    std::vector<TensorDescription> tensors;
    std::vector<Origin> origins;
    parts_.resize(stored_->tensors().size());
    for (const auto i : order) {
        if (!tensors.empty() && tensors.back().name == tensors_[i].name)
            refuse(base().path(), fmt::format("'{}' and '{}' are two spellings of one tensor; keep one of them",
                                              stored_->tensors()[origins.back().stored].name,
                                              stored_->tensors()[origins_[i].stored].name));
        tensors.push_back(std::move(tensors_[i]));
        origins.push_back(origins_[i]);
    }
    tensors_ = std::move(tensors);
    origins_ = std::move(origins);
    for (std::size_t tensor = 0; tensor < tensors_.size(); ++tensor) parts_[origins_[tensor].stored].push_back(tensor);
    for (auto& parts : parts_) std::ranges::sort(parts, {}, [&](std::size_t tensor) { return origins_[tensor].begin; });
}

const std::byte* PipelineFounder::bytes(std::size_t tensor) const {
    const auto& [stored, form, begin] = origins_[tensor];
    const auto& own = tensors_[tensor];
    if (!computed_->has(tensor)) return stored_->bytes(stored) + begin * sizeOf(own.dtype);
    return computed_->bytes(tensor, [&](std::span<std::byte> to) {
        transposeFrom(stored_->bytes(origins_[tensor].stored), static_cast<std::uint64_t>(own.shape[0]),
                      static_cast<std::uint64_t>(own.shape[1]), sizeOf(own.dtype), 0, to);
        base().check();
    });
}

const MappedFile* PipelineFounder::file(std::size_t tensor) const {
    return computed_->has(tensor) ? nullptr : stored_->file(origins_[tensor].stored);
}

void PipelineFounder::dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const {
    if (computed_->has(tensor)) return computed_->dropBehind(tensor, begin, end);
    const auto before = origins_[tensor].begin * sizeOf(tensors_[tensor].dtype);
    stored_->dropBehind(origins_[tensor].stored, before + begin, before + end);
}

std::filesystem::path PipelineFounder::tokenizerFolder() const {
    if (form_ == PipelineForm::SingleFile) return {};
    return base().folder() / "tokenizer";
}

const std::string& PipelineFounder::nameOf(const std::string& tensor) const {
    const auto stored = stored_->indexOf(tensor);
    return !stored || parts_[*stored].empty() ? tensor : tensors_[parts_[*stored].front()].name;
}

FounderSourcePtr asPipeline(FounderSourcePtr stored, const std::filesystem::path& scratch) {
    if (stored->base().isPipeline())
        return std::make_shared<const PipelineFounder>(std::move(stored), PipelineForm::Folder, scratch);
    if (originalNumbering(namesOf(stored->tensors())))
        return std::make_shared<const PipelineFounder>(std::move(stored), PipelineForm::SingleFile, scratch);
    return stored;
}

}  // namespace mergarium
