#pragma once

#include "core/templates/values/value.h"

#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mergarium::jinja {

/// namespace(...): what templates may change.
struct Space {
    std::vector<std::pair<std::string, Value>> attributes;
};

/// What a call gives: values in places, and by name.
struct Arguments {
    std::vector<Value> places;
    std::vector<std::pair<std::string, Value>> names;
};

/// What one rendering computes with. Of one thread.
struct Tools {
    Budget& budget;
    /// All that there are: values point to them.
    std::deque<Space> spaces = {};
};

/// A function that every template knows: range, namespace, dict, raise_exception, strftime_now.
struct Function {
    std::string_view name;
    Value (*call)(Tools&, const Arguments&);
};

/// Null: there is none of this name.
const Function* functionNamed(std::string_view name);

/// Arguments by the names of what they are given to. Throws Fault where they don't fit.
class Parameters {
public:
    /// The first `required` must be given.
    Parameters(std::string_view of, const Arguments& given, std::initializer_list<std::string_view> names,
               std::size_t required = 0);

    /// Null: not given.
    const Value* find(std::string_view name) const;
    /// None where it isn't given.
    Value value(std::string_view name) const;
    std::string text(Tools& tools, std::string_view name, std::string_view otherwise = {}) const;
    std::int64_t whole(std::string_view name, std::int64_t otherwise) const;
    bool flag(std::string_view name) const;

private:
    std::string_view of_;
    std::vector<std::pair<std::string_view, const Value*>> given_;
};

/// value|name(...). Throws Fault; also where there is no such filter.
Value filtered(Tools& tools, std::string_view name, const Value& value, const Arguments& arguments);
/// value is name(...)
bool passes(Tools& tools, std::string_view name, const Value& value, const Arguments& arguments);

/// value.name: a method, or what stands behind this key. Undefined where there is neither; throws Fault where the value
/// itself is.
Value attributeOf(Tools& tools, const Value& value, std::string_view name);
/// value[key], likewise.
Value elementOf(Tools& tools, const Value& value, const Value& key);

/// Whether values of this type have such a method.
bool hasMethod(const Value& value, std::string_view name);
Value callMethod(Tools& tools, const BoundMethod& method, const Arguments& arguments);

}  // namespace mergarium::jinja
