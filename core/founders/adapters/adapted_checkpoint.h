#pragma once

#include "core/founders/adapters/adapter_stack.h"
#include "core/founders/adapters/low_rank_sum.h"
#include "core/founders/computed_tensors.h"
#include "core/founders/founder_source.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// A model with adapters on it: W + the sum of weight * scale * up * down for the tensors that they change, of the
/// base's W or the one that an adapter replaces it by, computed when first asked for (addDeltas) and rounded once to
/// the base's element type; all other tensors are the base's. Results lie in scratch memory, which takes the size of
/// the changed tensors on the disk.
class AdaptedCheckpoint : public FounderSource {
public:
    AdaptedCheckpoint(FounderSourcePtr base, std::vector<StackedAdapter> adapters,
                      const std::filesystem::path& scratch);

    std::string name() const override;
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override;
    const std::byte* bytes(std::size_t tensor) const override;
    const MappedFile* file(std::size_t tensor) const override;
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override;
    const Checkpoint& base() const override { return base_->base(); }
    std::filesystem::path tokenizerFolder() const override;
    bool tiedEmbeddings() const override;
    std::vector<std::shared_ptr<const MappedFile>> files() const override;
    std::string derivation() const override;
    const PipelineFounder* pipeline() const override { return base_->pipeline(); }

private:
    /// Where a tensor's bytes come from: the base, or the adapters' changes.
    struct Origin {
        /// Index into the base's tensors.
        std::size_t base = 0;
        std::vector<WeightedDelta> deltas;
        const StoredTensor* replacement = nullptr;
        /// Of the replacement.
        const Checkpoint* from = nullptr;
    };

    void untie(const LoraHead& head);
    void place(const StackedAdapter& one);
    void compute(std::size_t tensor, std::span<std::byte> to) const;

    FounderSourcePtr base_;
    std::vector<StackedAdapter> adapters_;
    std::vector<TensorDescription> tensors_;
    std::vector<Origin> origins_;
    std::optional<LoraHead> head_;
    std::optional<ComputedTensors> computed_;
};

}  // namespace mergarium
