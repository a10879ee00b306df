#pragma once

#include "core/checkpoint/range_guard.h"
#include "core/founders/founder_source.h"
#include "core/founders/founders.h"
#include "core/genome/recipe.h"
#include "core/models/model_plan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mergarium {

/// Whether models have the tensors that were left out of the merge.
enum class LeftOut {
    Missing,
    /// Those of the founder whose configuration they have.
    TakenOver
};

/// Whether the weights of projections are stored as F8_E4M3 times a scale.
enum class Fp8Scales {
    None,
    /// Tensors of two dimensions called *_proj.weight, each with *_proj.weight_scale beside it: their largest number
    /// over 448.
    PerTensor
};

/// The tensors that a checkpoint of a merged model consists of, and where their values come from: merged ones from its
/// recipe, frozen ones from the founder they are taken from. Immutable; any thread.
class RecipeTensors {
public:
    /// `sources` in the order of the founders. All floating tensors are stored as `dtype`; absent: each as the layout
    /// says. Tied tensors are stored under their second names too where founder `like` does.
    RecipeTensors(FoundersPtr founders, std::vector<FounderSourcePtr> sources,
                  std::optional<DType> dtype = std::nullopt, std::size_t like = 0, LeftOut leftOut = LeftOut::Missing,
                  Fp8Scales scales = Fp8Scales::None);

    /// In depth order.
    const std::vector<TensorDescription>& descriptions() const { return descriptions_; }
    /// The values that `recipe` gives them, in the order of descriptions(). All must outlive it. Founders' pages are
    /// dropped once read.
    TensorContents contents(const Recipe& recipe, RangeGuard& range) const;

private:
    /// Exactly one applies: merged; a stretch of one founder; bytes that lie in no network's buffer.
    struct Origin {
        /// In the network's buffer.
        std::uint64_t begin = 0;
        std::optional<std::size_t> founder;
        const std::byte* bytes = nullptr;
        /// Of the bytes.
        DType dtype = DType::F32;
        /// What they are mapped from.
        const MappedFile* file = nullptr;
        /// Whether it is stored times a scale; the scale's own tensor: index of the tensor that it belongs to.
        bool scaled = false;
        std::optional<std::size_t> scaleOf = std::nullopt;
    };
    /// What is computed once while a recipe's tensors are written.
    struct Writing;

    Origin originOf(std::size_t founder, std::size_t tensor) const;

    void fill(const Recipe& recipe, std::size_t tensor, std::uint64_t begin, std::span<std::byte> out,
              Writing& writing) const;
    /// The numbers of a tensor from `begin` on, before they are rounded to its element type.
    void read(const Recipe& recipe, std::size_t tensor, std::uint64_t begin, std::span<float> out) const;
    float scaleOf(const Recipe& recipe, std::size_t tensor, Writing& writing) const;

    FoundersPtr founders_;
    std::vector<FounderSourcePtr> sources_;
    std::vector<TensorDescription> descriptions_;
    std::vector<Origin> origins_;
    /// Each founder unchanged, frozen tensors included.
    std::vector<Recipe> unchanged_;
};

}  // namespace mergarium
