#include "core/templates/model_template.h"

#include "core/files/beneath.h"
#include "core/files/excerpt.h"
#include "core/files/json.h"
#include "core/files/mapped_file.h"
#include "core/files/refusal.h"
#include "core/files/text_file.h"
#include "core/text/chat_template.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFile = "chat_template.jinja";
constexpr const char* kFolder = "additional_chat_templates";
constexpr const char* kSettings = "tokenizer_config.json";
constexpr const char* kTokens = "special_tokens_map.json";
constexpr const char* kProcessors = "chat_template.json";
constexpr const char* kKey = "chat_template";
constexpr std::size_t kMostBytes = 256 << 10;
constexpr std::size_t kMostTemplates = 100;

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

Json objectIn(const fs::path& path) {
    return isThere(path) ? readOrderedJsonObject(path, kSettingsJson) : Json::object();
}

/// A template, and what messages call it.
struct Source {
    std::string place;
    std::string text;
};
/// By name; the one that is meant where none is named is "default".
using Sources = std::map<std::string, Source, std::less<>>;

Sources filesIn(const fs::path& folder) {
    std::vector<std::pair<std::string, fs::path>> files;
    if (isThere(folder / kFile)) files.emplace_back("default", folder / kFile);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / kFolder, error)) {
        if (entry.path().extension() != ".jinja") continue;
        if (files.size() == kMostTemplates)
            refuse(folder / kFolder, fmt::format("there are more than {} chat templates", kMostTemplates));
        files.emplace_back(entry.path().stem().string(), entry.path());
    }
    Sources sources;
    for (const auto& [name, path] : files) {
        const auto file = openBeneath(folder, path.lexically_relative(folder).generic_string());
        requireAtMost(path, file->bytes().size(), kMostBytes);
        auto text = file->reading(
            [](auto bytes) { return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
        sources.insert_or_assign(name, Source{path.string(), std::move(text)});
    }
    return sources;
}

/// A text, a list of {name, template}, or an object of templates by name.
Sources listedIn(const Json& settings, const fs::path& path) {
    Sources sources;
    const auto found = settings.find(kKey);
    if (found == settings.end() || found->is_null()) return sources;
    const auto add = [&](const std::string& name, const Json& text) {
        if (!text.is_string()) refuse(path, fmt::format("the chat template '{}' is no text", excerptOf(name)));
        if (sources.size() == kMostTemplates)
            refuse(path, fmt::format("there are more than {} chat templates", kMostTemplates));
        const auto place = found->is_string() ? fmt::format("{}, {}", path.string(), kKey)
                                              : fmt::format("{}, {} '{}'", path.string(), kKey, excerptOf(name));
        sources.insert_or_assign(name, Source{place, text.get<std::string>()});
    };
    if (found->is_string()) {
        add("default", *found);
    } else if (found->is_object()) {
        for (const auto& [name, text] : found->items()) add(name, text);
    } else if (found->is_array()) {
        for (const auto& one : *found) {
            if (!one.is_object() || !one.contains("name") || !one["name"].is_string() || !one.contains("template"))
                refuse(path, "a chat template is no object with a name and a template");
            add(one["name"].get<std::string>(), one["template"]);
        }
    } else {
        refuse(path, "the chat template is neither a text nor a list");
    }
    return sources;
}

Sources sourcesIn(const fs::path& folder, const Json& settings) {
    if (auto sources = filesIn(folder); !sources.empty()) return sources;
    if (auto sources = listedIn(settings, folder / kSettings); !sources.empty()) return sources;
    return listedIn(objectIn(folder / kProcessors), folder / kProcessors);
}

/// A token's text: a string, or an object with its content.
const Json* contentOf(const Json& token) {
    if (token.is_string()) return &token;
    if (!token.is_object()) return nullptr;
    const auto found = token.find("content");
    return found != token.end() && found->is_string() ? &*found : nullptr;
}

/// The special tokens of a file as templates know them.
void addTokens(const Json& settings, bool again, Json& variables) {
    for (const auto& [key, value] : settings.items()) {
        if (!again && variables.contains(key)) continue;
        if (key.ends_with("_token")) {
            if (const auto* content = contentOf(value)) variables[key] = *content;
        } else if (key == "additional_special_tokens" && value.is_array()) {
            auto tokens = Json::array();
            for (const auto& one : value)
                if (const auto* content = contentOf(one)) tokens.push_back(*content);
            variables[key] = std::move(tokens);
        } else if (key == "extra_special_tokens" && value.is_object()) {
            for (const auto& [name, token] : value.items())
                if (const auto* content = contentOf(token)) variables[name] = *content;
        }
    }
}

/// transformers lets special_tokens_map.json decide where tokenizer_config.json doesn't list the tokens themselves.
Json tokensIn(const fs::path& folder, const Json& settings) {
    auto variables = Json::object();
    addTokens(settings, true, variables);
    addTokens(objectIn(folder / kTokens), !settings.contains("added_tokens_decoder"), variables);
    constexpr std::array<std::pair<const char*, const char*>, 3> kOfLlama{
        {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}}};
    const auto type = settings.find("tokenizer_class");
    if (type != settings.end() && type->is_string() &&
        type->get_ref<const std::string&>().find("Llama") != std::string::npos)
        for (const auto& [key, token] : kOfLlama)
            if (!settings.contains(key) && !variables.contains(key)) variables[key] = token;
    return variables;
}

[[noreturn]] void refuseName(const fs::path& folder, const Sources& sources, std::string_view name) {
    std::vector<std::string> names;
    for (const auto& [known, source] : sources) names.push_back(excerptOf(known));
    refuse(folder,
           name.empty()
               ? fmt::format("none of its chat templates is the default; name one of {}", fmt::join(names, ", "))
               : fmt::format("it has no chat template '{}'; there are {}", excerptOf(name), fmt::join(names, ", ")));
}

}  // namespace

ModelTemplate ModelTemplate::open(const fs::path& folder, std::string_view name) {
    const auto settings = objectIn(folder / kSettings);
    const auto sources = sourcesIn(folder, settings);
    if (sources.empty())
        refuse(folder, fmt::format("the model has no chat template of its own ({}, {}); take one of {}", kFile,
                                   kSettings, fmt::join(chatTemplateNames(), ", ")));
    const auto found = sources.find(name.empty() ? std::string_view("default") : name);
    if (found == sources.end()) refuseName(folder, sources, name);
    auto variables = tokensIn(folder, settings);
    variables["tools"] = nullptr;
    variables["documents"] = nullptr;
    variables["add_generation_prompt"] = true;
    return {Template(found->second.place, found->second.text), std::move(variables)};
}

std::string ModelTemplate::ask(std::optional<std::string_view> system, std::string_view user) const {
    auto variables = variables_;
    auto& messages = variables["messages"] = Json::array();
    if (system) messages.push_back({{"role", "system"}, {"content", *system}});
    messages.push_back({{"role", "user"}, {"content", user}});
    return template_.render(variables);
}

}  // namespace mergarium
