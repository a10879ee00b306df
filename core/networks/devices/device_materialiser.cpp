#include "core/networks/devices/device_materialiser.h"

#include <ATen/ops/mul.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <span>
#include <vector>

namespace mergarium {
namespace {

/// What a founder contributes to a stretch.
struct Share {
    std::size_t founder = 0;
    float coefficient = 0.0F;
};

std::vector<Share> sharesOf(std::span<const double> coefficients) {
    std::vector<Share> shares;
    for (std::size_t founder = 0; founder < coefficients.size(); ++founder)
        if (coefficients[founder] != 0.0) shares.push_back({founder, static_cast<float>(coefficients[founder])});
    return shares;
}

torch::Tensor product(const torch::Tensor& numbers, float coefficient) {
    return at::mul(numbers.to(torch::kFloat32), coefficient);
}

/// Of one founder a coefficient for each index of a part's middle dimension.
torch::Tensor weightsOf(const Recipe& recipe, const Genes::Part& part, std::size_t founder, torch::Device device) {
    auto weights = torch::empty({static_cast<std::int64_t>(part.extent)}, torch::kFloat32);
    auto* const to = weights.data_ptr<float>();
    for (std::uint64_t index = 0; index < part.extent; ++index) {
        const auto span = std::ranges::upper_bound(recipe.ends, part.genes[index]) - recipe.ends.begin();
        to[index] = static_cast<float>(recipe.of(static_cast<std::size_t>(span))[founder]);
    }
    return weights.to(device);
}

}  // namespace

DeviceMaterialiser::DeviceMaterialiser(std::shared_ptr<const DeviceFounders> founders)
    : founders_(std::move(founders)), stream_(*founders_) {}

void DeviceMaterialiser::materialise(const Recipe& recipe, const torch::Tensor& flat) {
    const c10::InferenceMode inference;
    if (recipe.genes)
        materialiseGenes(recipe, flat);
    else
        materialiseSpans(recipe, flat);
}

std::uint64_t DeviceMaterialiser::shownFrom(std::span<const std::size_t> founders, std::uint64_t begin,
                                            std::uint64_t end) const {
    end = std::min(end, begin + FounderStream::kStretch);
    for (const auto founder : founders) {
        const auto& segment = founders_->founders().segmentAt(founder, begin);
        end = std::min(end, segment.begin + segment.count);
    }
    return end - begin;
}

void DeviceMaterialiser::materialiseGenes(const Recipe& recipe, const torch::Tensor& flat) {
    for (const auto& part : recipe.genes->parts()) {
        std::vector<std::size_t> founders;
        std::vector<torch::Tensor> weights;
        for (std::size_t founder = 0; founder < recipe.founders; ++founder) {
            auto own = weightsOf(recipe, part, founder, flat.device());
            if (!own.any().item<bool>()) continue;
            founders.push_back(founder);
            weights.push_back(std::move(own));
        }
        // -0 leaves the first product as it is; where there is none, the sum is 0.
        auto start = torch::zeros({static_cast<std::int64_t>(part.extent)}, flat.options().dtype(torch::kFloat32));
        for (const auto& own : weights) start.masked_fill_(own != 0, -0.0F);
        for (auto begin = part.begin; begin < part.begin + part.count();) {
            const auto count = shownFrom(founders, begin, part.begin + part.count());
            const auto offset = static_cast<std::int64_t>(begin - part.begin);
            const auto place = torch::arange(offset, offset + static_cast<std::int64_t>(count),
                                             torch::TensorOptions(torch::kLong).device(flat.device()))
                                   .floor_divide(static_cast<std::int64_t>(part.inner))
                                   .remainder(static_cast<std::int64_t>(part.extent));
            // What has no part in an element leaves its sum as it is.
            auto sum = start.index_select(0, place);
            for (std::size_t one = 0; one < founders.size(); ++one) {
                const auto weight = weights[one].index_select(0, place);
                const auto term = at::mul(stream_.show(founders[one], begin, count).to(torch::kFloat32), weight);
                sum = torch::where(weight != 0, sum + term, sum);
            }
            flat.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(count)).copy_(sum);
            stream_.next();
            begin += count;
        }
    }
}

void DeviceMaterialiser::materialiseSpans(const Recipe& recipe, const torch::Tensor& flat) {
    for (std::size_t span = 0; span < recipe.spans(); ++span) {
        const auto shares = sharesOf(recipe.of(span));
        std::vector<std::size_t> founders;
        for (const auto& share : shares) founders.push_back(share.founder);
        for (auto begin = recipe.begin(span); begin < recipe.ends[span];) {
            const auto count = shownFrom(founders, begin, recipe.ends[span]);
            auto out = flat.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(count));
            const auto shown = [&](const Share& share) { return stream_.show(share.founder, begin, count); };
            if (shares.empty()) {
                out.zero_();
            } else if (shares.size() == 1 && shares[0].coefficient == 1.0F) {
                out.copy_(shown(shares[0]));
            } else {
                // Not add(sum, x, coefficient), which leaves out the rounding of the product.
                auto sum = product(shown(shares[0]), shares[0].coefficient);
                for (const auto& share : std::span(shares).subspan(1))
                    sum.add_(product(shown(share), share.coefficient));
                out.copy_(sum);
            }
            stream_.next();
            begin += count;
        }
    }
}

}  // namespace mergarium
