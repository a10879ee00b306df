#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

// Tensors of Stable Diffusion 1.x, 2.x and XL under the names of the programs that they were trained with, which single
// files have, and under those of diffusers (COMPONENT.TENSOR): one table for both ways, checked against files that
// diffusers' own conversions wrote.

/// How a tensor of diffusers lies in the original one.
enum class OriginalForm : std::uint8_t {
    Same,
    /// A 1x1 convolution [outputs, inputs, 1, 1] there, a matrix here.
    Convolution,
    /// A third of it: q, k and v are one tensor there.
    Third,
    Transposed,
};

struct OriginalPart {
    /// Of diffusers, or the original name.
    std::string name;
    OriginalForm form = OriginalForm::Same;
    /// Which third, from 0.
    std::size_t third = 0;
    bool operator==(const OriginalPart&) const = default;
};

/// What the numbers in names depend on.
struct OriginalNumbering {
    /// Which text encoders there are, and where.
    enum class Texts : std::uint8_t { Clip, OpenClip, Xl, XlRefiner };
    Texts texts = Texts::Clip;
    /// Of the U-Net: residual blocks of a level on the way down; on the way up there is one more.
    std::int64_t blocks = 2;
    /// Levels of the U-Net's way up, from 0, where there is attention.
    std::set<std::int64_t> attendUp;
    std::int64_t vaeLevels = 4;
    /// Of Stable Diffusion 2.x: layers that its text encoder is stored with; diffusers leaves the last out, which
    /// nothing is made of. 0: of none.
    std::int64_t textLayers = 0;
    bool operator==(const OriginalNumbering&) const = default;
};

/// Of a single file's names; absent where it is no such model, by its U-Net.
std::optional<OriginalNumbering> originalNumbering(std::span<const std::string> originals);
/// Of names as diffusers calls them, with all of the model's components.
OriginalNumbering numberingOf(std::span<const std::string> names);

/// What an original tensor is called in diffusers: one name, or three. Empty: it is none of a component's.
std::vector<OriginalPart> diffusersNames(std::string_view original, const OriginalNumbering& numbering);
/// The original tensor that one of diffusers lies in, by its modern name (modernName); absent: it has none.
std::optional<OriginalPart> originalName(std::string_view name, const OriginalNumbering& numbering);

}  // namespace mergarium
