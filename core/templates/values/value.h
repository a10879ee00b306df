#pragma once

#include "core/templates/values/budget.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium::jinja {

class Value;
struct Items;
struct Mapping;
struct BoundMethod;
/// What a rendering owns and values only point to, so that none holds itself.
struct Space;
struct Loop;
struct Macro;
struct Function;

using Text = std::shared_ptr<const std::string>;
using ItemsPtr = std::shared_ptr<Items>;
using MappingPtr = std::shared_ptr<const Mapping>;

/// What isn't there. Printed as nothing, and false; whatever else is done with it fails, for the reason that it tells.
struct Undefined {
    Text why;
};

/// A value as Python has them, immutable but for namespaces, which their rendering owns.
class Value {
public:
    using Content = std::variant<Undefined, std::monostate, bool, std::int64_t, double, Text, ItemsPtr, MappingPtr,
                                 Space*, Loop*, const Macro*, const Function*, std::shared_ptr<const BoundMethod>>;

    /// None.
    Value() : content_(std::monostate()) {}
    template <typename T>
    requires std::is_constructible_v<Content, T> &&(!std::is_same_v<std::decay_t<T>, Value>)explicit Value(T content)
        : content_(std::move(content)) {}

    static Value undefined(std::string why);
    static Value text(std::string characters);
    /// Of what the program itself says of sizes.
    static Value count(std::size_t number) { return Value(static_cast<std::int64_t>(number)); }

    bool isUndefined() const { return std::holds_alternative<Undefined>(content_); }
    bool isNone() const { return std::holds_alternative<std::monostate>(content_); }
    bool isBoolean() const { return std::holds_alternative<bool>(content_); }
    /// Truth values are none here.
    bool isWhole() const { return std::holds_alternative<std::int64_t>(content_); }
    bool isReal() const { return std::holds_alternative<double>(content_); }
    /// As in Python: truth values are numbers.
    bool isNumber() const { return isBoolean() || isWhole() || isReal(); }
    bool isText() const { return std::holds_alternative<Text>(content_); }
    bool isMapping() const { return std::holds_alternative<MappingPtr>(content_); }
    /// Null unless it is that.
    const Items* items() const;
    template <typename T>
    const T* get() const {
        return std::get_if<T>(&content_);
    }

    /// Each must be what it is asked for.
    const std::string& text() const { return *std::get<Text>(content_); }
    std::int64_t whole() const { return std::get<std::int64_t>(content_); }
    const Mapping& mapping() const { return *std::get<MappingPtr>(content_); }
    /// Of any number.
    double real() const;

    const Content& content() const { return content_; }

private:
    Content content_;
};

/// A sequence, and what is like one.
struct Items {
    enum class Kind {
        List,
        Tuple,
        /// Python's generators: gone through once, always true, without a length.
        Once,
        /// What a mapping shows of itself: a length, but no places.
        View
    };
    std::vector<Value> values;
    Kind kind = Kind::List;
    /// Levels of values, itself included; bounded.
    std::size_t depth = 1;

    bool isSequence() const { return kind == Kind::List || kind == Kind::Tuple; }
};

/// Keys and values in the order of their insertion.
struct Mapping {
    std::vector<std::pair<Value, Value>> entries;
    std::size_t depth = 1;
};

/// `text.strip`, before it is called.
struct BoundMethod {
    Value self;
    std::string name;
};

/// What is made of values, at the cost of a budget. Throw Fault.
Value makeText(Budget& budget, std::string characters);
Value makeItems(Budget& budget, std::vector<Value> values, Items::Kind kind = Items::Kind::List);
/// A later entry takes the place of an earlier one with the same key.
Value makeMapping(Budget& budget, std::vector<std::pair<Value, Value>> entries);

/// What stands behind a key; null: nothing.
const Value* find(Budget& budget, const Mapping& mapping, const Value& key);
const Value* find(Budget& budget, const Mapping& mapping, std::string_view key);

/// "str", "NoneType", as Python calls its type.
std::string_view typeName(const Value& value);
bool isTrue(const Value& value);
/// Throws Fault where it is undefined.
void requireDefined(const Value& value);
/// What going through it yields: characters, keys, elements. Throws Fault where it can't be gone through.
std::vector<Value> elementsOf(Budget& budget, const Value& value);
/// Throws Fault where it has none.
std::size_t lengthOf(Budget& budget, const Value& value);

bool equals(Budget& budget, const Value& a, const Value& b);
/// a < b. Throws Fault where Python doesn't know.
bool isLess(Budget& budget, const Value& a, const Value& b);
bool contains(Budget& budget, const Value& whole, const Value& part);

/// As `str` and `repr` make it.
std::string printed(Budget& budget, const Value& value);
std::string represented(Budget& budget, const Value& value);

}  // namespace mergarium::jinja
