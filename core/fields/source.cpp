#include "core/fields/source.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

namespace mergarium {

std::filesystem::path Source::resolve(const Value& at, const std::string& path) const {
    const bool ofFile = at.setBy.empty() && !folder_.empty();
    const auto base = ofFile ? std::filesystem::absolute(folder_) : std::filesystem::current_path();
    return (base / path).lexically_normal();
}

void Source::refuse(const std::string& key, const Value& at, std::string_view sentence) const {
    std::string place = name_;
    const auto said = excerptOf(sentence, 1000);
    if (!at.setBy.empty())
        place = "--set " + at.setBy;
    else if (at.line > 0)
        place = fmt::format("{}, line {}", name_, at.line);
    throw ConfigurationError(fmt::format("{}: {}: {}.", place, excerptOf(key), said));
}

void Source::refuse(const std::string& key, const Value::Entry& entry, std::string_view sentence) const {
    Value place;
    place.line = entry.line;
    place.setBy = entry.value.setBy;
    refuse(key, place, sentence);
}

}  // namespace mergarium
