#include "core/fields/field_writer.h"

#include <fmt/format.h>

#include <utility>

namespace mergarium {

std::string numberText(double number) { return fmt::format("{}", number); }

void FieldWriter::put(const FieldText& text, Value value) {
    if (!text.shorthand) map_.map().push_back({std::string(text.key), std::move(value), 0});
}

void FieldWriter::boolean(const FieldText& text, bool& value) {
    put(text, Value(std::string(value ? "true" : "false")));
}

void FieldWriter::whole(const FieldText& text, std::uint64_t& value, const WholeBounds&) {
    put(text, Value(std::to_string(value)));
}

void FieldWriter::number(const FieldText& text, double& value, const NumberBounds&) {
    put(text, Value(numberText(value)));
}

std::size_t FieldWriter::choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) {
    put(text, Value(std::string(names[index])));
    return index;
}

void FieldWriter::text(const FieldText& text, std::string& value, const TextShape&) { put(text, Value::text(value)); }

void FieldWriter::texts(const FieldText& text, std::vector<std::string>& value, TextsAre, bool) {
    Value::List list;
    for (const auto& one : value) list.push_back(Value::text(one));
    put(text, Value(std::move(list)));
}

void FieldWriter::path(const FieldText& text, std::filesystem::path& value, const PathShape&) {
    if (!value.empty()) put(text, Value::text(value.string()));
}

void FieldWriter::structured(const FieldText& text, StructuredField& field) { put(text, field.write()); }

void FieldWriter::boolean(const FieldText& text, std::optional<bool>& value) {
    if (value) boolean(text, *value);
}

void FieldWriter::number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) {
    if (value) number(text, *value, bounds);
}

void FieldWriter::section(const FieldText& text, const std::function<void()>& fields) {
    auto outside = std::exchange(map_, Value(Value::Map{}));
    fields();
    auto inner = std::exchange(map_, std::move(outside));
    put(text, std::move(inner));
}

}  // namespace mergarium
