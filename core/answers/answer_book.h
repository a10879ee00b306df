#pragma once

#include "core/archive/member.h"
#include "core/run/snapshot.h"
#include "core/tasks/run_place.h"

#include <memory>

namespace mergarium {

/// What members of a run answer to its samples, where answers aren't kept because a model is asked again in a moment
/// (TaskOutline::answersAtOnce): alive or not, running or stored. Makes a task of its own when it is asked first. Use
/// from one thread, which it sets up to compute.
class AnswerBook {
public:
    AnswerBook(RunPlace place, std::shared_ptr<const RunDescription> run);
    ~AnswerBook();

    static bool isFor(const RunDescription& run);

    /// One text per training sample. A member whose parameters aren't at hand is bred again from those that the run
    /// stores. Throws std::runtime_error with one sentence: the task's data or device is missing, or the member can't
    /// be bred again.
    AnswersPtr answersOf(const Member& member);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mergarium
