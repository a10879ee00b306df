#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

class MapReader;
class Value;
struct FieldEntry;

/// What people are told of a parameter. The texts live as long as the program.
struct FieldText {
    /// As in YAML: "early_rejection".
    std::string_view key;
    /// What the form calls it: "Early rejection".
    std::string_view label;
    /// One sentence.
    std::string_view help;
    /// Behind the number: "s", "tokens".
    std::string_view unit = {};
    /// What 0, or that nothing is said, stands for: "chosen by memory".
    std::string_view unset = {};
    /// Whether it means anything beside the other settings as they are; forms hide it where it doesn't.
    bool relevant = true;
    /// A second way to say another field, which is read and not written.
    bool shorthand = false;
};

struct WholeBounds {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    /// 0 is allowed too, and means what FieldText::unset says.
    bool zero = false;
};

struct NumberBounds {
    double least = std::numeric_limits<double>::lowest();
    double most = std::numeric_limits<double>::max();
    /// `least`, or `most`, itself is not allowed.
    bool above = false;
    bool below = false;
};

struct TextShape {
    bool required = false;
    std::size_t lines = 1;
    /// What people choose from; others are allowed.
    std::span<const std::string_view> suggestions = {};
};

/// What the texts of a list are, for people who type them on one line.
enum class TextsAre { Words, Command };

struct PathShape {
    enum class Kind { File, Folder } kind = Kind::File;
    bool required = false;
    /// Where the text doesn't say it, the folder that the text lies in.
    bool besideText = false;
};

/// A parameter that is neither one value nor a list of texts. `read` and `write` are each other's inverse.
class StructuredField {
public:
    virtual ~StructuredField() = default;
    /// What it may be, in YAML: "a number, or [least, most]".
    virtual std::string_view shape() const = 0;
    virtual Value write() const = 0;
    /// Throws ConfigurationError through `map.refuse(key, ...)`.
    virtual void read(std::string_view key, const Value& value, MapReader& map) = 0;
    /// What can't be run, as the rest of a sentence: "must be at most 5".
    virtual std::optional<std::string> violation() const { return std::nullopt; }
    /// Of a list of maps: what each of them holds (core/fields/field_list.h).
    virtual std::vector<FieldEntry> parts() const;
};

/// Sees the parameters of a run one after the other, may read and may write them. Every settings struct has one
/// function `visit(FieldVisitor&, Settings&)`, the one place that names its parameters: reading and writing YAML,
/// bounds, the form, completion and the reference are visitors.
class FieldVisitor {
public:
    virtual ~FieldVisitor() = default;

    virtual void boolean(const FieldText& text, bool& value) = 0;
    virtual void whole(const FieldText& text, std::uint64_t& value, const WholeBounds& bounds) = 0;
    virtual void number(const FieldText& text, double& value, const NumberBounds& bounds) = 0;
    /// One of `names`; returns the index chosen, which is `index` where the visitor doesn't choose.
    virtual std::size_t choice(const FieldText& text, std::span<const std::string_view> names, std::size_t index) = 0;
    virtual void text(const FieldText& text, std::string& value, const TextShape& shape) = 0;
    virtual void texts(const FieldText& text, std::vector<std::string>& value, TextsAre what, bool required) = 0;
    virtual void path(const FieldText& text, std::filesystem::path& value, const PathShape& shape) = 0;
    virtual void structured(const FieldText& text, StructuredField& field) = 0;
    // Absent: what FieldText::unset says; a key that isn't there.
    virtual void boolean(const FieldText& text, std::optional<bool>& value) = 0;
    virtual void number(const FieldText& text, std::optional<double>& value, const NumberBounds& bounds) = 0;

    /// A map of its own, whose fields `fields` visits.
    virtual void section(const FieldText& text, const std::function<void()>& fields) = 0;
    /// Keys that other kinds of settings know in this section, which this kind doesn't.
    virtual void ofOtherKinds(std::span<const std::string>) {}

    /// One of `values`, called by `nameOf(value)`.
    template <typename Enum>
    void choice(const FieldText& text, Enum& value, std::span<const Enum> values) {
        std::vector<std::string_view> names;
        std::size_t index = 0;
        for (const auto one : values) {
            if (one == value) index = names.size();
            names.push_back(nameOf(one));
        }
        value = values[choice(text, names, index)];
    }
};

}  // namespace mergarium
