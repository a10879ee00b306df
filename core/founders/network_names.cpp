#include "core/founders/network_names.h"

#include <optional>
#include <set>
#include <string>

namespace mergarium {
namespace {

std::set<std::string> namesIn(const Layout& layout) {
    std::set<std::string> names;
    for (const auto& tensor : layout.tensors) names.insert(tensor.name);
    for (const auto& frozen : layout.frozen) names.insert(frozen.tensor.name);
    for (const auto& alias : layout.aliases)
        if (names.contains(alias.of)) names.insert(alias.name);
    return names;
}

}  // namespace

DecoderConfig withNamesOf(DecoderConfig config, const Layout& layout) {
    const auto stored = namesIn(layout);
    const auto embedding = config.names.embedding + ".weight", head = config.names.head + ".weight";
    if (stored.contains(config.nameOf(embedding))) return config;
    // The only one of that name, whatever stands before it.
    const auto before = [&](const std::string& name) -> std::optional<std::string> {
        std::optional<std::string> found;
        for (const auto& one : stored) {
            const bool isIt = one == name || one.ends_with("." + name);
            if (isIt && found) return std::nullopt;
            if (isIt) found = one.substr(0, one.size() - name.size());
        }
        return found;
    };
    if (const auto base = before(embedding)) config.names.base = *base;
    if (const auto beforeHead = before(head)) config.names.head = *beforeHead + config.names.head;
    return config;
}

}  // namespace mergarium
