#pragma once

#include "core/fields/field_visitor.h"

#include <optional>
#include <string>

namespace mergarium {

/// A value that can't be run.
struct Violation {
    /// Dotted, "strategy.archive".
    std::string key;
    /// What is wrong with it: "must be from 2 to 100000, not 1".
    std::string sentence;
};

/// Finds the first parameter that is out of its bounds. Changes nothing.
class FieldChecker final : public FieldVisitor {
public:
    void boolean(const FieldText&, bool&) override {}
    void whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) override;
    void number(const FieldText& text, double& value, const NumberBounds& bounds) override;
    std::size_t choice(const FieldText&, std::span<const std::string_view>, std::size_t index) override {
        return index;
    }
    void text(const FieldText& text, std::string& value, const TextShape& shape) override;
    void texts(const FieldText& text, std::vector<std::string>& value, TextsAre what, bool required) override;
    void path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) override;
    void structured(const FieldText& text, StructuredField& field) override;
    void boolean(const FieldText&, std::optional<bool>&) override {}
    void number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) override;
    void section(const FieldText& text, const std::function<void()>& fields) override;
    using FieldVisitor::choice;

    const std::optional<Violation>& violation() const { return violation_; }

private:
    void find(const FieldText& text, std::string sentence);

    std::string prefix_;
    std::optional<Violation> violation_;
};

}  // namespace mergarium
