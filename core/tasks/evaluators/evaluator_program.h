#pragma once

#include "core/subprocess/child_process.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// How an evaluator is started.
struct EvaluatorLaunch {
    /// It and its arguments; started without a shell.
    std::vector<std::string> program;
    /// The folder that it is started in.
    std::filesystem::path folder;
    /// Seconds that one answer may take.
    double timeout = 600.0;
    /// Anew for every model.
    bool perModel = false;
};

/// What an evaluator is asked.
struct EvaluationRequest {
    /// The folder that holds the model, or what it made.
    std::filesystem::path checkpoint;
    /// Tells one model from another, also where both lie in the same place.
    std::uint64_t model = 0;
    /// "train" or "test".
    std::string_view split = "train";
    /// One JSON object each.
    std::span<const std::string> samples;
};

/// Its answer.
struct EvaluatorReply {
    /// One per sample, in [0, 1].
    std::vector<float> scores;
    /// What people are shown, one per sample; empty where there is nothing.
    std::vector<std::string> texts;
};

/// The line of JSON that asks question number `id`, without a line end.
std::string requestLine(std::uint64_t id, const EvaluationRequest& request);
/// The answer to question `id` on `samples` samples. Throws ProcessFailure for what is no such answer.
EvaluatorReply readReply(std::string_view line, std::uint64_t id, std::size_t samples);

/// A program that scores models (docs/evaluators.md), started when it is needed, and anew after each failure. Used by
/// one thread.
class EvaluatorProgram {
public:
    /// `abandon`, which may be null, ends waiting when any thread sets it.
    EvaluatorProgram(EvaluatorLaunch launch, const std::atomic<bool>* abandon);
    ~EvaluatorProgram();

    /// Starts it unless it runs. Throws EvaluationFailure.
    void start();
    /// What is asked from now on is about another model.
    void nextModel();
    /// Throws EvaluationFailure: what went wrong, and the end of what the program wrote on stderr.
    EvaluatorReply ask(const EvaluationRequest& request);

private:
    /// Closes its stdin and waits briefly for it to exit.
    void finish();

    EvaluatorLaunch launch_;
    WaitLimits limits_;
    std::unique_ptr<ChildProcess> process_;
    std::uint64_t asked_ = 0;
    /// About the present model.
    bool wasAsked_ = false;
};

}  // namespace mergarium
