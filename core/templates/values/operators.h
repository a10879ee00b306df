#pragma once

#include "core/templates/values/value.h"

#include <optional>

namespace mergarium::jinja {

enum class Arithmetic { Add, Subtract, Multiply, Divide, DivideWhole, Remainder, Power };

/// As Python computes it, with whole numbers of 64 bits. Throws Fault where Python would throw, and where a number
/// gets too large.
Value computed(Budget& budget, Arithmetic operation, const Value& a, const Value& b);
Value negative(const Value& value);

/// `whole[begin:end:step]` of a text, list or tuple; each bound None or a whole number. Throws Fault.
Value sliced(Budget& budget, const Value& whole, const Value& begin, const Value& end, const Value& step);
/// `whole[index]`; absent: it has no such place, or no places.
std::optional<Value> elementAt(Budget& budget, const Value& whole, std::int64_t index);

/// `format % values`, where `values` is a tuple, a mapping, or a single value. Throws Fault.
std::string formatted(Budget& budget, std::string_view format, const Value& values);

}  // namespace mergarium::jinja
