#include "core/merging/tokens/token_list.h"

#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/founders/alignment.h"
#include "core/tokenization/tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::uint64_t rowsOf(const MergeModel& model) {
    const auto& configuration = model.configuration();
    if (configuration.is_object()) {
        for (const auto* part : {"", "text_config", "llm_config"}) {
            const auto& json = *part && configuration.contains(part) ? configuration[part] : configuration;
            if (json.is_object() && json.contains("vocab_size") && json["vocab_size"].is_number_unsigned())
                return json["vocab_size"].get<std::uint64_t>();
        }
    }
    for (const auto& tensor : model.source()->tensors())
        if (isEmbedding(tensor.name) && !tensor.shape.empty()) return static_cast<std::uint64_t>(tensor.shape.front());
    return std::numeric_limits<std::uint64_t>::max();
}

/// An id of the file.
std::uint64_t idIn(const Json& value, const fs::path& path) {
    if (!value.is_number_unsigned()) refuse(path, "the id of a token is no whole number");
    return value.get<std::uint64_t>();
}

/// The two tokens of a merge; absent for what is none.
std::optional<std::pair<std::string, std::string>> mergedTokens(const Json& merge) {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
        return std::pair(merge[0].get<std::string>(), merge[1].get<std::string>());
    if (!merge.is_string()) return std::nullopt;
    const auto& text = merge.get_ref<const std::string&>();
    const auto space = text.find(' ');
    if (space == text.npos) return std::nullopt;
    return std::pair(text.substr(0, space), text.substr(space + 1));
}

/// Merges of tokens that a cut vocabulary has no more, or into one.
void cutMerges(const TokenList& list, Json& model) {
    if (!model.contains("merges") || !model["merges"].is_array()) return;
    auto kept = Json::array();
    for (auto& merge : model["merges"]) {
        const auto tokens = mergedTokens(merge);
        if (tokens && list.ids.contains(tokens->first) && list.ids.contains(tokens->second) &&
            list.ids.contains(tokens->first + tokens->second))
            kept.push_back(std::move(merge));
    }
    model["merges"] = std::move(kept);
}

void readVocabulary(TokenList& list, const fs::path& path) {
    auto& model = list.json["model"];
    if (!model.is_object() || !model.contains("vocab")) refuse(path, "it has no model with a vocabulary");
    auto& vocabulary = model["vocab"];
    if (vocabulary.is_object()) {
        // Appended, since looking for each key among those before takes a minute in large vocabularies.
        Json::object_t kept;
        auto& all = vocabulary.get_ref<Json::object_t&>();
        for (auto& [token, value] : all) {
            const auto id = idIn(value, path);
            if (id >= list.rows) continue;
            list.ids[token] = id;
            static_cast<Json::object_t::Container&>(kept).emplace_back(token, std::move(value));
        }
        list.isCut = list.isCut || kept.size() != all.size();
        all = std::move(kept);
        if (list.isCut) cutMerges(list, model);
    } else if (vocabulary.is_array()) {
        if (vocabulary.size() > list.rows) refuse(path, "its vocabulary has more tokens than the model has rows");
        for (std::uint64_t id = 0; const auto& entry : vocabulary) {
            if (!entry.is_array() || entry.empty() || !entry[0].is_string()) refuse(path, "a token is no text");
            list.ids[entry[0].get<std::string>()] = id++;
        }
    } else {
        refuse(path, "its vocabulary is neither an object nor a list");
    }
}

void readAdded(TokenList& list, const fs::path& path) {
    if (!list.json.contains("added_tokens") || !list.json["added_tokens"].is_array()) {
        list.json["added_tokens"] = Json::array();
        return;
    }
    auto kept = Json::array();
    for (const auto& token : list.json["added_tokens"]) {
        if (!token.is_object() || !token.contains("content") || !token["content"].is_string() || !token.contains("id"))
            refuse(path, "an added token has no content or no id");
        const auto id = idIn(token["id"], path);
        if (id >= list.rows) {
            list.isCut = true;
            continue;
        }
        list.ids[token["content"].get<std::string>()] = id;
        list.added.push_back(token);
        kept.push_back(token);
    }
    std::ranges::stable_sort(list.added, {}, [](const Json& token) { return token["id"].get<std::uint64_t>(); });
    list.json["added_tokens"] = std::move(kept);
}

}  // namespace

std::optional<std::uint64_t> TokenList::idOf(std::string_view token) const {
    const auto found = ids.find(token);
    return found == ids.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> TokenList::ordinary() const {
    std::set<std::string> others;
    for (const auto& token : added) others.insert(token["content"].get<std::string>());
    std::vector<std::pair<std::uint64_t, std::string>> byId;
    for (const auto& [token, id] : ids)
        if (!others.contains(token)) byId.emplace_back(id, token);
    std::ranges::sort(byId);
    std::vector<std::string> tokens;
    for (auto& [id, token] : byId) tokens.push_back(std::move(token));
    return tokens;
}

TokenList tokensOf(const MergeModel& model) {
    const auto folder = model.source()->tokenizerFolder();
    TokenList list;
    list.rows = rowsOf(model);
    std::error_code error;
    const auto path = folder / "tokenizer.json";
    if (!folder.empty() && fs::exists(path, error)) {
        list.json = readOrderedJsonObject(path, kTokenizerJson);
        readVocabulary(list, path);
        readAdded(list, path);
        return list;
    }
    if (folder.empty() || !fs::exists(folder / "tokenizer.model", error))
        throw std::runtime_error(
            fmt::format("{}: there is no tokenizer beside it, and the merge's tokenizer needs one of each model.",
                        model.source()->base().path().string()));
    const auto tokenizer = Tokenizer::open(folder);
    for (std::size_t id = 0; id < std::min<std::uint64_t>(tokenizer->vocabularySize(), list.rows); ++id)
        if (auto token = tokenizer->tokenOf(static_cast<std::int32_t>(id)); !token.empty())
            list.ids.emplace(std::move(token), id);
    return list;
}

}  // namespace mergarium
