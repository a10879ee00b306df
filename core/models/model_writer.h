#pragma once

#include "core/files/mapping.h"
#include "core/files/output_file.h"
#include "core/files/pending_folder.h"
#include "core/models/model_plan.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace mergarium {

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

/// Another program has truncated a model that was being written: one sentence with the file.
class ModelTruncated : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A model in one file whose tensors are written over in place, again and again: for evaluators that map the file. Lies
/// under its name from the start.
class RewritableModel {
public:
    /// Creates the plan's file in `folder` with zeros; `folder` must exist, and the plan be one file. Room on the disk
    /// is taken now: writing can't run out of it later. Throws std::runtime_error with one sentence.
    RewritableModel(const std::filesystem::path& folder, ModelPlan plan);
    RewritableModel(const RewritableModel&) = delete;
    RewritableModel& operator=(const RewritableModel&) = delete;

    const std::filesystem::path& path() const { return file_.path(); }
    /// Nobody may read meanwhile. Throws ModelTruncated; the object is of no use then.
    void rewrite(const TensorContents& contents, std::size_t threads = 0);

private:
    std::uint64_t size() const { return plan_.files.front().header.size() + plan_.files.front().dataSize; }

    ModelPlan plan_;
    OutputFile file_;
    std::optional<Mapping> mapping_;
};

}  // namespace mergarium
