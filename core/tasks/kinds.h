#pragma once

#include "core/tasks/causal_lm/causal_lm_kind.h"
#include "core/tasks/command/command_kind.h"
#include "core/tasks/digits/digits_kind.h"
#include "core/tasks/text_classification/text_classification_kind.h"
#include "core/tasks/text_to_image/text_to_image_kind.h"

#include <concepts>
#include <span>
#include <string_view>
#include <variant>

namespace mergarium {

/// The kinds of tasks (docs/extending.md): the first is the default.
using TaskSettings =
    std::variant<DigitsSettings, CausalLmSettings, TextClassificationSettings, TextToImageSettings, CommandSettings>;

// Of a task of whatever kind. For the variant alone: a kind that lacks one of these must not become a variant again.

template <std::same_as<TaskSettings> Settings>
TaskTraits traitsOf(const Settings& task) {
    return std::visit([](const auto& one) { return traitsOf(one); }, task);
}

template <std::same_as<TaskSettings> Settings>
TaskOutline outlineOf(const Settings& task, const TaskFolders& folders) {
    return std::visit([&](const auto& one) { return outlineOf(one, folders); }, task);
}

template <std::same_as<TaskSettings> Settings>
SampleSet samplesOf(const Settings& task, const TaskFolders& folders) {
    return std::visit([&](const auto& one) { return samplesOf(one, folders); }, task);
}

/// The names of the founders that a task brings itself, the default first; empty where founders are checkpoints.
template <std::same_as<TaskSettings> Settings>
std::span<const std::string_view> ownFoundersOf(const Settings& task) {
    return std::visit(
        [](const auto& one) -> std::span<const std::string_view> {
            if constexpr (requires { ownFoundersOf(one); }) return ownFoundersOf(one);
            return {};
        },
        task);
}

}  // namespace mergarium
