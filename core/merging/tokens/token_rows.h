#pragma once

#include "core/merging/methods/method.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mergarium {

/// Where each row of a model's vocabulary comes from, once vocabularies are laid out by tokens.
class TokenRows {
public:
    struct Row {
        /// Padding: the mean of the model's rows that aren't padding.
        enum class Kind { Zero, OfModel, Mean, Padding };
        Kind kind = Kind::Zero;
        /// OfModel: the row's place there. Mean: into `means`.
        std::size_t model = 0;
        std::uint64_t row = 0;
    };
    /// The mean of these rows.
    using Mean = std::vector<std::pair<std::size_t, std::uint64_t>>;

    /// By row of the output, one list for each model.
    std::vector<std::vector<Row>> rows;
    std::vector<Mean> means;
};

/// A model's vocabulary with its rows as `rows` lays them out. `tables`: of each model, with its own rows; `width`:
/// elements of a row. Takes memory for the means alone.
std::shared_ptr<const InputTensor> laidOut(std::shared_ptr<const TokenRows> rows, std::size_t model,
                                           std::vector<std::shared_ptr<const InputTensor>> tables, std::uint64_t width);

}  // namespace mergarium
