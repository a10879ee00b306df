#pragma once

#include "core/files/scratch_memory.h"
#include "core/founders/adapters/lora.h"
#include "core/founders/founder_source.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mergarium {

/// The name of the model at a path, for people: its folder's or file's own.
std::string nameOfPath(const std::filesystem::path& path);

/// A checkpoint with an adapter on it: W + scale * up * down for the tensors that the adapter changes, of the base's W
/// or the one that the adapter replaces it by, computed when first asked for, in fp32 (the products summed in order of
/// rank, scaled, added to W) and rounded once to the base's element type; all other tensors are the base's. Results lie
/// in scratch memory, which takes the size of the changed tensors on the disk.
class AdaptedCheckpoint : public FounderSource {
public:
    AdaptedCheckpoint(std::shared_ptr<const Checkpoint> base, LoraAdapter adapter,
                      const std::filesystem::path& scratch);

    std::string name() const override;
    std::span<const TensorDescription> tensors() const override { return tensors_; }
    const std::byte* bytes(std::size_t tensor) const override;
    const MappedFile* file(std::size_t tensor) const override;
    void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const override;
    const Checkpoint& base() const override { return *base_; }
    std::filesystem::path tokenizerFolder() const override;
    bool tiedEmbeddings() const override;
    std::vector<std::shared_ptr<const MappedFile>> files() const override;

private:
    /// Where a tensor's bytes come from: the base, or the adapter's changes, computed once into their place in the
    /// scratch.
    struct Origin {
        const StoredTensor* base = nullptr;
        const LoraDelta* delta = nullptr;
        const StoredTensor* replacement = nullptr;
        std::uint64_t begin = 0;
        std::once_flag once;
    };

    bool isComputed(std::size_t tensor) const;
    void compute(std::size_t tensor, std::span<std::byte> to) const;

    std::shared_ptr<const Checkpoint> base_;
    LoraAdapter adapter_;
    std::vector<TensorDescription> tensors_;
    std::unique_ptr<Origin[]> origins_;
    std::unique_ptr<ScratchMemory> scratch_;
};

}  // namespace mergarium
