#include "core/tokenization/tokenizer_configuration.h"

#include "core/files/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mergarium::text {

nlohmann::json readBeside(const std::filesystem::path& file, const char* name) {
    const auto path = file.parent_path() / name;
    return std::filesystem::exists(path) ? readJsonObject(path, kSettingsJson) : nlohmann::json::object();
}

std::optional<std::string> tokenNamed(const Component& configuration, const char* key) {
    if (!configuration.has(key)) return std::nullopt;
    const auto component = configuration.at(key);
    return component.value().is_object() ? component.text("content") : configuration.text(key);
}

std::map<std::int32_t, AddedToken> addedBy(const Component& configuration, const Component& extra) {
    std::map<std::int32_t, AddedToken> tokens;
    for (const auto& entry : extra.value().items()) tokens[tokenId(extra.at(entry.key()))] = {.content = entry.key()};
    if (!configuration.has("added_tokens_decoder")) return tokens;
    const auto decoder = configuration.at("added_tokens_decoder");
    if (!decoder.value().is_object()) decoder.refuse("not an object");
    for (const auto& entry : decoder.value().items()) {
        const auto& number = entry.key();
        if (number.empty() || number.size() > 9 || number.find_first_not_of("0123456789") != std::string::npos)
            decoder.refuse(fmt::format("'{}' is not a token's id", number));
        const auto token = decoder.at(number);
        tokens[std::stoi(number)] = {.content = token.text("content"),
                                     .singleWord = token.flag("single_word", false),
                                     .leftStrip = token.flag("lstrip", false),
                                     .rightStrip = token.flag("rstrip", false),
                                     .normalized = false,
                                     .special = token.flag("special", false)};
    }
    return tokens;
}

void placeBeginAndEnd(const std::filesystem::path& file, const FindToken& idOf, PostProcessor& result) {
    const auto json = readBeside(file, "tokenizer_config.json");
    if (!json.contains("add_bos_token") && !json.contains("add_eos_token")) return;
    const auto mapJson = readBeside(file, "special_tokens_map.json");
    const Component configuration(json, (file.parent_path() / "tokenizer_config.json").string());
    const Component map(mapJson, (file.parent_path() / "special_tokens_map.json").string());
    const bool llama = json.contains("tokenizer_class") && json["tokenizer_class"].is_string() &&
                       json["tokenizer_class"].get_ref<const std::string&>().find("Llama") != std::string::npos;

    const auto idsOf = [&](const char* flag, const char* key, const char* ofLlama) -> std::vector<std::int32_t> {
        if (!configuration.flag(flag, false)) return {};
        auto name = tokenNamed(configuration, key);
        // Null says that there is none.
        if (!name && !json.contains(key)) name = tokenNamed(map, key);
        if (!name && !json.contains(key) && llama) name = ofLlama;
        if (!name) return {};
        const auto id = idOf(*name);
        if (!id) configuration.refuse(fmt::format("the {} '{}' is not in the vocabulary", key, *name));
        return {*id};
    };
    result = {.before = idsOf("add_bos_token", "bos_token", "<s>"),
              .after = idsOf("add_eos_token", "eos_token", "</s>")};
}

}  // namespace mergarium::text
