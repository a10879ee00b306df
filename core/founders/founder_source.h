#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/founders/alignment.h"
#include "core/founders/founder_segment.h"
#include "core/founders/founder_settings.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

class PipelineFounder;

/// The tensors of one seed model, wherever they come from: a checkpoint, one whose weights are dequantised, or either
/// with adapters on it. For any thread.
class FounderSource {
public:
    virtual ~FounderSource() = default;

    /// Its name for people: the folder's or the file's.
    virtual std::string name() const = 0;
    /// Sorted by name.
    virtual std::span<const TensorDescription> tensors() const = 0;
    /// The element type in which a model made of this one stores tensors()[tensor].
    virtual DType outputType(std::size_t tensor) const { return tensors()[tensor].dtype; }
    /// The elements of tensors()[tensor], little-endian, aligned to nothing; they live as long as the source. Computed
    /// on first use where they are not on disk: may take seconds, and throw.
    virtual const std::byte* bytes(std::size_t tensor) const = 0;
    /// What bytes(tensor) is mapped from; null when the tensor is computed.
    virtual const MappedFile* file(std::size_t tensor) const = 0;
    /// Takes bytes [begin, end) of a tensor out of resident memory.
    virtual void dropBehind(std::size_t tensor, std::uint64_t begin, std::uint64_t end) const = 0;
    /// The checkpoint whose configuration the model has.
    virtual const Checkpoint& base() const = 0;
    /// Where its tokenizer lies; empty where it has no folder.
    virtual std::filesystem::path tokenizerFolder() const { return base().folder(); }
    /// Whether the head is the embedding.
    virtual bool tiedEmbeddings() const;
    /// Everything that the tensors' values depend on, but for
    virtual std::vector<std::shared_ptr<const MappedFile>> files() const = 0;
    /// how they are computed: weights of adapters, and versions of the ways to compute. Empty: they lie in the files.
    virtual std::string derivation() const { return {}; }

    /// Itself; or, where its tensors are called as another founder's (renamedFounder), the one with its own names: what
    /// its contents are known by.
    virtual const FounderSource& own() const { return *this; }
    /// What a tensor of own() is called here.
    virtual const std::string& nameOf(const std::string& tensor) const { return tensor; }
    /// The pipeline of diffusers that it is, or is made of; null: it is none.
    virtual const PipelineFounder* pipeline() const { return nullptr; }

    /// The place of a tensor in tensors(); absent when there is none of this name.
    std::optional<std::size_t> indexOf(std::string_view tensor) const;
};

using FounderSourcePtr = std::shared_ptr<const FounderSource>;

/// Opens a seed model. What adapters make of its base's tensors, and fp8 weights as the numbers that they stand for, is
/// kept in nameless files in `scratch`. Throws std::runtime_error with one sentence; a model whose weights are
/// quantised otherwise (quantisationOf) is refused, since its numbers can't be mixed.
FounderSourcePtr openFounder(const CheckpointFounder& founder, const std::filesystem::path& scratch);

/// Where its tokenizer lies (FounderSource::tokenizerFolder), without opening it; empty where it has no folder.
std::filesystem::path tokenizerFolderOf(const CheckpointFounder& founder);

/// The tensors of a checkpoint as they are stored, whatever they stand for.
FounderSourcePtr openAsStored(const std::filesystem::path& checkpoint);

/// Whether config.json, or the family's default, ties the head to the embedding.
bool tiesEmbeddings(const Checkpoint& checkpoint);

/// What alignment needs to know about a model, its tokenizer included.
FounderOutline describe(const FounderSource& founder);

/// Where the numbers of one founder lie, ascending, tiling [0, layout.extent()): its own tensors; founder 0's rows
/// where a vocabulary has no common row; and the frozen floating tensors, which are the same for all. `founders` in the
/// order that was aligned. Computes adapted tensors.
std::vector<FounderSegment> segmentsOf(const Alignment& alignment, std::span<const FounderSourcePtr> founders,
                                       std::size_t founder);

}  // namespace mergarium
