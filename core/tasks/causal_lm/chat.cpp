#include "core/tasks/causal_lm/chat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr std::string_view kModel = "model";

std::variant<ChatTemplate, ModelTemplate> chosen(const std::string& chat, const std::filesystem::path& folder) {
    if (isModelsChat(chat)) {
        if (folder.empty())
            throw std::runtime_error(fmt::format(
                "The first founder has no folder that a chat template could lie in (task.chat: {}); name the model's "
                "folder, or take one of {}.",
                chat, fmt::join(chatTemplateNames(), ", ")));
        return ModelTemplate::open(folder, std::string_view(chat).substr(std::min(chat.size(), kModel.size() + 1)));
    }
    const auto names = chatTemplateNames();
    if (std::ranges::find(names, chat) == names.end())
        throw std::invalid_argument(
            fmt::format("There is no chat template '{}' (task.chat); there are {}, and model or model:NAME, the first "
                        "founder's own.",
                        chat, fmt::join(names, ", ")));
    return chatTemplateNamed(chat);
}

}  // namespace

bool isModelsChat(std::string_view chat) { return chat == kModel || chat.starts_with("model:"); }

SpecialTokens specialTokensOf(std::string_view chat) {
    return isModelsChat(chat) ? SpecialTokens::Leave : SpecialTokens::Add;
}

std::vector<std::string_view> chatNames() {
    auto names = chatTemplateNames();
    names.push_back(kModel);
    return names;
}

Chat::Chat(const std::string& name, std::string system, const std::filesystem::path& folder)
    : template_(chosen(name, folder)), system_(std::move(system)) {}

std::string Chat::around(std::string_view question) const {
    const auto system = system_.empty() ? std::nullopt : std::optional<std::string_view>(system_);
    if (const auto* own = std::get_if<ModelTemplate>(&template_)) return own->ask(system, question);
    return applyChatTemplate(std::get<ChatTemplate>(template_), system, question);
}

}  // namespace mergarium
