#include "core/fields/yaml.h"

#include "core/files/text_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace mergarium {
namespace {

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
    std::istringstream stream{std::string(withoutByteOrderMark(yaml))};
    std::string heading;
    for (std::string line; std::getline(stream, line) && line.starts_with('#');) {
        line.erase(0, std::min(line.size(), line.find_first_not_of("# ")));
        heading += (heading.empty() ? "" : " ") + line;
    }
    return heading;
}

}  // namespace mergarium
