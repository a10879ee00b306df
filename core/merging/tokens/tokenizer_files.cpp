#include "core/merging/tokens/tokenizer_files.h"

#include "core/files/beneath.h"
#include "core/files/excerpt.h"
#include "core/files/json.h"
#include "core/files/mapped_file.h"
#include "core/files/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kSettings = "tokenizer_config.json";
constexpr const char* kTemplate = "chat_template.jinja";
constexpr std::size_t kMostTemplate = 256 << 10;

/// OpenAI's ChatML, which most models of other templates were first taught.
constexpr const char* kChatMl =
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
    "'\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

Json settingsOf(const MergeModel& model) {
    const auto folder = model.source()->tokenizerFolder();
    if (folder.empty() || !isThere(folder / kSettings)) return Json::object();
    return readOrderedJsonObject(folder / kSettings, kSettingsJson);
}

/// The model's own template, if it has one.
std::string templateOf(const MergeModel& model) {
    const auto folder = model.source()->tokenizerFolder();
    if (!folder.empty() && isThere(folder / kTemplate)) {
        const auto file = openBeneath(folder, kTemplate);
        requireAtMost(folder / kTemplate, file->bytes().size(), kMostTemplate);
        return file->reading(
            [](auto bytes) { return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()); });
    }
    const auto settings = settingsOf(model);
    return settings.contains("chat_template") && settings["chat_template"].is_string()
               ? settings["chat_template"].get<std::string>()
               : std::string();
}

/// The one that most models have; of equals, the one that comes first.
std::string commonest(std::span<const MergeModel> models) {
    std::vector<std::pair<std::string, std::size_t>> counts;
    for (const auto& model : models) {
        auto text = templateOf(model);
        if (text.empty()) continue;
        const auto found = std::ranges::find(counts, text, &std::pair<std::string, std::size_t>::first);
        if (found == counts.end())
            counts.emplace_back(std::move(text), 1);
        else
            ++found->second;
    }
    const auto most = std::ranges::max_element(counts, {}, &std::pair<std::string, std::size_t>::second);
    return most == counts.end() ? std::string() : most->first;
}

std::string templateFor(const MergeConfiguration& configuration, std::span<const MergeModel> models) {
    const auto& given = configuration.chatTemplate;
    if (given == "auto") return commonest(models);
    if (given == "chatml") return kChatMl;
    if (given.find("{{") != given.npos || given.find("{%") != given.npos) return given;
    throw ConfigurationError(
        fmt::format("{}: chat_template: '{}' is neither auto, chatml nor a template; give its text.",
                    configuration.path.string(), excerptOf(given)));
}

/// Older files repeat the added tokens by id.
void repeatTokens(Json& settings, const std::vector<Json>& fresh) {
    if (!settings.contains("added_tokens_decoder") || !settings["added_tokens_decoder"].is_object()) return;
    for (const auto& token : fresh) {
        auto entry = token;
        const auto id = std::to_string(token["id"].get<std::uint64_t>());
        entry.erase("id");
        settings["added_tokens_decoder"][id] = entry;
    }
}

}  // namespace

bool isOfTokenizer(std::string_view name) {
    constexpr std::array<std::string_view, 10> kNames{
        "tokenizer.json", "tokenizer.model", kSettings, "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "vocab.txt",      "merges.txt",      kTemplate, "chat_template.json"};
    return std::ranges::find(kNames, name) != kNames.end() || name.starts_with("additional_chat_templates/");
}

std::map<std::string, std::string> tokenizerFiles(const MergeConfiguration& configuration,
                                                  std::span<const MergeModel> models, const TokenLayout* layout,
                                                  std::size_t like) {
    std::map<std::string, std::string> files;
    auto settings = settingsOf(models[like]);
    if (layout && !layout->json.is_null()) {
        files["tokenizer.json"] = settingsText(layout->json) + "\n";
        if (!layout->fresh.empty()) {
            repeatTokens(settings, layout->fresh);
            if (settings.contains("added_tokens_decoder")) files[kSettings] = settingsText(settings) + "\n";
            // They know the first model's tokens alone.
            for (const auto* name : {"tokenizer.model", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt"})
                files[name] = "";
        }
    }
    if (configuration.chatTemplate.empty()) return files;
    if (const auto text = templateFor(configuration, models); !text.empty()) {
        settings["chat_template"] = text;
        files[kSettings] = settingsText(settings) + "\n";
        files[kTemplate] = "";
    }
    return files;
}

}  // namespace mergarium
