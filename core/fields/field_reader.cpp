#include "core/fields/field_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace mergarium {

FieldReader::FieldReader(const Value& map, const Source& source, OthersKeys others, std::string path)
    : top_(map, std::move(path), source), map_(&top_), others_(others) {}

void FieldReader::boolean(const FieldText& text, bool& value) { map_->boolean(text.key, value); }

void FieldReader::whole(const FieldText& text, std::uint64_t& value, const WholeBounds&) {
    map_->whole(text.key, value);
}

void FieldReader::number(const FieldText& text, double& value, const NumberBounds&) { map_->number(text.key, value); }

std::size_t FieldReader::choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) {
    const auto* value = map_->find(text.key);
    if (!value) return index;
    const auto& word = map_->scalarOf(text.key, *value);
    const auto found = std::ranges::find(names, word);
    if (found == names.end())
        map_->refuse(text.key, *value, fmt::format("is '{}', but must be one of: {}", word, fmt::join(names, ", ")));
    return static_cast<std::size_t>(found - names.begin());
}

void FieldReader::text(const FieldText& text, std::string& value, const TextShape&) { map_->text(text.key, value); }

void FieldReader::texts(const FieldText& text, std::vector<std::string>& value, TextsAre, bool) {
    map_->texts(text.key, value);
}

void FieldReader::path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) {
    if (shape.besideText) value = map_->source().resolve({}, ".");
    map_->path(text.key, value);
}

void FieldReader::structured(const FieldText& text, StructuredField& field) {
    if (const auto* value = map_->find(text.key)) field.read(text.key, *value, *map_);
}

void FieldReader::boolean(const FieldText& text, std::optional<bool>& value) {
    if (!map_->find(text.key)) return;
    bool said = false;
    map_->boolean(text.key, said);
    value = said;
}

void FieldReader::number(const FieldText& text, std::optional<double>& value, const NumberBounds&) {
    if (const auto* said = map_->find(text.key)) value = map_->numberOf(text.key, *said);
}

void FieldReader::section(const FieldText& text, const std::function<void()>& fields) {
    const auto* inner = map_->find(text.key);
    if (!inner) return;
    MapReader section(*inner, map_->full(text.key), map_->source());
    auto* outside = std::exchange(map_, &section);
    fields();
    section.close();
    map_ = outside;
}

void FieldReader::ofOtherKinds(std::span<const std::string> keys) {
    const auto* kind = map_->map().find("kind");
    const bool kindWasSet = kind && !kind->setBy.empty();
    for (const auto& entry : map_->map().map()) {
        if (std::ranges::find(keys, entry.key) == keys.end()) continue;
        const bool ofBase = kindWasSet && entry.value.setBy.empty();
        if (others_ == OthersKeys::Refused && !ofBase)
            map_->source().refuse(map_->full(entry.key), entry,
                                  kind ? fmt::format("is no parameter of {}; remove it", kind->scalar())
                                       : "is a parameter of another kind; say which, or remove it");
        map_->find(entry.key);
    }
}

}  // namespace mergarium
