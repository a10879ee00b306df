#pragma once

#include "core/founders/pipelines/pipeline_founder.h"
#include "core/models/model_plan.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// The tensors of a pipeline as its files hold them, made of those that a merge gives under their modern names. They
/// are called, and lie, as in the pipeline `like`; in a single file that is made of a folder, as diffusers' own
/// conversion has them. What of a single file is no component's comes along as it is, but for averaged weights
/// (model_ema), which would be those of another model. Any thread.
class PipelineTensors {
public:
    /// `given` in depth order. Throws std::runtime_error with one sentence where a tensor has no place in this form, or
    /// is only a part of one that is stored.
    PipelineTensors(std::vector<TensorDescription> given, const PipelineFounder& like, PipelineForm form);

    const std::vector<TensorDescription>& descriptions() const { return descriptions_; }
    /// Of descriptions(), from contents of `given`.
    TensorContents contents(TensorContents given) const;

private:
    struct Origin {
        /// Indexes into `given`, one behind the other.
        std::vector<std::size_t> parts;
        bool transposed = false;
        /// Index into the tensors of like's own().
        std::optional<std::size_t> own = {};
    };
    struct Whole;

    void addAsIn(const PipelineFounder& like);
    void addOthers(PipelineForm form, const OriginalNumbering& numbering);
    void add(TensorDescription description, Origin origin);
    void fill(const TensorContents& given, Whole& whole, std::size_t tensor, std::uint64_t begin,
              std::span<std::byte> out) const;

    std::vector<TensorDescription> given_;
    const PipelineFounder& like_;
    /// Which of `given` have been placed.
    std::vector<bool> placed_;
    std::vector<TensorDescription> descriptions_;
    std::vector<Origin> origins_;
};

}  // namespace mergarium
