#pragma once

#include "core/checkpoint/range_guard.h"
#include "core/merging/merge_plan.h"
#include "core/merging/tokens/token_rows.h"
#include "core/models/model_plan.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace mergarium {

struct MergeComputing {
    std::uint64_t seed = 0;
    std::size_t threads = 1;
    std::filesystem::path scratch;
    std::shared_ptr<const TokenRows> rows = nullptr;
};

/// Computes the tensors of a plan, stretch by stretch, as they are asked for: each is prepared when its first stretch
/// is, by the thread that asks and helpers of its own, and forgotten after its last. For any thread. Refers to plan,
/// models and guard.
class MergedTensors {
public:
    MergedTensors(const MergePlan& plan, std::span<const MergeModel> models, MergeComputing how, RangeGuard& range);

    std::vector<TensorDescription> descriptions() const;
    /// As TensorContents: every byte must be asked for once.
    void fill(std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) const;

private:
    struct Slot {
        std::mutex mutex;
        std::shared_ptr<const TensorMerge> merge;
        std::atomic<std::uint64_t> left = 0;
    };

    std::shared_ptr<const InputTensor> inputOf(const PlannedTensor& tensor, const PlannedTensor::Input& input) const;
    TensorInputs inputsOf(std::size_t tensor) const;
    std::shared_ptr<const TensorMerge> prepared(std::size_t tensor) const;
    void copy(std::size_t tensor, std::uint64_t begin, std::span<std::byte> out) const;
    void forget(std::size_t tensor) const;

    const MergePlan& plan_;
    std::span<const MergeModel> models_;
    MergeComputing how_;
    RangeGuard& range_;
    std::unique_ptr<Slot[]> slots_;
};

}  // namespace mergarium
