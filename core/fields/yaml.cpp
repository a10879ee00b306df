#include "core/fields/yaml.h"

#include "core/fields/source.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace mergarium {
namespace {

constexpr std::size_t kMostLevels = 100;
/// Aliases of aliases multiply: a kilobyte of YAML can name a billion values.
constexpr std::size_t kMostValues = 1'000'000;

class Reading {
public:
    explicit Reading(std::string_view source) : source_(source) {}

    /// `path` is the dotted key that the value stands behind.
    Value valueOf(const YAML::Node& node, const std::string& path, std::size_t level) {
        const int line = node.Mark().is_null() ? 0 : node.Mark().line + 1;
        if (level > kMostLevels) refuse(line, "the values are nested too deeply");
        if (++values_ > kMostValues) refuse(line, "there are more than a million values");
        Value value;
        if (node.IsScalar()) {
            value = Value(node.Scalar());
            value.quoted = node.Tag() == "!";
        } else if (node.IsSequence()) {
            value = Value(Value::List{});
            for (const auto& one : node) value.list().push_back(valueOf(one, path, level + 1));
        } else if (node.IsMap()) {
            value = Value(Value::Map{});
            std::set<std::string> seen;
            for (const auto& entry : node) {
                const int at = entry.first.Mark().line + 1;
                if (!entry.first.IsScalar()) refuse(at, fmt::format("{}: a key must be a single value", path));
                const auto& key = entry.first.Scalar();
                const auto full = path.empty() ? key : fmt::format("{}.{}", path, key);
                if (!seen.insert(key).second)
                    refuse(at, fmt::format("{}: stands here a second time; remove one", full));
                value.map().push_back({key, valueOf(entry.second, full, level + 1), at});
            }
        }
        value.line = line;
        return value;
    }

private:
    [[noreturn]] void refuse(int line, std::string_view sentence) const {
        throw ConfigurationError(fmt::format("{}, line {}: {}.", source_, line, sentence));
    }

    std::string_view source_;
    std::size_t values_ = 0;
};

/// Short maps and lists of scalars stand on one line.
bool standsOnOneLine(const Value& value, std::size_t level) {
    if (value.isList()) return std::ranges::none_of(value.list(), [](const Value& one) { return one.isMap(); });
    return value.isMap() && level > 0 && value.map().size() <= 2 &&
           std::ranges::all_of(value.map(), [](const auto& entry) { return entry.value.isScalar(); });
}

void write(YAML::Emitter& out, const Value& value, std::size_t level, bool inlined) {
    inlined = inlined || standsOnOneLine(value, level);
    if (value.isNull()) {
        out << YAML::Null;
    } else if (value.isScalar()) {
        if (value.quoted) out << YAML::DoubleQuoted;
        out << value.scalar();
    } else if (value.isList()) {
        out << (inlined ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
        for (const auto& one : value.list()) write(out, one, level + 1, inlined);
        out << YAML::EndSeq;
    } else {
        out << (inlined ? YAML::Flow : YAML::Block) << YAML::BeginMap;
        for (const auto& [key, inner, line] : value.map()) {
            out << YAML::Key << key << YAML::Value;
            write(out, inner, level + 1, inlined);
        }
        out << YAML::EndMap;
    }
}

}  // namespace

Value parseYaml(std::string_view yaml, std::string_view source) {
    try {
        return Reading(source).valueOf(YAML::Load(std::string(yaml)), "", 0);
    } catch (const YAML::Exception& error) {
        throw ConfigurationError(
            fmt::format("{}, line {}: this is not YAML: {}.", source, error.mark.line + 1, error.msg));
    }
}

std::string toYaml(const Value& value) {
    YAML::Emitter out;
    write(out, value, 0, false);
    return std::string(out.c_str()) + "\n";
}

std::string toInlineYaml(const Value& value) {
    YAML::Emitter out;
    write(out, value, 0, true);
    return out.c_str();
}

std::string headingOf(std::string_view yaml) {
    std::istringstream stream{std::string(yaml)};
    std::string heading;
    for (std::string line; std::getline(stream, line) && line.starts_with('#');) {
        line.erase(0, std::min(line.size(), line.find_first_not_of("# ")));
        heading += (heading.empty() ? "" : " ") + line;
    }
    return heading;
}

}  // namespace mergarium
