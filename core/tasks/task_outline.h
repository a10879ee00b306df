#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// What people are told of a task before a run, found out without computing anything.
struct TaskOutline {
    struct Fact {
        std::string what;
        std::string text;
    };
    std::vector<Fact> facts;
    /// The first questions as models will see them; empty where there are none.
    std::vector<std::string> prompts;
    /// Of a task that brings its own founders.
    std::uint64_t parameters = 0;
    /// Training samples, of a task that brings its own founders or paints.
    std::size_t samples = 0;
};

/// What is known of a task by its settings alone.
struct TaskTraits {
    /// Where a model is while it is scored.
    enum class Models { InMemory, OnDisk } models = Models::InMemory;
    /// What a model answers to all training samples (Task::attempt) is found out in a moment, so nobody needs to keep
    /// it.
    bool answersAtOnce = false;
    /// A model paints a picture for every sample (Task::pictures), of which a thumbnail is kept.
    bool paints = false;
    /// Patterns of tensors that are taken over from the first founder unless the run's own rules say otherwise
    /// (FreezeRule::pattern). Each matches one at least.
    std::vector<std::string> kept = {};
    /// Bytes of memory that a parameter takes in a network on the CPU.
    std::size_t bytesPerParameter = 4;
    /// What a person would mend where no founder answers anything right: "the prompt (task.prompt)".
    std::string toMend = "what scores them";
    /// How they can be fewer: "task.weights: bfloat16"; empty: they can't.
    std::string fewerBytes = {};
};

/// Where lies what a task needs to read beside its own files.
struct TaskFolders {
    std::filesystem::path resources;
    /// The tokenizer and the chat templates of the first founder; empty: there is none.
    std::filesystem::path tokenizer = {};
};

}  // namespace mergarium
