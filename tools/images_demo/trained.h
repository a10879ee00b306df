#pragma once

#include "core/checkpoint/layout.h"
#include "core/networks/diffusion/tensors_in.h"

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mergarium::images_demo {

/// The parameters of networks that are trained, in the order of a layout. Each tensor is a leaf of the graph: gradients
/// of views of one leaf would be as long as it each.
class Trained {
public:
    /// Weights are normal with a variance of 1 / inputs, norms 1, biases 0, embeddings small.
    Trained(Layout layout, std::uint64_t seed);

    const Layout& layout() const { return layout_; }
    /// Gives networks their tensors, called PREFIXname in the layout.
    class Leaves final : public TensorVisitor {
    public:
        Leaves(Trained& trained, std::string prefix) : trained_(trained), prefix_(std::move(prefix)) {}
        void tensor(const std::string& name, const std::vector<std::int64_t>& shape, torch::Tensor& view) override;

    private:
        Trained& trained_;
        std::string prefix_;
    };
    Leaves leaves(std::string prefix) { return {*this, std::move(prefix)}; }
    /// Sets a tensor to one number.
    void fill(const std::string& tensor, double number);
    /// Copies another's numbers, of the same layout.
    void become(const Trained& other);
    torch::Tensor copy() const { return flat_.clone(); }
    void become(const torch::Tensor& numbers);

    /// One step of Adam (Kingma and Ba 2015) down the gradient of `loss`, whose norm is cut to 1.
    void descend(const torch::Tensor& loss, double rate);
    /// Forgets moments.
    void startOver();

    /// Writes the tensors whose names begin with `prefix`, without it, in fp16.
    void save(const std::filesystem::path& file, const std::string& prefix) const;

private:
    Layout layout_;
    /// By name; they share `flat_`.
    std::map<std::string, torch::Tensor> leaves_;
    torch::Tensor flat_, first_, second_;
    std::int64_t steps_ = 0;
};

}  // namespace mergarium::images_demo
