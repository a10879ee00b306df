#include "core/merging/merge_configuration.h"

#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"
#include "core/merging/methods/methods.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium {
namespace {

/// Slices and models that a file may name: people stack dozens.
constexpr std::size_t kMost = 1000;

bool isGiven(const Value* value) { return value && !value->isNull(); }

std::string nameFrom(MapReader& reader, std::string_view key, const Value& value) {
    if (!value.isScalar() || value.scalar().empty())
        reader.refuse(key, value, "must be a model's path or name, MODEL or MODEL+ADAPTER");
    return value.scalar();
}

std::optional<DType> dtypeFrom(MapReader& reader, std::string_view key) {
    const auto* value = reader.find(key);
    if (!isGiven(value)) return std::nullopt;
    auto word = reader.scalarOf(key, *value);
    if (word.starts_with("torch.")) word.erase(0, 6);
    for (const auto& [name, dtype] :
         {std::pair{"float32", DType::F32}, {"float16", DType::F16}, {"bfloat16", DType::BF16}})
        if (word == name) return dtype;
    reader.refuse(key, *value, fmt::format("is '{}', but must be float32, float16 or bfloat16", word));
}

const Value::List& listFrom(MapReader& reader, std::string_view key, const Value& value) {
    if (!value.isList() || value.list().empty()) reader.refuse(key, value, "must be a list that isn't empty");
    if (value.list().size() > kMost) reader.refuse(key, value, fmt::format("has more than {} items", kMost));
    return value.list();
}

MergeParameters parametersFrom(MapReader& reader) {
    const auto* value = reader.find("parameters");
    return isGiven(value) ? readMergeParameters(*value, reader.full("parameters"), reader.source()) : MergeParameters{};
}

std::pair<std::uint64_t, std::uint64_t> rangeFrom(MapReader& reader, const Value& value) {
    if (!value.isList() || value.list().size() != 2)
        reader.refuse("layer_range", value, "must be two numbers, [FIRST, END]");
    const auto first = reader.wholeOf("layer_range", value.list()[0]);
    const auto end = reader.wholeOf("layer_range", value.list()[1]);
    if (first >= end) reader.refuse("layer_range", value, "has no layer: the first must be less than the end");
    return {first, end};
}

MergeSource sourceFrom(const Value& value, const std::string& key, const Source& source, bool ranges) {
    MapReader reader(value, key, source);
    MergeSource one;
    one.line = value.line;
    const auto* model = reader.find("model");
    if (!isGiven(model)) reader.refuse("model", value, "is missing");
    one.model = nameFrom(reader, "model", *model);
    if (ranges) {
        const auto* range = reader.find("layer_range");
        if (!isGiven(range)) reader.refuse("layer_range", value, "is missing: which of the model's layers?");
        one.layers = rangeFrom(reader, *range);
    }
    one.parameters = parametersFrom(reader);
    reader.close();
    return one;
}

MergeSlice sliceFrom(const Value& value, const std::string& key, const Source& source) {
    MapReader reader(value, key, source);
    MergeSlice slice;
    slice.line = value.line;
    const auto* sources = reader.find("sources");
    if (!isGiven(sources)) reader.refuse("sources", value, "is missing");
    for (std::size_t i = 0; const auto& one : listFrom(reader, "sources", *sources))
        slice.sources.push_back(sourceFrom(one, fmt::format("{}[{}]", reader.full("sources"), i++), source, true));
    const auto lengthOf = [](const MergeSource& one) { return one.layers->second - one.layers->first; };
    for (const auto& one : slice.sources)
        if (lengthOf(one) != lengthOf(slice.sources.front()))
            reader.refuse(
                "sources", *sources,
                fmt::format("{} has {} layers and {} has {}; the sources of a slice must have as many",
                            slice.sources.front().model, lengthOf(slice.sources.front()), one.model, lengthOf(one)));
    if (const auto* base = reader.find("base_model"); isGiven(base)) slice.base = nameFrom(reader, "base_model", *base);
    slice.parameters = parametersFrom(reader);
    reader.close();
    return slice;
}

TokenRule tokenFrom(const std::string& token, const Value& value, int line, const std::string& key,
                    const Source& source) {
    TokenRule rule{.token = token, .line = line};
    if (value.isNull()) return rule;
    MapReader reader(value, key, source);
    reader.boolean("force", rule.force);
    if (const auto* from = reader.find("source"); isGiven(from)) {
        rule.hasSource = true;
        if (from->isScalar()) {
            rule.kind = TokenRule::Kind::Model;
            rule.model = nameFrom(reader, "source", *from);
        } else {
            MapReader inner(*from, reader.full("source"), source);
            std::string kind;
            inner.text("kind", kind);
            if (kind == "zero") {
                rule.kind = TokenRule::Kind::Zero;
            } else if (kind == "model_token") {
                rule.kind = TokenRule::Kind::ModelToken;
                inner.text("model", rule.model);
                inner.text("token", rule.modelToken);
                std::uint64_t id = 0;
                const bool byId = isGiven(inner.find("token_id"));
                if (byId) inner.whole("token_id", id);
                if (byId) rule.modelTokenId = id;
                if (rule.model.empty()) inner.refuse("model", *from, "is missing");
                if (byId == !rule.modelToken.empty())
                    inner.refuse("token", *from, "give either the token or its token_id");
            } else {
                inner.refuse("kind", *from, fmt::format("is '{}', but must be zero or model_token", kind));
            }
            inner.close();
        }
    }
    reader.close();
    return rule;
}

std::optional<TokenizerRule> tokenizerFrom(MapReader& reader) {
    const auto* older = reader.find("tokenizer_source");
    const auto* newer = reader.find("tokenizer");
    if (isGiven(older) && isGiven(newer))
        reader.refuse("tokenizer_source", *older, "stands beside tokenizer, which says the same; leave one out");
    if (isGiven(older)) {
        TokenizerRule rule{.source = nameFrom(reader, "tokenizer_source", *older), .line = older->line};
        return rule;
    }
    if (!isGiven(newer)) return std::nullopt;
    MapReader inner(*newer, "tokenizer", reader.source());
    TokenizerRule rule{.source = "union", .line = newer->line};
    if (const auto* source = inner.find("source"); isGiven(source)) rule.source = nameFrom(inner, "source", *source);
    if (const auto* multiple = inner.find("pad_to_multiple_of"); isGiven(multiple)) {
        rule.multiple = inner.wholeOf("pad_to_multiple_of", *multiple);
        if (*rule.multiple == 0 || *rule.multiple > 1'000'000)
            inner.refuse("pad_to_multiple_of", *multiple, "must be from 1 to 1000000");
    }
    if (const auto* tokens = inner.find("tokens"); isGiven(tokens)) {
        if (!tokens->isMap()) inner.refuse("tokens", *tokens, "must be a map of tokens");
        for (const auto& entry : tokens->map())
            rule.tokens.push_back(
                tokenFrom(entry.key, entry.value, entry.line, inner.full("tokens") + "." + entry.key, reader.source()));
    }
    inner.close();
    return rule;
}

void readSlices(MapReader& reader, const Value& root, MergeConfiguration& configuration) {
    const auto* models = reader.find("models");
    const auto* slices = reader.find("slices");
    if (isGiven(models) == isGiven(slices))
        reader.refuse(
            isGiven(models) ? "slices" : "models", isGiven(models) ? *slices : root,
            isGiven(models) ? "stands beside models; give one of them" : "is missing, and slices, too; give one");
    if (isGiven(models)) {
        configuration.listsModels = true;
        MergeSlice slice;
        slice.line = models->line;
        for (std::size_t i = 0; const auto& one : listFrom(reader, "models", *models))
            slice.sources.push_back(sourceFrom(one, fmt::format("models[{}]", i++), reader.source(), false));
        configuration.slices.push_back(std::move(slice));
    } else {
        for (std::size_t i = 0; const auto& one : listFrom(reader, "slices", *slices))
            configuration.slices.push_back(sliceFrom(one, fmt::format("slices[{}]", i++), reader.source()));
    }
}

}  // namespace

std::vector<std::string> MergeConfiguration::models() const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    for (const auto& slice : slices) {
        for (const auto& source : slice.sources) add(source.model);
        if (slice.base) add(*slice.base);
    }
    if (base) add(*base);
    return names;
}

MergeConfiguration parseMergeConfiguration(const std::string& text, const std::filesystem::path& path) {
    const auto root = parseYaml(text, path.string());
    const Source source(path.string(), path.parent_path());
    MapReader reader(root, "", source);
    MergeConfiguration configuration;
    configuration.text = text;
    configuration.path = path;
    reader.text("merge_method", configuration.method);
    if (configuration.method.empty()) reader.refuse("merge_method", root, "is missing");
    if (!mergeMethodNamed(configuration.method)) {
        std::vector<std::string_view> names;
        for (const auto& method : mergeMethods()) names.push_back(method.name);
        reader.refuse("merge_method", *reader.find("merge_method"),
                      fmt::format("is '{}', but must be one of {}", configuration.method, fmt::join(names, ", ")));
    }
    readSlices(reader, root, configuration);
    configuration.parameters = parametersFrom(reader);
    if (const auto* base = reader.find("base_model"); isGiven(base))
        configuration.base = nameFrom(reader, "base_model", *base);
    configuration.dtype = dtypeFrom(reader, "dtype");
    configuration.outDtype = dtypeFrom(reader, "out_dtype");
    configuration.tokenizer = tokenizerFrom(reader);
    if (isGiven(reader.find("chat_template"))) reader.text("chat_template", configuration.chatTemplate);
    reader.close();
    return configuration;
}

MergeConfiguration readMergeConfiguration(const std::filesystem::path& path) {
    return parseMergeConfiguration(readYamlText(path), path);
}

}  // namespace mergarium
