#pragma once

#include "core/evaluation/evaluator.h"
#include "core/evaluation/known_models.h"
#include "core/genome/genome.h"
#include "core/tasks/task.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// Whether scoring a model on a task costs so little that nothing is done to save it.
bool isCheap(const Task& task);

/// One model after the other: breeds it, loads it, and scores it batch by batch, no further than until it is lost
/// against its rivals. Of one thread.
class Lane {
public:
    /// All but the task must outlive it. `known` is only looked at; `tokens` is where it counts what its models have
    /// read and written.
    Lane(std::unique_ptr<Task> task, const Breeding& breeding, const KnownModels& known,
         std::atomic<std::uint64_t>& tokens);

    /// Absent when `abandon` is found set between two batches.
    std::optional<Evaluated> evaluate(const Candidate& candidate, const std::atomic<bool>& abandon);
    std::optional<double> test(const Genome& model, const std::atomic<bool>* abandon);

private:
    /// The rest of its batches. False when `abandon` was found set.
    bool score(const Candidate& candidate, Evaluated& evaluated, const std::atomic<bool>& abandon);
    /// Those that hold samples not yet scored.
    std::vector<std::size_t> batchOrder(const PartlyScored& part, const Archive* rivals) const;

    std::unique_ptr<Task> task_;
    const Breeding& breeding_;
    const KnownModels& known_;
    std::atomic<std::uint64_t>& tokens_;
    bool cheap_;
};

}  // namespace mergarium
