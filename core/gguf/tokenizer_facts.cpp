#include "core/gguf/vocabulary.h"

#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/tokenization/component.h"
#include "core/tokenization/tokenizer.h"
#include "core/tokenization/tokenizer_configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostTemplate = 256 << 10;

json objectOf(const fs::path& file) { return fs::exists(file) ? readJsonObject(file, kSettingsJson) : json::object(); }

/// The id that tokenizer_config.json names by its token, else config.json by its number.
std::optional<std::uint32_t> specialId(const GgufVocabulary& vocabulary, const json& settings, const json& network,
                                       const fs::path& folder, const std::string& kind) {
    const text::Component component(settings, (folder / "tokenizer_config.json").string());
    if (const auto name = text::tokenNamed(component, (kind + "_token").c_str()))
        if (const auto id = vocabulary.idOf(*name)) return id;
    const auto found = network.find(kind + "_token_id");
    if (found == network.end()) return std::nullopt;
    const auto& value = found->is_array() && !found->empty() ? found->front() : *found;
    const auto id = text::tokenId(value);
    if (!id || static_cast<std::size_t>(*id) >= vocabulary.tokens.size()) return std::nullopt;
    return static_cast<std::uint32_t>(*id);
}

/// What stands around a text must be what llama.cpp can put there.
void addAround(const fs::path& folder, std::optional<std::uint32_t> begin, std::optional<std::uint32_t> end,
               GgufMetadata& metadata, std::vector<std::string>& notes) {
    auto around = Tokenizer::open(folder)->encode("", SpecialTokens::Add);
    const auto is = [](std::int32_t id, std::optional<std::uint32_t> token) {
        return token && id >= 0 && static_cast<std::uint32_t>(id) == *token;
    };
    const bool begins = !around.empty() && is(around.front(), begin);
    if (begins) around.erase(around.begin());
    const bool ends = !around.empty() && is(around.back(), end);
    if (ends) around.pop_back();
    if (!around.empty())
        notes.push_back(
            "llama.cpp puts only begin and end tokens around a text, this tokenizer others, too: they have to "
            "stand in prompts.");
    metadata.set("tokenizer.ggml.add_bos_token", begins);
    metadata.set("tokenizer.ggml.add_eos_token", ends);
}

void addTemplates(const fs::path& folder, const json& settings, GgufMetadata& metadata) {
    const std::string key = "tokenizer.chat_template";
    if (fs::exists(folder / "chat_template.jinja"))
        return metadata.set(key, readBeneath(folder / "chat_template.jinja", kMostTemplate));
    const auto found = settings.find("chat_template");
    if (found == settings.end()) return;
    if (found->is_string()) return metadata.set(key, found->get<std::string>());
    if (!found->is_array()) return;
    std::vector<std::string> names;
    for (const auto& one : *found) {
        if (!one.is_object() || !one.contains("name") || !one["name"].is_string() || !one.contains("template") ||
            !one["template"].is_string())
            continue;
        const auto name = one["name"].get<std::string>();
        metadata.set(name == "default" ? key : fmt::format("{}.{}", key, name), one["template"].get<std::string>());
        if (name != "default") names.push_back(name);
    }
    if (!names.empty()) metadata.set("tokenizer.chat_templates", GgufList(names));
}

}  // namespace

void addTokenizerFacts(const fs::path& folder, std::string_view family, std::optional<std::uint64_t> rows,
                       GgufMetadata& metadata, std::vector<std::string>& notes) {
    auto vocabulary = readGgufVocabulary(folder, family);
    notes.insert(notes.end(), vocabulary.notes.begin(), vocabulary.notes.end());
    const auto settings = objectOf(folder / "tokenizer_config.json"), network = objectOf(folder / "config.json");
    const auto begin = specialId(vocabulary, settings, network, folder, "bos");
    const auto end = specialId(vocabulary, settings, network, folder, "eos");
    const auto unknown = specialId(vocabulary, settings, network, folder, "unk");
    const auto padding = specialId(vocabulary, settings, network, folder, "pad");
    if (rows) {
        if (vocabulary.tokens.size() > *rows)
            refuse(folder,
                   fmt::format("the tokenizer has {} tokens and the embedding {} rows, which llama.cpp doesn't read",
                               vocabulary.tokens.size(), *rows));
        vocabulary.tokens.resize(*rows);
    }
    std::vector<std::string> texts;
    std::vector<float> scores;
    std::vector<std::int32_t> kinds;
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
        auto& token = vocabulary.tokens[id];
        const bool isGap = token.kind == GgufTokenKind::Unused && token.text.empty();
        texts.push_back(isGap ? fmt::format("[PAD{}]", id) : std::move(token.text));
        scores.push_back(isGap ? -10000.0F : token.score);
        kinds.push_back(static_cast<std::int32_t>(token.kind));
    }
    const bool pieces = vocabulary.model == "llama";
    metadata.set("tokenizer.ggml.model", vocabulary.model);
    metadata.set("tokenizer.ggml.pre", vocabulary.pre);
    metadata.set("tokenizer.ggml.tokens", GgufList(std::move(texts)));
    if (pieces) metadata.set("tokenizer.ggml.scores", GgufList(std::move(scores)));
    metadata.set("tokenizer.ggml.token_type", GgufList(std::move(kinds)));
    if (!pieces) metadata.set("tokenizer.ggml.merges", GgufList(std::move(vocabulary.merges)));
    const std::array<std::pair<const char*, std::optional<std::uint32_t>>, 4> ids{
        {{"bos", begin}, {"eos", end}, {"unknown", unknown}, {"padding", padding}}};
    for (const auto& [name, id] : ids)
        if (id) metadata.set(fmt::format("tokenizer.ggml.{}_token_id", name), *id);
    addAround(folder, begin, end, metadata, notes);
    if (vocabulary.spaceBefore) metadata.set("tokenizer.ggml.add_space_prefix", *vocabulary.spaceBefore);
    addTemplates(folder, settings, metadata);
}

}  // namespace mergarium
