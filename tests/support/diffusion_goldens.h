#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/layout.h"

#include <torch/types.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mergarium::test {

/// Tiny text-to-image pipelines and what diffusers makes of them: those kept here, and all there are where the checkout
/// lies beside them.
std::vector<std::filesystem::path> goldenDiffusion();

/// A stored tensor as fp32 or, of integers, as they are.
torch::Tensor storedTensor(const Checkpoint& checkpoint, const std::string& name);

/// What diffusers computed in one run, and how far its single precision lay from double.
class DiffusionGolden {
public:
    /// `file` of a pipeline's folder beside its meta.json: "run_noneg".
    DiffusionGolden(const std::filesystem::path& folder, const std::string& file);

    bool has(const std::string& name) const { return tensors_->find(name) != nullptr; }
    torch::Tensor operator[](const std::string& name) const { return storedTensor(*tensors_, name); }
    /// Names that begin so.
    std::vector<std::string> names(const std::string& beginning) const;
    /// Empty where `value` lies within what is tolerated; else what is wrong.
    std::string wrong(const std::string& name, const torch::Tensor& value) const;

private:
    std::shared_ptr<const Checkpoint> tensors_;
    nlohmann::json bars_;
};

/// Every run there is: the pipeline's folder and the run's name.
std::vector<std::pair<std::filesystem::path, std::string>> goldenRuns();

/// A component's tensors in a flat fp32 buffer, in the order of their names.
struct LoadedTensors {
    Layout layout;
    torch::Tensor flat;
};
LoadedTensors loadedTensors(const std::filesystem::path& file, const std::string& prefix = {});

/// Random weights for a layout, of a size that keeps a signal's: norms near one, products by their number of inputs.
torch::Tensor randomWeights(const Layout& layout, std::uint64_t seed);

/// Standard normals.
torch::Tensor normals(const std::vector<std::int64_t>& shape, std::uint64_t seed);

}  // namespace mergarium::test
