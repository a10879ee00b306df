#include "core/configuration/configuration.h"
#include "core/configuration/strategy_yaml.h"
#include "core/configuration/task_yaml.h"
#include "core/configuration/yaml_section.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>

namespace mergarium {
namespace {

/// The node a dotted key names, or the deepest one above it that exists.
YAML::Node nodeAt(const YAML::Node& root, std::string_view key) {
    YAML::Node node = root;
    while (!key.empty()) {
        const auto dot = key.find('.');
        const std::string part(key.substr(0, dot));
        key = dot == std::string_view::npos ? std::string_view{} : key.substr(dot + 1);
        if (!node.IsMap()) break;
        const YAML::Node& constant = node;
        const YAML::Node next = constant[part];
        if (!next.IsDefined()) break;
        node.reset(next);
    }
    return node;
}

void apply(const Override& one, YAML::Node root) {
    YAML::Node value;
    try {
        value = YAML::Load(one.value);
    } catch (const YAML::Exception&) {
        throw ConfigurationError(fmt::format("--set {}: '{}' is not a YAML value.", one.key, one.value));
    }
    YAML::Node node = root;
    std::string_view key = one.key;
    for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
        const std::string part(key.substr(0, dot));
        key = key.substr(dot + 1);
        YAML::Node next = node[part];
        if (next.IsDefined() && !next.IsNull() && !next.IsMap())
            throw ConfigurationError(
                fmt::format("--set {}: '{}' is a single value and has no keys of its own.", one.key, part));
        if (!next.IsDefined() || next.IsNull()) {
            node[part] = YAML::Node(YAML::NodeType::Map);
            next = node[part];
        }
        node.reset(next);
    }
    node[std::string(key)] = value;
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

RunConfiguration parseConfiguration(std::string_view yaml, std::string_view sourceName,
                                    const std::vector<Override>& overrides, const std::filesystem::path& folder) {
    YAML::Node root;
    try {
        root = YAML::Load(std::string(yaml));
    } catch (const YAML::Exception& error) {
        throw ConfigurationError(
            fmt::format("{}, line {}: this is not YAML: {}.", sourceName, error.mark.line + 1, error.msg));
    }
    if (root.IsNull()) root = YAML::Node(YAML::NodeType::Map);
    const Source source(std::string(sourceName), folder, overrides);
    if (root.IsMap())
        for (const auto& one : overrides) apply(one, root);

    RunConfiguration c;
    Section top(root, "", source);
    top.text("name", c.name);
    if (const auto node = top.find("task")) readTask(*node, c.task, source);
    if (const auto node = top.find("founders")) readFounders(*node, c.founders, top);
    if (const auto node = top.find("tensors")) readTensorRules(*node, c.tensors, source);
    if (const auto node = top.find("strategy")) readStrategy(*node, c, source);
    if (const auto node = top.find("budget")) {
        Section budget(*node, "budget", source);
        budget.whole("evaluations", c.evaluations);
        budget.close();
    }
    top.whole("seed", c.seed);
    top.text("device", c.device);
    top.close();

    if (const auto violation = firstViolation(c))
        source.refuse(violation->key, nodeAt(root, violation->key).Mark(), violation->sentence);
    return c;
}

RunConfiguration readConfiguration(const std::filesystem::path& path, const std::vector<Override>& overrides) {
    std::ifstream stream(path);
    if (!stream || std::filesystem::is_directory(path))
        throw ConfigurationError(
            fmt::format("{}: there is no such file; name a preset or a run configuration.", path.string()));
    std::ostringstream text;
    text << stream.rdbuf();
    return parseConfiguration(text.str(), path.string(), overrides, path.parent_path());
}

std::string toYaml(const RunConfiguration& c) {
    YAML::Emitter out;
    out.SetDoublePrecision(17);
    out << YAML::BeginMap;
    out << YAML::Key << "name" << YAML::Value << c.name;
    out << YAML::Key << "task" << YAML::Value;
    writeTask(out, c.task);
    out << YAML::Key << "founders" << YAML::Value;
    writeFounders(out, c.founders);
    if (!(c.tensors == TensorRules{})) {
        out << YAML::Key << "tensors" << YAML::Value;
        writeTensorRules(out, c.tensors);
    }
    out << YAML::Key << "strategy" << YAML::Value;
    writeStrategy(out, c);
    out << YAML::Key << "budget" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "evaluations"
        << YAML::Value << c.evaluations << YAML::EndMap;
    out << YAML::Key << "seed" << YAML::Value << c.seed;
    out << YAML::Key << "device" << YAML::Value << c.device;
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\n";
}

}  // namespace mergarium
