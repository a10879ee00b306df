#pragma once

#include "core/checkpoint/layout.h"

#include <torch/types.h>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// The weight of a product, a convolution or a norm, and its bias; undefined where it has none.
struct Affine {
    torch::Tensor weight, bias;
};

/// What a network's one list of its tensors is told to: once for each, in depth order.
class TensorVisitor {
public:
    virtual ~TensorVisitor() = default;
    virtual void tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) = 0;

    // Of several tensors: `name`.weight and `name`.bias.
    /// [outputs, inputs]
    void linear(const std::string& name, std::int64_t outputs, std::int64_t inputs, Affine& to, bool bias = true);
    /// [outputs, inputs, side, side]
    void convolution(const std::string& name, std::int64_t outputs, std::int64_t inputs, std::int64_t side, Affine& to,
                     bool bias = true);
    /// [width]
    void norm(const std::string& name, std::int64_t width, Affine& to);
};

/// Lists them: the layout of a network of these names.
class LayoutOf final : public TensorVisitor {
public:
    /// `prefix` stands before every name: "unet.".
    explicit LayoutOf(std::string prefix) : prefix_(std::move(prefix)) {}
    void tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) override;

    Layout layout;

private:
    std::string prefix_;
};

/// Another spelling of tensors' names: `modern`, where it first stands in one, is `other`.
struct Spelling {
    std::string_view modern, other;
};

/// How a network's tensors are called in a layout.
struct TensorNames {
    /// Before every name: "unet.", or empty where one component's folder is opened alone. Tensors without it are
    /// another network's.
    std::string prefix;
    /// Looked for where the modern name is missing.
    std::span<const Spelling> spellings = {};
    /// Names that may be there and that no network needs: whole ones, behind the prefix.
    std::span<const std::string_view> idle = {};
};

/// Makes them views into a flat buffer that holds the tensors of a layout, merged and frozen. Finds out what is wrong:
/// call `finish` behind the last.
class TensorsIn final : public TensorVisitor {
public:
    /// An undefined `flat`: only checks; views stay as they are. `layout` has to stay.
    TensorsIn(torch::Tensor flat, const Layout& layout, TensorNames names);

    /// A matrix [n, m] may be stored as a 1x1 convolution [n, m, 1, 1], and the other way round.
    void tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) override;

    /// Throws std::runtime_error naming `source` and the first tensor that is missing, has another shape, holds
    /// integers, or that nobody asked for, and how many more there are. Integers that nobody asked for are left alone.
    void finish(std::string_view source) const;

private:
    const Layout::Tensor* find(const std::string& name) const;
    std::vector<std::string> unknown() const;

    torch::Tensor flat_;
    TensorNames names_;
    /// By name, without the prefix; sorted.
    std::vector<std::pair<std::string, const Layout::Tensor*>> stored_;
    std::set<const Layout::Tensor*> used_;
    std::vector<std::string> faults_;
};

/// Has them as fp32, so that views into a half-precision buffer become copies.
class InSingle final : public TensorVisitor {
public:
    void tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) override;
};

}  // namespace mergarium
