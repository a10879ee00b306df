#include "core/configuration/yaml.h"

#include "core/fields/field_writer.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

void markAsSet(Value& value, const std::string& key) {
    value.setBy = key;
    if (value.isList())
        for (auto& one : value.list()) markAsSet(one, key);
    if (value.isMap())
        for (auto& entry : value.map()) markAsSet(entry.value, key);
}

void apply(const Override& one, Value& root) {
    Value value;
    try {
        value = parseYaml(one.value, "");
    } catch (const ConfigurationError&) {
        throw ConfigurationError(fmt::format("--set {}: '{}' is not a YAML value.", one.key, one.value));
    }
    markAsSet(value, one.key);
    Value* node = &root;
    std::string_view key = one.key;
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
        const auto part = key.substr(0, dot);
        key = key.substr(dot + 1);
        node = &node->at(part);
        if (node->isNull()) *node = Value(Value::Map{});
        if (!node->isMap())
            throw ConfigurationError(
                fmt::format("--set {}: '{}' is a single value and has no keys of its own.", one.key, part));
    }
    node->at(key) = std::move(value);
}

/// Values that can't be run.
enum class Impossible { Refused, Taken };

RunConfiguration parse(std::string_view yaml, std::string_view sourceName, const std::vector<Override>& overrides,
                       const std::filesystem::path& folder, OthersKeys others,
                       Impossible impossible = Impossible::Refused) {
    auto root = parseYaml(yaml, sourceName);
    if (root.isNull())
        throw ConfigurationError(
            fmt::format("{}: there is nothing in this file; '{{}}' asks for the defaults.", sourceName));
    const Source source(std::string(sourceName), folder);
    if (root.isMap())
        for (const auto& one : overrides) apply(one, root);

    RunConfiguration configuration;
    FieldReader reader(root, source, others);
    visit(reader, configuration);
    reader.close();
    if (impossible == Impossible::Taken) return configuration;
    if (const auto violation = firstViolation(configuration))
        source.refuse(violation->key, root.nearest(violation->key), violation->sentence);
    return configuration;
}

}  // namespace

Override parseOverride(std::string_view text) {
    const auto equals = text.find('=');
    const auto key = text.substr(0, equals);
    if (equals == std::string_view::npos || key.empty() || key.front() == '.' || key.back() == '.' ||
        key.find("..") != std::string_view::npos)
        throw ConfigurationError(fmt::format("--set {}: must look like strategy.alpha=0.5.", text));
    return {std::string(key), std::string(text.substr(equals + 1))};
}

RunConfiguration parseConfiguration(std::string_view yaml, std::string_view source,
                                    const std::vector<Override>& overrides, const std::filesystem::path& folder) {
    return parse(yaml, source, overrides, folder, OthersKeys::Refused);
}

RunConfiguration parseStoredConfiguration(std::string_view yaml, std::string_view source) {
    return parse(yaml, source, {}, {}, OthersKeys::PassedOver);
}

RunConfiguration parseDraftConfiguration(std::string_view yaml, std::string_view source) {
    return parse(yaml, source, {}, {}, OthersKeys::PassedOver, Impossible::Taken);
}

RunConfiguration readConfiguration(const std::filesystem::path& path, const std::vector<Override>& overrides) {
    return parseConfiguration(readYamlText(path), path.string(), overrides, path.parent_path());
}

std::string toYaml(const RunConfiguration& configuration) {
    auto copy = configuration;
    FieldWriter writer;
    visit(writer, copy);
    return toYaml(writer.map());
}

}  // namespace mergarium
