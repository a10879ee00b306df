#include "core/tasks/causal_lm/begin_token.h"

#include "core/files/json.h"
#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/causal_lm/chat.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <stdexcept>

namespace mergarium {
namespace {

using Json = nlohmann::json;

/// A token's name: a string, or an object with its content; empty: neither.
std::string nameIn(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_object() ? nameIn(*found, "content") : std::string();
}

bool isFlag(const Json& object, const char* key, bool value) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>() == value;
}

std::optional<std::int32_t> namedByTokenizer(const Json& settings, const Tokenizer& tokenizer) {
    const auto name = nameIn(settings, "bos_token");
    if (name.empty() || isFlag(settings, "add_bos_token", false)) return std::nullopt;
    // GPT-2's tokenizers have the token and leave it out unless told otherwise.
    if (nameIn(settings, "tokenizer_class").starts_with("GPT2") && !isFlag(settings, "add_bos_token", true))
        return std::nullopt;
    return tokenizer.idOf(name);
}

std::optional<std::int32_t> namedByNetwork(const Json& settings, const Tokenizer& tokenizer) {
    const auto found = settings.find("bos_token_id");
    if (found == settings.end() || !found->is_number_unsigned()) return std::nullopt;
    const auto number = found->get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) return std::nullopt;
    const auto id = static_cast<std::int32_t>(number);
    return tokenizer.tokenOf(id).empty() ? std::nullopt : std::optional(id);
}

}  // namespace

std::optional<std::int32_t> beginTokenOf(const std::filesystem::path& folder, const DecoderConfig& config,
                                         const Tokenizer& tokenizer) {
    if (!config.begins) return std::nullopt;
    try {
        const auto settings = folder / "tokenizer_config.json";
        if (std::filesystem::exists(settings))
            return namedByTokenizer(readJsonObject(settings, kSettingsJson), tokenizer);
        return namedByNetwork(readJsonObject(folder / "config.json", kSettingsJson), tokenizer);
    } catch (const std::runtime_error&) {
        return std::nullopt;  // a run doesn't need them
    }
}

std::string doubtAboutBegin(std::span<const std::int32_t> prompt, std::int32_t begin, const Tokenizer& tokenizer,
                            std::string_view chat) {
    const auto name = tokenizer.tokenOf(begin);
    if (prompt.size() > 1 && prompt[0] == begin && prompt[1] == begin)
        return fmt::format(
            "The prompt begins with {0} twice, once by the {1}: take it out of the prompt's template (task.prompt).",
            name, isModelsChat(chat) ? "model's chat template" : "tokenizer");
    if (isModelsChat(chat) || (!prompt.empty() && prompt[0] == begin)) return {};
    const auto what = fmt::format(
        "The prompt doesn't begin with {}, which the tokenizer knows and models of this family learn to read first",
        name);
    if (chat != CausalLmSettings().chat)
        return what +
               ": set task.chat to model, where the first founder has a template of its own, or write the chat "
               "template out in task.prompt, with that token in front, and set task.chat to plain.";
    return fmt::format("{}: put {} in front of the prompt's template (task.prompt).", what, name);
}

}  // namespace mergarium
