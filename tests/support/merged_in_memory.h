#pragma once

#include "core/merging/merge_configuration.h"
#include "core/merging/merge_plan.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mergarium::test {

/// A merge by a configuration that is written nowhere.
class MergedInMemory {
public:
    struct Tensor {
        TensorDescription description;
        std::vector<std::byte> bytes;
        /// As fp32.
        std::vector<float> values() const;
    };

    MergedInMemory(MergeConfiguration configuration, std::vector<std::filesystem::path> models, std::uint64_t seed = 0,
                   std::size_t threads = 1);

    /// Null where there is none of this name.
    const Tensor* find(const std::string& name) const;
    /// config.json.
    const std::string& configuration() const { return configuration_; }
    const std::vector<std::string>& notes() const { return notes_; }

private:
    std::map<std::string, Tensor> tensors_;
    std::string configuration_;
    std::vector<std::string> notes_;
};

}  // namespace mergarium::test
