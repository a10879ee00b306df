#include "core/text/chat_template.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mergarium {
namespace {

/// Of a filled template; a text of more can't be tokenized.
constexpr std::size_t kLongest = 16 << 20;

constexpr std::array<std::pair<ChatTemplate, std::string_view>, 9> kNames{{{ChatTemplate::Plain, "plain"},
                                                                           {ChatTemplate::Alpaca, "alpaca"},
                                                                           {ChatTemplate::ChatMl, "chatml"},
                                                                           {ChatTemplate::Gemma, "gemma"},
                                                                           {ChatTemplate::Llama2, "llama2"},
                                                                           {ChatTemplate::Llama3, "llama3"},
                                                                           {ChatTemplate::Mistral, "mistral"},
                                                                           {ChatTemplate::Phi3, "phi3"},
                                                                           {ChatTemplate::Zephyr, "zephyr"}}};

/// The families whose own templates trim what was said.
std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// Families where every turn is a header, what is said, and an end.
struct TurnMarks {
    std::string_view begin;
    std::string_view afterRole;
    std::string_view end;
};

std::string inTurns(const TurnMarks& marks, std::optional<std::string_view> system, std::string_view user) {
    const auto turn = [&](std::string_view role, std::string_view text) {
        return fmt::format("{}{}{}{}{}", marks.begin, role, marks.afterRole, text, marks.end);
    };
    return (system ? turn("system", *system) : std::string()) + turn("user", user) +
           fmt::format("{}assistant{}", marks.begin, marks.afterRole);
}

/// Families without a turn for instructions: they stand before the question.
std::string together(std::optional<std::string_view> system, std::string_view user) {
    return system ? fmt::format("{}\n\n{}", *system, user) : std::string(user);
}

}  // namespace

std::string_view nameOf(ChatTemplate chatTemplate) {
    const auto found =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& one) { return one.first == chatTemplate; });
    return found == kNames.end() ? std::string_view{} : found->second;
}

ChatTemplate chatTemplateNamed(std::string_view name) {
    for (const auto& [chatTemplate, known] : kNames)
        if (known == name) return chatTemplate;
    throw std::invalid_argument(
        fmt::format("There is no chat template '{}'; there are {}.", name, fmt::join(chatTemplateNames(), ", ")));
}

std::vector<std::string_view> chatTemplateNames() {
    std::vector<std::string_view> names;
    for (const auto& one : kNames) names.push_back(one.second);
    return names;
}

std::string applyChatTemplate(ChatTemplate chatTemplate, std::optional<std::string_view> system,
                              std::string_view user) {
    const auto trimmedSystem = system ? std::optional(trimmed(*system)) : std::nullopt;
    switch (chatTemplate) {
        case ChatTemplate::Plain: return together(system, user);
        case ChatTemplate::Alpaca:
            return fmt::format("{}\n\n### Instruction:\n{}\n\n### Response:\n",
                               system.value_or("Below is an instruction that describes a task. Write a response that "
                                               "appropriately completes the request."),
                               user);
        case ChatTemplate::ChatMl: return inTurns({"<|im_start|>", "\n", "<|im_end|>\n"}, system, user);
        case ChatTemplate::Gemma:
            return fmt::format("<start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n",
                               together(trimmedSystem, trimmed(user)));
        case ChatTemplate::Llama2:
            return system ? fmt::format("[INST] <<SYS>>\n{}\n<</SYS>>\n\n{} [/INST]", *system, trimmed(user))
                          : fmt::format("[INST] {} [/INST]", trimmed(user));
        case ChatTemplate::Llama3:
            return inTurns({"<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>"}, trimmedSystem,
                           trimmed(user));
        case ChatTemplate::Mistral: return fmt::format("[INST] {} [/INST]", together(system, user));
        case ChatTemplate::Phi3: return inTurns({"<|", "|>\n", "<|end|>\n"}, system, user);
        case ChatTemplate::Zephyr: return inTurns({"<|", "|>\n", "</s>\n"}, system, user);
    }
    return std::string(user);
}

PlaceholderTemplate::PlaceholderTemplate(std::string_view text) {
    std::string literal;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (letter != '{' && letter != '}') {
            literal += letter;
        } else if (at + 1 < text.size() && text[at + 1] == letter) {
            literal += letter;
            ++at;
        } else if (letter == '{') {
            const auto end = text.find_first_of("{}", at + 1);
            if (end == std::string_view::npos || text[end] == '{' || end == at + 1)
                throw std::invalid_argument(
                    fmt::format("The '{{' at character {} of the template begins no {{placeholder}}; a literal one is "
                                "written '{{{{'.",
                                at + 1));
            parts_.emplace_back(std::move(literal), text.substr(at + 1, end - at - 1));
            literal.clear();
            at = end;
        } else {
            throw std::invalid_argument(fmt::format(
                "The '}}' at character {} of the template ends no {{placeholder}}; a literal one is written '}}}}'.",
                at + 1));
        }
    }
    parts_.emplace_back(std::move(literal), std::string());
}

std::string PlaceholderTemplate::fill(const nlohmann::json& fields) const {
    std::string filled;
    for (const auto& [literal, name] : parts_) {
        filled += literal;
        if (filled.size() > kLongest)
            throw std::invalid_argument(fmt::format("The filled template is longer than {} bytes.", kLongest));
        if (name.empty()) continue;
        if (!fields.is_object() || !fields.contains(name))
            throw std::invalid_argument(
                fmt::format("The template's placeholder {{{}}} has no field of that name.", name.substr(0, 100)));
        const auto& value = fields[name];
        if (value.is_string())
            filled += value.get_ref<const std::string&>();
        else if (value.is_number() || value.is_boolean())
            filled += value.dump();
        else
            throw std::invalid_argument(
                fmt::format("The field '{}' of the template's placeholder is neither text, a number nor a truth value.",
                            name.substr(0, 100)));
    }
    return filled;
}

std::vector<std::string> PlaceholderTemplate::placeholders() const {
    std::vector<std::string> names;
    for (const auto& part : parts_)
        if (!part.second.empty() && std::find(names.begin(), names.end(), part.second) == names.end())
            names.push_back(part.second);
    return names;
}

}  // namespace mergarium
