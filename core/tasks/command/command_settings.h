#pragma once

#include "core/fields/field_visitor.h"
#include "core/tasks/task_outline.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// How long the evaluating program lives.
enum class EvaluatorLifetime { Kept, PerChild };

/// How a model is handed over: a folder of its own per child, or one file rewritten in place.
enum class Handover { Folder, InPlace };

/// The task `command`: any program scores the models, JSON lines over its stdin and stdout.
struct CommandSettings {
    static constexpr std::string_view kKind = "command";
    static constexpr std::string_view kSummary = "whatever a program of yours scores checkpoints on";

    /// The program and its arguments; started without a shell.
    std::vector<std::string> program;
    /// The folder that it is started in; in YAML the configuration's own, unless said.
    std::filesystem::path folder;
    /// The samples it is asked about, a JSON object per line; `group`, `question`, `reference` and `image` are shown to
    /// people.
    std::filesystem::path samples;
    /// Held-out samples; empty: none.
    std::filesystem::path testSamples;
    EvaluatorLifetime lifetime = EvaluatorLifetime::Kept;
    Handover handover = Handover::Folder;
    /// Seconds that one answer may take.
    double timeout = 600.0;
    /// Samples asked about at a time; 0: all.
    std::uint64_t batch = 0;
    /// Where materialised models lie; empty: beside the run database.
    std::filesystem::path scratch;
    bool operator==(const CommandSettings&) const = default;
};

std::string_view nameOf(EvaluatorLifetime lifetime);
std::string_view nameOf(Handover handover);

void visit(FieldVisitor& visitor, CommandSettings& settings);

TaskTraits traitsOf(const CommandSettings& settings);

}  // namespace mergarium
