#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/value.h"

namespace mergarium {

/// Writes parameters into a map, every one of them but shorthands and what is not given. Changes nothing.
class FieldWriter final : public FieldVisitor {
public:
    void boolean(const FieldText& text, bool& value) override;
    void whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) override;
    void number(const FieldText& text, double& value, const NumberBounds& bounds) override;
    std::size_t choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) override;
    void text(const FieldText& text, std::string& value, const TextShape& shape) override;
    void texts(const FieldText& text, std::vector<std::string>& value, TextsAre what, bool required) override;
    void path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) override;
    void structured(const FieldText& text, StructuredField& field) override;
    void boolean(const FieldText& text, std::optional<bool>& value) override;
    void number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) override;
    void section(const FieldText& text, const std::function<void()>& fields) override;
    using FieldVisitor::choice;

    const Value& map() const { return map_; }

private:
    void put(const FieldText& text, Value value);

    Value map_{Value::Map{}};
};

/// The shortest text that reads back as the same number.
std::string numberText(double number);

}  // namespace mergarium
