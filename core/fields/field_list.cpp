#include "core/fields/field_list.h"

#include "core/fields/value.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mergarium {
namespace {

constexpr NumberBounds kAnyNumber;

std::string joined(std::string first, const std::string& second) {
    return second.empty() ? first : first + " " + second;
}

std::string withUnit(std::string values, const FieldText& text) {
    return text.unit.empty() ? values : fmt::format("{}, in {}", values, text.unit);
}

}  // namespace

std::string boundsText(const FieldText& text, const WholeBounds& bounds) {
    std::string words;
    if (bounds.most != WholeBounds{}.most)
        words = fmt::format("from {} to {}", bounds.least, bounds.most);
    else if (bounds.least > 0)
        words = fmt::format("of at least {}", bounds.least);
    if (bounds.zero || !text.unset.empty())
        words += words.empty() ? fmt::format("(0: {})", text.unset) : fmt::format(", or 0: {}", text.unset);
    return words;
}

std::string boundsText(const NumberBounds& bounds) {
    const bool least = bounds.least != kAnyNumber.least, most = bounds.most != kAnyNumber.most;
    if (least && most && !bounds.above && !bounds.below) return fmt::format("from {} to {}", bounds.least, bounds.most);
    std::string words;
    if (least) words = fmt::format("{} {}", bounds.above ? "above" : "of at least", bounds.least);
    if (most)
        words +=
            fmt::format("{}{} {}", words.empty() ? "" : " and ", bounds.below ? "below" : "of at most", bounds.most);
    return words;
}

std::vector<FieldEntry> StructuredField::parts() const { return {}; }

void FieldLister::add(const FieldText& text, std::string values, std::string standard) {
    entries_.push_back({.key = prefix_ + std::string(text.key),
                        .label = std::string(text.label),
                        .help = std::string(text.help),
                        .values = std::move(values),
                        .standard = std::move(standard),
                        .shorthand = text.shorthand});
}

void FieldLister::boolean(const FieldText& text, bool& value) { add(text, "true or false", value ? "true" : "false"); }

void FieldLister::whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) {
    add(text, withUnit(joined("a whole number", boundsText(text, bounds)), text), fmt::format("{}", value));
}

void FieldLister::number(const FieldText& text, double& value, const NumberBounds& bounds) {
    add(text, withUnit(joined("a number", boundsText(bounds)), text), fmt::format("{}", value));
}

std::size_t FieldLister::choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) {
    add(text, fmt::format("one of: {}", fmt::join(names, ", ")), std::string(names[index]));
    return index;
}

void FieldLister::text(const FieldText& text, std::string& value, const TextShape& shape) {
    add(text,
        shape.suggestions.empty() ? "a text" : fmt::format("a text, such as {}", fmt::join(shape.suggestions, ", ")),
        toInlineYaml(Value::text(value)));
}

void FieldLister::texts(const FieldText& text, std::vector<std::string>& value, TextsAre, bool) {
    Value::List list;
    for (const auto& one : value) list.push_back(Value::text(one));
    add(text, "a list of texts", toInlineYaml(Value(std::move(list))));
}

void FieldLister::path(const FieldText& text, std::filesystem::path&, const PathShape& shape) {
    add(text, shape.kind == PathShape::Kind::File ? "a file" : "a folder", {});
}

void FieldLister::structured(const FieldText& text, StructuredField& field) {
    add(text, std::string(field.shape()), toInlineYaml(field.write()));
    for (auto part : field.parts()) {
        part.key = fmt::format("{}{}[].{}", prefix_, text.key, part.key);
        entries_.push_back(std::move(part));
    }
}

void FieldLister::boolean(const FieldText& text, std::optional<bool>&) {
    add(text, fmt::format("true or false; not given: {}", text.unset), {});
}

void FieldLister::number(const FieldText& text, std::optional<double>&, const NumberBounds& bounds) {
    add(text, withUnit(joined("a number", boundsText(bounds)), text) + fmt::format("; not given: {}", text.unset), {});
}

void FieldLister::section(const FieldText& text, const std::function<void()>& fields) {
    const auto outside = prefix_;
    prefix_ += std::string(text.key) + ".";
    fields();
    prefix_ = outside;
}

}  // namespace mergarium
