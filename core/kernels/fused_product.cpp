#include "core/kernels/fused_product.h"

#include "core/kernels/activations.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

namespace mergarium {
namespace {

/// Rows of a matrix that one thread takes at a time: whole tiles of 16, 8, 6 and 3 rows.
constexpr std::size_t kRowsPerUnit = 48;
/// Blocks of tokens that a few rows of a matrix are multiplied with while they are in the first cache.
constexpr std::size_t kBlocksPerGroup = 4;

/// What happens to a tile of sums: Store writes, Add adds to what is there.
enum class Into : std::uint8_t { Store, Add };

/// Inputs whose weights are converted together, few enough for those of a tile to stay in the first cache.
constexpr std::size_t kInputsPerStage = 256;

/// Whether tiles read a matrix as it lies in memory, row after row or column after column, or in fp32 from a stage.
enum class From : std::uint8_t { Rows, Columns, Stage };

template <std::size_t step>
using Step = std::integral_constant<std::size_t, step>;

/// `count` inputs from `first` on of the rows from `row` on of a matrix in bf16, to stage[row][input].
template <std::size_t Rows>
[[gnu::always_inline]] inline void fill(const Matrix& matrix, std::size_t row, std::size_t first, std::size_t count,
                                        float* stage) {
    const auto* halves = static_cast<const std::uint16_t*>(matrix.weight);
    if (matrix.columnStride > 0) {
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t r = 0; r < Rows; ++r)
                stage[r * kInputsPerStage + k] = widened(halves[(first + k) * matrix.columnStride + row + r]);
        return;
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        const std::size_t at = (row + r) * matrix.inputs + first;
        float* to = stage + r * kInputsPerStage;
        std::size_t k = 0;
        for (; k + kVectorWidth <= count; k += kVectorWidth) store(to + k, widened(halves + at + k));
        for (; k < count; ++k) to[k] = widened(halves[at + k]);
    }
}

/// sums[row][vector] for `Rows` rows of a matrix from `row` on and `Vectors` x 16 tokens.
template <class Register, std::size_t Vectors, std::size_t Rows, Into into, From from>
[[gnu::always_inline]] inline void tile(const Matrix& matrix, std::size_t row, const float* tokens, std::size_t width,
                                        float* outputs) {
    using Vector = typename Register::Vector;
    constexpr std::size_t kPieces = Vectors * kVectorWidth / kLanes<Register>;
    Vector sums[Rows][kPieces];
    for (auto& ofRow : sums)
        for (Vector& sum : ofRow) sum = Vector{};
    const auto add = [&](const float* weight, auto rowStep, auto inputStep, std::size_t first, std::size_t count)
        __attribute__((always_inline)) {
        for (std::size_t k = 0; k < count; ++k) {
            Vector token[kPieces];
            for (std::size_t v = 0; v < kPieces; ++v)
                token[v] = *reinterpret_cast<const Vector*>(tokens + (first + k) * width + v * kLanes<Register>);
            for (std::size_t r = 0; r < Rows; ++r) {
                const float one = weight[r * rowStep + k * inputStep];
                for (std::size_t v = 0; v < kPieces; ++v) sums[r][v] += one * token[v];
            }
        }
    };
    const auto* singles = static_cast<const float*>(matrix.weight);
    if constexpr (from == From::Rows) {
        add(singles + row * matrix.inputs, matrix.inputs, Step<1>(), 0, matrix.inputs);
    } else if constexpr (from == From::Columns) {
        add(singles + row, Step<1>(), matrix.columnStride, 0, matrix.inputs);
    } else {
        alignas(64) float stage[Rows * kInputsPerStage];
        for (std::size_t first = 0; first < matrix.inputs; first += kInputsPerStage) {
            const std::size_t count = std::min(kInputsPerStage, matrix.inputs - first);
            fill<Rows>(matrix, row, first, count, stage);
            add(stage, Step<kInputsPerStage>(), Step<1>(), first, count);
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        const float shift = matrix.bias ? matrix.bias[row + r] : 0.0F;
        for (std::size_t v = 0; v < kPieces; ++v) {
            auto& to = *reinterpret_cast<Vector*>(outputs + r * width + v * kLanes<Register>);
            if constexpr (into == Into::Add)
                to = to + (sums[r][v] + shift);
            else
                to = sums[r][v] + shift;
        }
    }
}

/// Rows [begin, end) of a matrix and a stripe of `Vectors` x 16 tokens; `outputs` is where row `begin` goes.
template <class Tiles, std::size_t Vectors, Into into, From from>
[[gnu::always_inline]] inline void stripe(const Matrix& matrix, std::size_t begin, std::size_t end, const float* tokens,
                                          std::size_t width, float* outputs) {
    using Register = typename Tiles::Register;
    constexpr std::size_t kRows = Tiles::rowsOf(Vectors);
    std::size_t row = begin;
    for (; row + kRows <= end; row += kRows)
        tile<Register, Vectors, kRows, into, from>(matrix, row, tokens, width, outputs + (row - begin) * width);
    for (; row < end; ++row)
        tile<Register, Vectors, 1, into, from>(matrix, row, tokens, width, outputs + (row - begin) * width);
}

template <class Tiles, Into into, From from>
[[gnu::always_inline]] inline void rowsOfBlockFrom(const Matrix& matrix, std::size_t begin, std::size_t end,
                                                   const float* tokens, std::size_t width, float* outputs) {
    if (Tiles::vectors == 3 && width == 3 * kVectorWidth)
        return stripe<Tiles, 3, into, from>(matrix, begin, end, tokens, width, outputs);
    if (Tiles::vectors >= 2 && width == 2 * kVectorWidth)
        return stripe<Tiles, 2, into, from>(matrix, begin, end, tokens, width, outputs);
    for (std::size_t column = 0; column < width; column += kVectorWidth)
        stripe<Tiles, 1, into, from>(matrix, begin, end, tokens + column, width, outputs + column);
}

/// Rows [begin, end) of a matrix and one block of tokens.
template <class Tiles, Into into>
[[gnu::always_inline]] inline void rowsOfBlock(const Matrix& matrix, std::size_t begin, std::size_t end,
                                               const float* tokens, std::size_t width, float* outputs) {
    if (matrix.element == Matrix::Element::BF16)
        rowsOfBlockFrom<Tiles, into, From::Stage>(matrix, begin, end, tokens, width, outputs);
    else if (matrix.columnStride > 0)
        rowsOfBlockFrom<Tiles, into, From::Columns>(matrix, begin, end, tokens, width, outputs);
    else
        rowsOfBlockFrom<Tiles, into, From::Rows>(matrix, begin, end, tokens, width, outputs);
}

/// Calls visit(row, rows, block) so that a few rows meet a group of blocks before the next rows come.
template <class Visit>
[[gnu::always_inline]] inline void forTiles(std::size_t from, std::size_t to, std::size_t rowsAtATime,
                                            std::size_t blocks, const Visit& visit) {
    for (std::size_t group = 0; group < blocks; group += kBlocksPerGroup)
        for (std::size_t row = from; row < to; row += rowsAtATime)
            for (std::size_t block = group; block < std::min(blocks, group + kBlocksPerGroup); ++block)
                visit(row, std::min(rowsAtATime, to - row), block);
}

template <Into into>
struct Multiply {
    const Matrix& matrix;
    const TokenBlocks& inputs;
    TokenBlocks& outputs;
    std::size_t feature;
    std::size_t from, to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        forTiles(
            from, to, Tiles::rowsOf(inputs.blocks() > 1 ? 3 : 1),
            inputs.blocks(), [&](std::size_t row, std::size_t rows, std::size_t block) __attribute__((always_inline)) {
                const std::size_t width = inputs.width(block);
                rowsOfBlock<Tiles, into>(matrix, row, row + rows, inputs.block(block), width,
                                         outputs.block(block) + (feature + row) * width);
            });
    }
};

struct MultiplyGated {
    const Matrix &gate, &up;
    Activation activation;
    const TokenBlocks& inputs;
    TokenBlocks& outputs;
    std::size_t from, to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        constexpr std::size_t kRows = 16;
        alignas(64) float lifted[kRows * TokenBlocks::kWidth];
        forTiles(
            from, to, Tiles::rowsOf(inputs.blocks() > 1 ? 3 : 1),
            inputs.blocks(), [&](std::size_t row, std::size_t rows, std::size_t block) __attribute__((always_inline)) {
                const std::size_t width = inputs.width(block);
                float* gated = outputs.block(block) + row * width;
                rowsOfBlock<Tiles, Into::Store>(gate ? gate : up, row, row + rows, inputs.block(block), width, gated);
                if (gate) rowsOfBlock<Tiles, Into::Store>(up, row, row + rows, inputs.block(block), width, lifted);
                for (std::size_t i = 0; i < rows * width; i += kVectorWidth) {
                    const Vector16 x = activated(activation, load(gated + i));
                    store(gated + i, gate ? x * load(lifted + i) : x);
                }
            });
    }
};

/// `count` numbers, whole vectors of them.
[[gnu::always_inline]] inline void capAll(float cap, float* numbers, std::size_t count) {
    if (cap == 0.0F) return;
    for (std::size_t i = 0; i < count; i += kVectorWidth) store(numbers + i, softCapped(cap, load(numbers + i)));
}

struct MultiplyToRows {
    const Matrix& matrix;
    const TokenBlocks& inputs;
    float cap;
    float* outputs;
    std::size_t from, to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        constexpr std::size_t kRows = 16;
        alignas(64) float sums[kRows * TokenBlocks::kWidth];
        forTiles(
            from, to, Tiles::rowsOf(1),
            inputs.blocks(), [&](std::size_t row, std::size_t rows, std::size_t block) __attribute__((always_inline)) {
                const std::size_t width = inputs.width(block);
                rowsOfBlock<Tiles, Into::Store>(matrix, row, row + rows, inputs.block(block), width, sums);
                capAll(cap, sums, rows * width);
                const std::size_t first = block * TokenBlocks::kWidth;
                for (std::size_t token = first; token < std::min(inputs.tokens(), first + width); ++token)
                    for (std::size_t i = 0; i < rows; ++i)
                        outputs[token * matrix.outputs + row + i] = sums[i * width + token - first];
            });
    }
};

/// Of some rows: per token the largest sum, and the sum of e^(sum - largest).
struct MultiplyExp {
    const Matrix& matrix;
    const TokenBlocks& inputs;
    float cap;
    std::span<const std::int32_t> chosen;
    std::size_t from, to;
    /// One row of each, as wide as all columns.
    float *largestOf, *sumOf;
    std::span<float> chosenOutputs;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        alignas(64) float sums[kRowsPerUnit * TokenBlocks::kWidth];
        for (std::size_t block = 0; block < inputs.blocks(); ++block) {
            const std::size_t width = inputs.width(block);
            const std::size_t first = block * TokenBlocks::kWidth;
            rowsOfBlock<Tiles, Into::Store>(matrix, from, to, inputs.block(block), width, sums);
            capAll(cap, sums, (to - from) * width);
            for (std::size_t column = 0; column < width; column += kVectorWidth) {
                Vector16 most = load(sums + column);
                for (std::size_t row = 1; row < to - from; ++row)
                    most = largest(most, load(sums + row * width + column));
                Vector16 sum{};
                for (std::size_t row = 0; row < to - from; ++row)
                    sum += exponential(load(sums + row * width + column) - most);
                store(largestOf + first + column, most);
                store(sumOf + first + column, sum);
            }
            for (std::size_t token = first; token < std::min(inputs.tokens(), first + width); ++token) {
                const auto row = static_cast<std::size_t>(chosen[token]);
                if (row >= from && row < to) chosenOutputs[token] = sums[(row - from) * width + token - first];
            }
        }
    }
};

/// Calls body(from, to) for ranges of rows on all threads.
template <class Body>
void forRows(std::size_t rows, const Body& body) {
    const auto units = static_cast<std::int64_t>((rows + kRowsPerUnit - 1) / kRowsPerUnit);
    at::parallel_for(0, units, 1, [&](std::int64_t first, std::int64_t last) {
        body(static_cast<std::size_t>(first) * kRowsPerUnit,
             std::min(rows, static_cast<std::size_t>(last) * kRowsPerUnit));
    });
}

}  // namespace

void multiply(std::span<const Matrix> matrices, const TokenBlocks& inputs, TokenBlocks& outputs) {
    std::size_t rows = 0;
    for (const auto& matrix : matrices) rows += matrix.outputs;
    forRows(rows, [&](std::size_t from, std::size_t to) {
        std::size_t feature = 0;
        for (const auto& matrix : matrices) {
            const std::size_t end = feature + matrix.outputs;
            if (from < end && to > feature)
                runVectorised(Multiply<Into::Store>{.matrix = matrix,
                                                    .inputs = inputs,
                                                    .outputs = outputs,
                                                    .feature = feature,
                                                    .from = std::max(from, feature) - feature,
                                                    .to = std::min(to, end) - feature});
            feature = end;
        }
    });
}

void multiplyAdd(const Matrix& matrix, const TokenBlocks& inputs, TokenBlocks& outputs) {
    forRows(matrix.outputs, [&](std::size_t from, std::size_t to) {
        runVectorised(Multiply<Into::Add>{
            .matrix = matrix, .inputs = inputs, .outputs = outputs, .feature = 0, .from = from, .to = to});
    });
}

void multiplyGated(const Matrix& gate, const Matrix& up, Activation activation, const TokenBlocks& inputs,
                   TokenBlocks& outputs) {
    forRows(up.outputs, [&](std::size_t from, std::size_t to) {
        runVectorised(MultiplyGated{.gate = gate,
                                    .up = up,
                                    .activation = activation,
                                    .inputs = inputs,
                                    .outputs = outputs,
                                    .from = from,
                                    .to = to});
    });
}

void multiplyToRows(const Matrix& matrix, const TokenBlocks& inputs, float* outputs, float cap) {
    forRows(matrix.outputs, [&](std::size_t from, std::size_t to) {
        runVectorised(
            MultiplyToRows{.matrix = matrix, .inputs = inputs, .cap = cap, .outputs = outputs, .from = from, .to = to});
    });
}

void multiplyLogSumExp(const Matrix& matrix, const TokenBlocks& inputs, std::span<const std::int32_t> chosen,
                       std::span<float> logSums, std::span<float> chosenOutputs, float cap) {
    const std::size_t units = (matrix.outputs + kRowsPerUnit - 1) / kRowsPerUnit;
    const std::size_t columns = inputs.blocks() * TokenBlocks::kWidth;
    std::vector<float> largestOf(units * columns), sumOf(units * columns);
    at::parallel_for(0, static_cast<std::int64_t>(units), 1, [&](std::int64_t first, std::int64_t last) {
        for (auto unit = static_cast<std::size_t>(first); unit < static_cast<std::size_t>(last); ++unit)
            runVectorised(MultiplyExp{.matrix = matrix,
                                      .inputs = inputs,
                                      .cap = cap,
                                      .chosen = chosen,
                                      .from = unit * kRowsPerUnit,
                                      .to = std::min(matrix.outputs, (unit + 1) * kRowsPerUnit),
                                      .largestOf = largestOf.data() + unit * columns,
                                      .sumOf = sumOf.data() + unit * columns,
                                      .chosenOutputs = chosenOutputs});
    });
    for (std::size_t token = 0; token < inputs.tokens(); ++token) {
        float most = -std::numeric_limits<float>::infinity();
        for (std::size_t unit = 0; unit < units; ++unit) most = std::max(most, largestOf[unit * columns + token]);
        double sum = 0.0;
        for (std::size_t unit = 0; unit < units; ++unit)
            sum += static_cast<double>(sumOf[unit * columns + token]) *
                   std::exp(static_cast<double>(largestOf[unit * columns + token] - most));
        logSums[token] = most + static_cast<float>(std::log(sum));
    }
}

}  // namespace mergarium
