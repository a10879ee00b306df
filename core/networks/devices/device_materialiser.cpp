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

}  // namespace

DeviceMaterialiser::DeviceMaterialiser(std::shared_ptr<const DeviceFounders> founders)
    : founders_(std::move(founders)), stream_(*founders_) {}

void DeviceMaterialiser::materialise(const Recipe& recipe, const torch::Tensor& flat) {
    const c10::InferenceMode inference;
    const auto& founders = founders_->founders();
    for (std::size_t span = 0; span < recipe.spans(); ++span) {
        const auto shares = sharesOf(recipe.of(span));
        for (auto begin = recipe.begin(span); begin < recipe.ends[span];) {
            auto end = std::min(recipe.ends[span], begin + FounderStream::kStretch);
            for (const auto& share : shares) {
                const auto& segment = founders.segmentAt(share.founder, begin);
                end = std::min(end, segment.begin + segment.count);
            }
            const auto count = end - begin;
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
            begin = end;
        }
    }
}

}  // namespace mergarium
