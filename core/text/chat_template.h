#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mergarium {

/// How a family of chat models wants to be addressed.
enum class ChatTemplate { Plain, Alpaca, ChatMl, Gemma, Llama2, Llama3, Mistral, Phi3, Zephyr };

/// "plain", "alpaca", "chatml" (Qwen), "gemma", "llama2", "llama3", "mistral", "phi3", "zephyr" (TinyLlama).
std::string_view nameOf(ChatTemplate chatTemplate);
/// Throws std::invalid_argument naming the templates there are.
ChatTemplate chatTemplateNamed(std::string_view name);
std::vector<std::string_view> chatTemplateNames();

/// The prompt that asks for the assistant's answer to `user`, under the instructions of `system` if there are any. The
/// token for the beginning of the text isn't in it: encode it with SpecialTokens::Add.
std::string applyChatTemplate(ChatTemplate chatTemplate, std::optional<std::string_view> system, std::string_view user);

/// A prompt with gaps, "Question: {question}\nAnswer:", filled from the fields of a JSON object; "{{" and "}}" are
/// literal braces. A value.
class PlaceholderTemplate {
public:
    /// Throws std::invalid_argument when braces don't match.
    explicit PlaceholderTemplate(std::string_view text);

    /// Strings as they are, numbers and truth values as JSON writes them. Throws std::invalid_argument naming the
    /// placeholder that `fields` lacks or has as something else, or when the text is longer than 16 MiB.
    std::string fill(const nlohmann::json& fields) const;

    /// The names, in order of their first occurrence.
    std::vector<std::string> placeholders() const;

private:
    /// Text, and the placeholder that follows it; the last one's is empty.
    std::vector<std::pair<std::string, std::string>> parts_;
};

}  // namespace mergarium
