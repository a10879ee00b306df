#pragma once

#include "core/diffusion/original_names.h"
#include "core/founders/computed_tensors.h"
#include "core/founders/founder_source.h"
#include "core/founders/pipelines/pipeline_form.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A pipeline of diffusers, or a single file of Stable Diffusion, with its tensors called COMPONENT.TENSOR by their
/// modern names, whichever it is and whoever wrote it: q, k and v each by itself, matrices as matrices, projections as
/// diffusers has them. All but the last are the bytes of the file. What is no component's (a schedule, averaged
/// weights) is none of its tensors. own() is the pipeline as it is stored.
class PipelineFounder final : public FounderSource {
public:
    /// Throws std::runtime_error with one sentence where a tensor is there in two spellings, or has a shape that it
    /// can't have.
    PipelineFounder(FounderSourcePtr stored, PipelineForm form, const std::filesystem::path& scratch);

    PipelineForm form() const { return form_; }
    /// Of a single file.
    const OriginalNumbering& numbering() const { return numbering_; }
    /// Of a stored tensor: what it is made of, in order; empty: it is no component's.
    std::span<const std::size_t> partsOf(std::size_t stored) const { return parts_[stored]; }
    bool isTransposed(std::size_t tensor) const { return origins_[tensor].form == OriginalForm::Transposed; }

    std::string name() const override { return stored_->name(); }
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override { return stored_->outputType(origins_[tensor].stored); }
    const std::byte* bytes(std::size_t tensor) const override;
    const MappedFile* file(std::size_t tensor) const override;
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override;
    const Checkpoint& base() const override { return stored_->base(); }
    std::filesystem::path tokenizerFolder() const override;
    bool tiedEmbeddings() const override { return false; }
    std::vector<std::shared_ptr<const MappedFile>> files() const override { return stored_->files(); }
    std::string derivation() const override { return stored_->derivation(); }
    const FounderSource& own() const override { return *stored_; }
    const std::string& nameOf(const std::string& tensor) const override;
    const PipelineFounder* pipeline() const override { return this; }

private:
    struct Origin {
        /// Index into the stored tensors.
        std::size_t stored = 0;
        OriginalForm form = OriginalForm::Same;
        /// First element in it.
        std::uint64_t begin = 0;
    };

    std::vector<OriginalPart> partsNamed(const std::string& stored) const;
    void place(std::size_t stored, const OriginalPart& part);
    void sort();

    FounderSourcePtr stored_;
    PipelineForm form_;
    OriginalNumbering numbering_;
    std::vector<TensorDescription> tensors_;
    std::vector<Origin> origins_;
    /// By stored tensor: indexes into tensors_.
    std::vector<std::vector<std::size_t>> parts_;
    std::optional<ComputedTensors> computed_;
};

/// A founder that is one of these by its tensors' names and its place, as such; else itself.
FounderSourcePtr asPipeline(FounderSourcePtr stored, const std::filesystem::path& scratch);

/// The elements of a matrix [columns, rows] of elements of `size` bytes at `from` as [rows, columns], from its byte
/// `begin` on, a whole number of elements.
void transposeFrom(const std::byte* from, std::uint64_t rows, std::uint64_t columns, std::size_t size,
                   std::uint64_t begin, std::span<std::byte> to);

}  // namespace mergarium
