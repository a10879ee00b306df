#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/map_reader.h"

namespace mergarium {

/// Keys that only another kind of settings knows.
enum class OthersKeys {
    /// Refused, but for those of a text whose `kind` came by `--set`: what a base says for its own kind.
    Refused,
    /// Passed over: stored runs of earlier versions say every key for every kind.
    PassedOver
};

/// Reads parameters from a map; what it doesn't say stays as it is. Throws ConfigurationError naming key and place for
/// unknown keys (`close`) and values of the wrong type. Bounds are FieldChecker's business.
class FieldReader final : public FieldVisitor {
public:
    /// Refers to both, which must outlive it. `path` is the dotted key of the map itself.
    FieldReader(const Value& map, const Source& source, OthersKeys others = OthersKeys::Refused, std::string path = {});
    FieldReader(const FieldReader&) = delete;
    FieldReader& operator=(const FieldReader&) = delete;

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
    void ofOtherKinds(std::span<const std::string> keys) override;
    using FieldVisitor::choice;

    /// At the end of a map that no section ended.
    void close() const { top_.close(); }

private:
    MapReader top_;
    /// Of the section at hand.
    MapReader* map_;
    OthersKeys others_;
};

}  // namespace mergarium
