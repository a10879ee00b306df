#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium {

/// A value as configuration files hold it: nothing, a scalar, a list or a map; with where it stands, so that messages
/// can say so. A plain value.
class Value {
public:
    struct Entry;
    using List = std::vector<Value>;
    /// In the order of the file.
    using Map = std::vector<Entry>;

    Value() = default;
    explicit Value(std::string scalar);
    explicit Value(List list);
    explicit Value(Map map);
    /// Free text, which is written in quotes whatever it holds.
    static Value text(std::string words);

    bool isNull() const { return std::holds_alternative<std::monostate>(content_); }
    bool isScalar() const { return std::holds_alternative<std::string>(content_); }
    bool isList() const { return std::holds_alternative<List>(content_); }
    bool isMap() const { return std::holds_alternative<Map>(content_); }

    /// What it must be (std::bad_variant_access).
    const std::string& scalar() const { return std::get<std::string>(content_); }
    const List& list() const { return std::get<List>(content_); }
    List& list() { return std::get<List>(content_); }
    const Map& map() const { return std::get<Map>(content_); }
    Map& map() { return std::get<Map>(content_); }

    /// The value behind a key; null where this is no map or has no such key.
    const Value* find(std::string_view key) const;
    /// The value that a dotted key names, or the deepest one above it that exists.
    const Value& nearest(std::string_view dottedKey) const;
    /// The value behind a key of a map, added where there is none.
    Value& at(std::string_view key);

    /// From 1; 0: it stands in no file.
    int line = 0;
    /// The dotted key of the `--set` that it came by; empty: it came from the file.
    std::string setBy;
    bool quoted = false;

private:
    std::variant<std::monostate, std::string, List, Map> content_;
};

struct Value::Entry {
    std::string key;
    Value value;
    /// Of the key, from 1; 0: it stands in no file.
    int line = 0;
};

}  // namespace mergarium
