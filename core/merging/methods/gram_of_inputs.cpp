#include "core/merging/methods/gram_of_inputs.h"

#include "core/merging/methods/stretches.h"

#include <cmath>

namespace mergarium {
namespace {

void addProducts(const StretchReader& reader, std::uint64_t begin, std::uint64_t end, InnerProducts& products) {
    for (std::size_t i = 0; i < products.size; ++i)
        for (std::size_t j = i; j < products.size; ++j)
            products.values[i * products.size + j] +=
                innerProductOf(reader.of(i).subspan(begin, end - begin), reader.of(j).subspan(begin, end - begin));
}

void mirror(InnerProducts& products) {
    for (std::size_t i = 0; i < products.size; ++i)
        for (std::size_t j = 0; j < i; ++j)
            products.values[i * products.size + j] = products.values[j * products.size + i];
}

InnerProducts none(std::size_t size) { return {.size = size, .values = std::vector<double>(size * size)}; }

}  // namespace

double InnerProducts::normOf(std::size_t i) const { return std::sqrt(of(i, i)); }

double InnerProducts::between(std::span<const double> a, std::span<const double> b) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) sum += a[i] * b[j] * of(i, j);
    return sum;
}

double InnerProducts::normOf(std::span<const double> coefficients) const {
    return std::sqrt(std::max(0.0, between(coefficients, coefficients)));
}

InnerProducts innerProducts(const TensorInputs& inputs, std::span<const TensorInputs::Model* const> models,
                            const TensorInputs::Model* base) {
    const auto parts = overPieces(inputs.count, inputs.threads, none(models.size()),
                                  [&](InnerProducts& part, std::uint64_t begin, std::uint64_t end) {
                                      StretchReader reader(models, base);
                                      eachStretch(begin, end, [&](std::uint64_t from, std::uint64_t to) {
                                          reader.show(from, to);
                                          addProducts(reader, 0, to - from, part);
                                      });
                                  });
    auto sum = none(models.size());
    for (const auto& part : parts)
        for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += part.values[i];
    mirror(sum);
    return sum;
}

void innerProductsOfRows(const TensorInputs& inputs, std::span<const TensorInputs::Model* const> models,
                         const TensorInputs::Model* base,
                         const std::function<void(std::uint64_t row, const InnerProducts&)>& use) {
    const auto length = inputs.rowLength(), rows = inputs.count / length;
    // Rows that are taken together fill a piece.
    const auto together = std::max<std::uint64_t>(1, kPass / length);
    forEachPiece(static_cast<std::size_t>((rows + together - 1) / together), inputs.threads, [&](std::size_t piece) {
        StretchReader reader(models, base);
        auto products = none(models.size());
        const auto first = piece * together, last = std::min(rows, first + together);
        auto row = first;
        std::ranges::fill(products.values, 0.0);
        eachStretch(first * length, last * length, [&](std::uint64_t from, std::uint64_t to) {
            reader.show(from, to);
            for (auto at = from; at < to;) {
                const auto end = std::min(to, (row + 1) * length);
                addProducts(reader, at - from, end - from, products);
                at = end;
                if (at < (row + 1) * length) break;
                mirror(products);
                use(row++, products);
                std::ranges::fill(products.values, 0.0);
            }
        });
    });
}

}  // namespace mergarium
