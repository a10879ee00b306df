#pragma once

#include "core/kernels/fused_attention.h"
#include "core/kernels/fused_norm.h"
#include "core/kernels/fused_product.h"
#include "core/networks/decoder/decoder_weights.h"

#include <optional>
#include <utility>
#include <vector>

namespace mergarium {

/// A network's weights as the kernels want them: matrices where they lie, fp32 or bf16, and all vectors in fp32.
class FusedWeights {
public:
    struct Mlp {
        Matrix gate, up, down;
    };
    struct Layer {
        NormShape attentionNorm, attentionOutputNorm, mlpNorm, mlpOutputNorm;
        /// Queries of all heads, then keys, then values.
        std::vector<Matrix> projections;
        /// Of all heads together.
        NormShape queryNorm, keyNorm;
        AttentionShape attention;
        std::optional<std::size_t> rope;
        Matrix output;
        Mlp mlp;
        Matrix router;
        std::vector<Mlp> experts;
        Mlp sharedExpert;
        Matrix sharedGate;
    };

    /// `weights` are views into memory that outlives this.
    FusedWeights(const DecoderConfig& config, const DecoderWeights& weights);
    FusedWeights(FusedWeights&&) = default;

    /// Vectors as they are stored now. To be called before weights that may have changed are used.
    void refresh();

    Matrix embedding, positions, head;
    NormShape norm;
    std::vector<Layer> layers;

private:
    const float* vector(const torch::Tensor& stored);
    Matrix matrix(const Linear& linear);
    Mlp mlp(const MlpWeights& mlp);
    NormShape norms(const NormConfig& config, const NormWeights& weights);
    std::vector<NormShape> headNorms(const DecoderConfig& config, const std::vector<NormWeights>& weights,
                                     std::int64_t heads);
    std::vector<Matrix> projections(const DecoderConfig& config, const DecoderWeights::Layer& layer);

    /// What is stored in another type, and its copy in fp32.
    std::vector<std::pair<torch::Tensor, torch::Tensor>> copies_;
};

/// Row `row` of a matrix whose rows follow each other.
void readRow(const Matrix& matrix, std::size_t row, float* to);

}  // namespace mergarium
