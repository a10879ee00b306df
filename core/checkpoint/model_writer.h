#pragma once

#include "core/checkpoint/model_plan.h"
#include "core/checkpoint/pending_folder.h"
#include "core/progress/progress.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace mergarium {

class OutputFile;

struct ModelWriting {
    /// 0: one per core.
    std::size_t threads = 0;
    /// Put everything on the disk, and compare what is read back from the files with what was written. Off for models
    /// that live as long as a scoring.
    bool careful = true;
    /// In bytes; careful writing passes over them twice.
    Progress progress;
    /// Called on this thread once the files can be read back, while another waits for the disk: what else has to be done
    /// by then. May throw; may be empty.
    std::function<void()> meanwhile;
};

/// Writes the tensors' files into `folder`, with what `contents` gives, chunk by chunk: nothing the size of a model is
/// held in memory. Room on the disk is looked for first. Throws std::runtime_error with one sentence: the disk is full,
/// or what is read back differs; Cancelled.
void writeModel(const ModelPlan& plan, const PendingFolder& folder, const TensorContents& contents,
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
