#pragma once

#include "core/files/pending_folder.h"
#include "core/models/model_plan.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace mergarium {

class OutputFile;

struct ModelWriting {
    /// 0: one per core.
    std::size_t threads = 0;
    /// In bytes; every byte counts twice, for writing and for reading back.
    Progress progress;
    /// Other work to be done by the end; called on this thread once the files have been read back, while another thread
    /// may still wait for the disk. May throw; may be empty.
    std::function<void()> meanwhile;
};

/// Writes the tensors' files into `folder`, taking values from `contents` chunk by chunk: nothing the size of a model
/// is held in memory. Checks for room on the disk first. Puts everything on the disk, reads the files back as whoever
/// opens the folder will, and compares contents. Returns their hash (contentHash). Throws std::runtime_error with one
/// sentence: the disk is full, or what is read back differs; Cancelled.
std::string writeModel(const ModelPlan& plan, const PendingFolder& folder, const TensorContents& contents,
                       const ModelWriting& how = {});

/// A model in one file whose tensors are written over in place, again and again: for evaluators that map the file. Lies
/// under its name from the start.
class RewritableModel {
public:
    /// Creates `folder`/model.safetensors with zeros; `folder` must exist, and the plan be one file. Room on the disk
    /// is taken now: writing can't run out of it later. Throws std::runtime_error with one sentence.
    RewritableModel(const std::filesystem::path& folder, ModelPlan plan);
    ~RewritableModel();
    RewritableModel(const RewritableModel&) = delete;
    RewritableModel& operator=(const RewritableModel&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Nobody may read meanwhile.
    void rewrite(const TensorContents& contents, std::size_t threads = 0);

private:
    std::filesystem::path path_;
    ModelPlan plan_;
    std::span<std::byte> mapping_;
};

}  // namespace mergarium
