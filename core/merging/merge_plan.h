#pragma once

#include "core/merging/merge_configuration.h"
#include "core/merging/merge_model.h"
#include "core/merging/methods/methods.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// Which rows of a vocabulary's tensor a model brings, by the output's tokens.
class TokenRows;

/// One tensor of the output, and what it is made of.
struct PlannedTensor {
    struct Input {
        /// Index into the models.
        std::size_t model = 0;
        /// Index into its tensors.
        std::size_t tensor = 0;
        bool isBase = false;
        ParameterValues parameters = {};
    };

    /// With the element type that is written.
    TensorDescription output;
    /// What is computed in; what the inputs are rounded to.
    DType arithmetic = DType::F32;
    /// It is its first input as that is stored: whole numbers, and what only passes through.
    bool isCopied = false;
    /// Its rows are a vocabulary that TokenRows lay out.
    bool isVocabulary = false;
    std::vector<Input> inputs;
    ParameterValues parameters = {};
};

/// A merge, tensor by tensor; depends on names, shapes and types alone.
struct MergePlan {
    const MergeMethod* method = nullptr;
    /// In depth order.
    std::vector<PlannedTensor> tensors;
    /// Of the output.
    std::uint64_t layers = 0;
    /// Where each of them comes from: a model, and its layer.
    std::vector<std::pair<std::size_t, std::uint64_t>> layerOrigins;
    /// The model whose configuration and other files the output has.
    std::size_t like = 0;
    /// What there is to know: models that were passed over, parameters that nothing uses.
    std::vector<std::string> notes;
};

/// `models`: those of configuration.models(), in the same order. `rows`: of the vocabulary, where it is laid out by
/// tokens. Throws std::runtime_error, one sentence: layers that a model doesn't have, a missing base or parameter, a
/// tensor that a model lacks, shapes that don't fit.
MergePlan planMerge(const MergeConfiguration& configuration, std::span<const MergeModel> models,
                    std::optional<std::uint64_t> rows = std::nullopt);

}  // namespace mergarium
