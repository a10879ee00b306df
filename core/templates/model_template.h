#pragma once

#include "core/templates/template.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium {

/// A language model's own chat template, and the tokens that it may write. Immutable; any thread.
class ModelTemplate {
public:
    /// From the folder of a model's tokenizer, where transformers looks: chat_template.jinja and
    /// additional_chat_templates/NAME.jinja; else tokenizer_config.json, a text or a list of named ones; else
    /// chat_template.json. `name`: one of several; empty: the one called default. Its tokens (bos_token, ...) are those
    /// of tokenizer_config.json and special_tokens_map.json. Throws std::runtime_error with one sentence: where there
    /// is no template, those that need no file; where there is none of this name, those that there are.
    static ModelTemplate open(const std::filesystem::path& folder, std::string_view name = {});

    /// The prompt that asks for the assistant's answer to `user`, under the instructions of `system` if there are any,
    /// as transformers' apply_chat_template with add_generation_prompt. All tokens are in it: encode it with
    /// SpecialTokens::Leave. Throws std::runtime_error as Template::render.
    std::string ask(std::optional<std::string_view> system, std::string_view user) const;

private:
    ModelTemplate(Template text, nlohmann::ordered_json variables)
        : template_(std::move(text)), variables_(std::move(variables)) {}

    Template template_;
    /// All but the messages.
    nlohmann::ordered_json variables_;
};

}  // namespace mergarium
