#include "core/genes/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

/// Costs are negative gains. Columns have prices: the reduced cost of a pair is its cost less the column's price, and
/// in an assignment of least cost every row has a column of least reduced cost.
class Assignment {
public:
    Assignment(std::span<const float> gains, std::size_t size)
        : gains_(gains), size_(size), prices_(size), columnOf_(size, kNobody), rowOf_(size, kNobody) {}

    std::vector<std::uint32_t> solve() {
        takeCheapest();
        for (std::uint32_t row = 0; row < size_; ++row)
            if (columnOf_[row] == kNobody) augment(row);
        return columnOf_;
    }

private:
    double cost(std::size_t row, std::size_t column) const { return -gains_[row * size_ + column]; }

    /// Every column is priced at its cheapest row's cost, which takes it unless it has one.
    void takeCheapest() {
        std::vector<std::uint32_t> cheapest(size_);
        for (std::uint32_t column = 0; column < size_; ++column) prices_[column] = cost(0, column);
        for (std::uint32_t row = 1; row < size_; ++row)
            for (std::uint32_t column = 0; column < size_; ++column)
                if (cost(row, column) < prices_[column]) {
                    prices_[column] = cost(row, column);
                    cheapest[column] = row;
                }
        for (std::uint32_t column = 0; column < size_; ++column)
            if (columnOf_[cheapest[column]] == kNobody) pair(cheapest[column], column);
    }

    void pair(std::uint32_t row, std::uint32_t column) {
        columnOf_[row] = column;
        rowOf_[column] = row;
    }

    /// Dijkstra's shortest path from a row without a column to a column without a row; rows along it pass their columns
    /// on.
    void augment(std::uint32_t first) {
        distances_.assign(size_, std::numeric_limits<double>::infinity());
        before_.assign(size_, first);
        left_.resize(size_);
        for (std::uint32_t column = 0; column < size_; ++column) left_[column] = column;
        std::vector<std::uint32_t> done;
        auto row = first;
        double reached = 0.0, own = 0.0;
        for (;;) {
            std::size_t nearest = 0;
            for (std::size_t i = 0; i < left_.size(); ++i) {
                const auto column = left_[i];
                const auto distance = reached + (cost(row, column) - prices_[column] - own);
                if (distance < distances_[column]) {
                    distances_[column] = distance;
                    before_[column] = row;
                }
                if (distances_[column] < distances_[left_[nearest]]) nearest = i;
            }
            const auto column = left_[nearest];
            left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(nearest));
            reached = distances_[column];
            if (rowOf_[column] == kNobody) {
                for (const auto one : done) prices_[one] += distances_[one] - reached;
                return passOn(column, first);
            }
            done.push_back(column);
            row = rowOf_[column];
            own = cost(row, column) - prices_[column];
        }
    }

    void passOn(std::uint32_t column, std::uint32_t first) {
        for (;;) {
            const auto row = before_[column];
            const auto next = columnOf_[row];
            pair(row, column);
            if (row == first) return;
            column = next;
        }
    }

    std::span<const float> gains_;
    std::size_t size_;
    std::vector<double> prices_, distances_;
    std::vector<std::uint32_t> columnOf_, rowOf_, before_, left_;
};

}  // namespace

std::vector<std::uint32_t> largestAssignment(std::span<const float> gains) {
    const auto size = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(gains.size()))));
    if (size * size != gains.size() || !std::ranges::all_of(gains, [](float one) { return std::isfinite(one); }))
        throw std::invalid_argument("Gains must be a square of finite numbers.");
    return size == 0 ? std::vector<std::uint32_t>() : Assignment(gains, size).solve();
}

}  // namespace mergarium
