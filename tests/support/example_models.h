#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/export/merge_models.h"
#include "core/founders/founder_source.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::test {

/// Normally distributed, a function of `seed`.
std::vector<float> numbers(std::size_t count, unsigned seed);
std::string textOf(const std::filesystem::path& path);
/// Contents by name.
std::map<std::string, std::string> filesIn(const std::filesystem::path& folder);
/// Of a tensor, as fp32; empty when there is none of this name.
std::vector<float> valuesOf(const Checkpoint& model, std::string_view name);
std::vector<float> valuesOf(const FounderSource& model, std::string_view name);

/// Two small model folders, "a" and "b", in a temporary folder, and what merging them needs.
class ExampleModels {
public:
    /// Begins anew.
    void writeBoth();
    /// A model as people have them: embedding, two layers, tied head, a buffer of whole numbers.
    std::filesystem::path writeModel(const char* name, unsigned seed, DType dtype = DType::BF16, int wide = 1);
    /// A quarter of b, three quarters of a, into `out`.
    MergeRequest request(const char* out) const;
    std::filesystem::path cache() const { return folder_ / "cache"; }
    /// Folders that are not under their final names.
    std::vector<std::string> unfinished() const;

protected:
    std::filesystem::path folder_;

private:
    std::unique_ptr<QTemporaryDir> temporary_;
};

}  // namespace mergarium::test
