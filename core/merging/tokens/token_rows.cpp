#include "core/merging/tokens/token_rows.h"

#include <algorithm>
#include <map>

namespace mergarium {
namespace {

class LaidOutTensor final : public InputTensor {
public:
    LaidOutTensor(std::shared_ptr<const TokenRows> rows, std::size_t model,
                  std::vector<std::shared_ptr<const InputTensor>> tables, std::uint64_t width)
        : rows_(std::move(rows)), model_(model), tables_(std::move(tables)), width_(width) {
        // Once, in double precision.
        const auto& all = rows_->rows[model_];
        for (const auto& row : all)
            if (row.kind == TokenRows::Row::Kind::Mean && !means_.contains(row.row))
                means_[row.row] = meanOf(rows_->means[row.row]);
        if (std::ranges::find(all, TokenRows::Row::Kind::Padding, &TokenRows::Row::kind) != all.end()) pad();
    }

    void read(std::uint64_t begin, std::span<float> out) const override {
        const auto& rows = rows_->rows[model_];
        while (!out.empty()) {
            const auto row = begin / width_, within = begin % width_;
            // Rows that follow each other in the model are read at once.
            auto count = std::min<std::uint64_t>(out.size(), width_ - within);
            const auto& from = rows[row];
            if (from.kind == TokenRows::Row::Kind::OfModel) {
                for (auto next = row + 1; next < rows.size() && count < out.size(); ++next) {
                    const auto& other = rows[next];
                    if (other.kind != from.kind || other.model != from.model || other.row != from.row + (next - row))
                        break;
                    count = std::min<std::uint64_t>(out.size(), count + width_);
                }
                tables_[from.model]->read(from.row * width_ + within, out.first(count));
            } else if (from.kind == TokenRows::Row::Kind::Mean) {
                const auto& mean = means_.at(from.row);
                std::copy_n(mean.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
            } else if (from.kind == TokenRows::Row::Kind::Padding) {
                std::copy_n(padding_.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
            } else {
                std::ranges::fill(out.first(count), 0.0f);
            }
            begin += count;
            out = out.subspan(count);
        }
    }

private:
    std::vector<float> meanOf(const TokenRows::Mean& mean) const {
        std::vector<double> sums(width_);
        std::vector<float> row(width_);
        for (const auto& [model, place] : mean) {
            tables_[model]->read(place * width_, row);
            for (std::size_t i = 0; i < width_; ++i) sums[i] += static_cast<double>(row[i]);
        }
        for (std::size_t i = 0; i < width_; ++i)
            row[i] = static_cast<float>(sums[i] / static_cast<double>(std::max<std::size_t>(1, mean.size())));
        return row;
    }

    void pad() {
        std::vector<double> sums(width_);
        std::vector<float> row(width_);
        std::size_t count = 0;
        for (std::uint64_t i = 0; i < rows_->rows[model_].size(); ++i) {
            if (rows_->rows[model_][i].kind == TokenRows::Row::Kind::Padding) continue;
            read(i * width_, row);
            for (std::size_t j = 0; j < width_; ++j) sums[j] += static_cast<double>(row[j]);
            ++count;
        }
        padding_.resize(width_);
        for (std::size_t j = 0; j < width_ && count > 0; ++j)
            padding_[j] = static_cast<float>(sums[j] / static_cast<double>(count));
    }

    std::shared_ptr<const TokenRows> rows_;
    std::size_t model_;
    std::vector<std::shared_ptr<const InputTensor>> tables_;
    std::uint64_t width_;
    std::map<std::uint64_t, std::vector<float>> means_;
    std::vector<float> padding_;
};

}  // namespace

std::shared_ptr<const InputTensor> laidOut(std::shared_ptr<const TokenRows> rows, std::size_t model,
                                           std::vector<std::shared_ptr<const InputTensor>> tables,
                                           std::uint64_t width) {
    return std::make_shared<LaidOutTensor>(std::move(rows), model, std::move(tables), width);
}

}  // namespace mergarium
