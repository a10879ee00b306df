#pragma once

#include "core/checkpoint/model_place.h"
#include "core/founders/computed_tensors.h"
#include "core/founders/founder_source.h"
#include "core/founders/quantised/quantisation.h"

#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// A checkpoint with fp8 weights as the numbers that they stand for: fp8 times scale in fp32, computed when first asked
/// for; scales are none of its tensors. What is made of it is stored as bf16. The numbers lie in scratch memory, which
/// takes four times the size of the fp8 tensors on the disk.
class DequantisedCheckpoint : public FounderSource {
public:
    DequantisedCheckpoint(std::shared_ptr<const Checkpoint> checkpoint, Quantisation quantisation,
                          const std::filesystem::path& scratch);

    std::string name() const override { return nameOfModel(checkpoint_->path()); }
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    DType outputType(std::size_t tensor) const override;
    const std::byte* bytes(std::size_t tensor) const override;
    const MappedFile* file(std::size_t tensor) const override;
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override;
    const Checkpoint& base() const override { return *checkpoint_; }
    std::vector<std::shared_ptr<const MappedFile>> files() const override;
    std::string derivation() const override { return "fp8 times scale 1\n"; }

private:
    struct Origin {
        const StoredTensor* stored = nullptr;
        /// Null: it is no fp8.
        const ScaledTensor* scaled = nullptr;
    };

    std::shared_ptr<const Checkpoint> checkpoint_;
    Quantisation quantisation_;
    std::vector<TensorDescription> tensors_;
    std::vector<Origin> origins_;
    std::optional<ComputedTensors> computed_;
};

}  // namespace mergarium
