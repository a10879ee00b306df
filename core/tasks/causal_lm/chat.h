#pragma once

#include "core/templates/model_template.h"
#include "core/text/chat_template.h"
#include "core/tokenization/tokenizer.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mergarium {

/// What stands around a question: a fixed template, or a model's own. Immutable; any thread.
class Chat {
public:
    /// `name` and `system` as task.chat and task.system. `folder`: of the tokenizer of the model whose own template may
    /// be asked for, which is read only then; empty: there is none. Throws std::invalid_argument for a name that there
    /// is not, and std::runtime_error where the model has no such template (ModelTemplate::open).
    Chat(const std::string& name, std::string system, const std::filesystem::path& folder);
    /// Questions as they are.
    static Chat none() { return Chat(ChatTemplate::Plain); }

    /// The prompt that asks it. Throws std::runtime_error where the model's template refuses to.
    std::string around(std::string_view question) const;

private:
    explicit Chat(ChatTemplate fixed) : template_(fixed) {}

    std::variant<ChatTemplate, ModelTemplate> template_;
    /// Empty: none.
    std::string system_;
};

/// What task.chat suggests: the fixed templates, and "model".
std::vector<std::string_view> chatNames();

/// Whether task.chat asks for a model's own template: "model", or "model:NAME".
bool isModelsChat(std::string_view chat);

/// A model's own template writes all special tokens: then the tokenizer puts none around it.
SpecialTokens specialTokensOf(std::string_view chat);

}  // namespace mergarium
