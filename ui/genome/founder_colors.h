#pragma once

#include <QColor>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// Which colour a mixture of founders has, the same in light and dark. Two founders: a diverging scale from blue over
/// grey to vermilion. More: Okabe and Ito's colours, blended in linear light. All are told apart with every kind of
/// colour vision.
class FounderColors {
public:
    explicit FounderColors(std::size_t founders);

    QColor of(std::size_t founder) const { return colors_[founder % colors_.size()]; }
    /// One contribution per founder, in [0, 1]; transparent by what they lack to 1.
    QRgb mixture(std::span<const float> contributions) const;

private:
    static constexpr std::size_t kShades = 512;

    std::vector<QColor> colors_;
    /// The founders' colours in linear light.
    std::vector<std::array<float, 3>> linear_;
    /// From the first of two founders to the second.
    std::vector<QRgb> diverging_;
};

}  // namespace mergarium
