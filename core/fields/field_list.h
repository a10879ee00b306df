#pragma once

#include "core/fields/field_visitor.h"

#include <string>
#include <vector>

namespace mergarium {

/// One parameter in words, for references and for people to choose from.
struct FieldEntry {
    /// Dotted, from the top of the file; "files[].train" is a key of every map of a list.
    std::string key;
    std::string label;
    std::string help;
    /// What it may be, with bounds: "a number from 0 to 100", "one of: unit, best".
    std::string values;
    /// As YAML has it on one line; empty where it may be left out and nothing stands for it.
    std::string standard;
    bool shorthand = false;
};

/// Lists the parameters that it sees, with their present values as the standard ones.
class FieldLister final : public FieldVisitor {
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

    const std::vector<FieldEntry>& entries() const { return entries_; }

private:
    void add(const FieldText& text, std::string values, std::string standard);

    std::string prefix_;
    std::vector<FieldEntry> entries_;
};

/// "from 0 to 100", "above 0", "at least 2 (0: chosen by memory)"; empty where anything goes.
std::string boundsText(const FieldText& text, const WholeBounds& bounds);
std::string boundsText(const NumberBounds& bounds);

template <typename Settings>
std::vector<FieldEntry> fieldsOf(Settings settings) {
    FieldLister lister;
    visit(lister, settings);
    return lister.entries();
}

/// Relative to the settings' own section.
template <typename Settings>
std::vector<std::string> keysOf(const Settings& settings) {
    std::vector<std::string> keys;
    for (auto& entry : fieldsOf(settings)) keys.push_back(std::move(entry.key));
    return keys;
}

}  // namespace mergarium
