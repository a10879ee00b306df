#include "core/fields/field_checker.h"

#include "core/fields/field_list.h"

#include <fmt/format.h>

#include <cmath>

namespace mergarium {

void FieldChecker::find(const FieldText& text, std::string sentence) {
    if (!violation_) violation_ = {prefix_ + std::string(text.key), std::move(sentence)};
}

void FieldChecker::whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) {
    if (bounds.zero && value == 0) return;
    if (value < bounds.least || value > bounds.most)
        find(text, fmt::format("must be a whole number {}, not {}", boundsText(text, bounds), value));
}

void FieldChecker::number(const FieldText& text, double& value, const NumberBounds& bounds) {
    const bool tooSmall = bounds.above ? value <= bounds.least : value < bounds.least;
    const bool tooLarge = bounds.below ? value >= bounds.most : value > bounds.most;
    if (!std::isfinite(value) || tooSmall || tooLarge)
        find(text, fmt::format("must be a number {}, not {}", boundsText(bounds), value));
}

void FieldChecker::text(const FieldText& text, std::string& value, const TextShape& shape) {
    if (shape.required && value.empty()) find(text, "is empty");
}

void FieldChecker::texts(const FieldText& text, std::vector<std::string>& value, TextsAre, bool required) {
    if (required && (value.empty() || value.front().empty())) find(text, "is empty");
}

void FieldChecker::path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) {
    if (shape.required && value.empty())
        find(text, shape.kind == PathShape::Kind::File ? "names no file" : "names no folder");
}

void FieldChecker::structured(const FieldText& text, StructuredField& field) {
    if (auto sentence = field.violation()) find(text, std::move(*sentence));
}

void FieldChecker::number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) {
    if (value) number(text, *value, bounds);
}

void FieldChecker::section(const FieldText& text, const std::function<void()>& fields) {
    const auto outside = prefix_;
    prefix_ += std::string(text.key) + ".";
    fields();
    prefix_ = outside;
}

}  // namespace mergarium
