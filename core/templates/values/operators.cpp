#include "core/templates/values/operators.h"

#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium::jinja {
namespace {

constexpr std::string_view kTooLarge = "a whole number gets too large for 64 bits";

std::string_view signOf(Arithmetic operation) {
    constexpr std::string_view kSigns[] = {"+", "-", "*", "/", "//", "%", "**"};
    return kSigns[static_cast<std::size_t>(operation)];
}

[[noreturn]] void refuseTypes(Arithmetic operation, const Value& a, const Value& b) {
    throw Fault(fmt::format("{} of a {} and a {} is not defined", signOf(operation), typeName(a), typeName(b)));
}

std::int64_t wholeIn(const Value& value) { return value.isWhole() ? value.whole() : std::int64_t{*value.get<bool>()}; }

/// Rounded down, as in Python.
std::pair<std::int64_t, std::int64_t> divided(std::int64_t a, std::int64_t b) {
    if (b == -1) {
        if (a == std::numeric_limits<std::int64_t>::min()) throw Fault(std::string(kTooLarge));
        return {-a, 0};
    }
    auto quotient = a / b, rest = a % b;
    if (rest != 0 && (rest < 0) != (b < 0)) --quotient, rest += b;
    return {quotient, rest};
}

Value power(std::int64_t base, std::int64_t exponent) {
    std::int64_t result = 1;
    if (base == 0 || base == 1) return Value(std::int64_t{exponent == 0 ? 1 : base});
    if (base == -1) return Value(std::int64_t{exponent % 2 == 0 ? 1 : -1});
    for (; exponent > 0; --exponent)
        if (__builtin_mul_overflow(result, base, &result)) throw Fault(std::string(kTooLarge));
    return Value(result);
}

Value computedWhole(Arithmetic operation, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    bool overflows = false;
    switch (operation) {
        case Arithmetic::Add: overflows = __builtin_add_overflow(a, b, &result); break;
        case Arithmetic::Subtract: overflows = __builtin_sub_overflow(a, b, &result); break;
        case Arithmetic::Multiply: overflows = __builtin_mul_overflow(a, b, &result); break;
        case Arithmetic::Divide: return Value(static_cast<double>(a) / static_cast<double>(b));
        case Arithmetic::DivideWhole: return Value(divided(a, b).first);
        case Arithmetic::Remainder: return Value(divided(a, b).second);
        case Arithmetic::Power:
            return b < 0 ? Value(std::pow(static_cast<double>(a), static_cast<double>(b))) : power(a, b);
    }
    if (overflows) throw Fault(std::string(kTooLarge));
    return Value(result);
}

Value computedReal(Arithmetic operation, double a, double b) {
    switch (operation) {
        case Arithmetic::Add: return Value(a + b);
        case Arithmetic::Subtract: return Value(a - b);
        case Arithmetic::Multiply: return Value(a * b);
        case Arithmetic::Divide: return Value(a / b);
        case Arithmetic::DivideWhole: return Value(std::floor(a / b));
        case Arithmetic::Remainder: {
            const double rest = std::fmod(a, b);
            return Value(rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest);
        }
        case Arithmetic::Power: break;
    }
    return Value(std::pow(a, b));
}

Value computedNumber(Arithmetic operation, const Value& a, const Value& b) {
    const bool divides =
        operation == Arithmetic::Divide || operation == Arithmetic::DivideWhole || operation == Arithmetic::Remainder;
    if (divides && b.real() == 0.0) throw Fault("a number is divided by zero");
    if (operation == Arithmetic::Power && a.real() < 0.0 && b.isReal() && std::floor(b.real()) != b.real())
        throw Fault("a negative number has no real power of a fraction");
    if (operation == Arithmetic::Power && a.real() == 0.0 && b.real() < 0.0) throw Fault("a number is divided by zero");
    if (a.isReal() || b.isReal()) return computedReal(operation, a.real(), b.real());
    return computedWhole(operation, wholeIn(a), wholeIn(b));
}

/// A text or a sequence, so many times.
Value repeated(Budget& budget, const Value& what, std::int64_t count) {
    const auto times = static_cast<std::size_t>(std::max<std::int64_t>(0, count));
    const auto each = what.isText() ? what.text().size() : what.items()->values.size() * sizeof(Value);
    // Beyond all budgets before it is multiplied.
    if (each > 0 && times > std::numeric_limits<std::size_t>::max() / 2 / each)
        budget.take(std::numeric_limits<std::size_t>::max() / 2);
    budget.take(each * times);
    if (what.isText()) {
        std::string text;
        if (each > 0)
            for (std::size_t i = 0; i < times; ++i) text += what.text();
        return makeText(budget, std::move(text));
    }
    std::vector<Value> values;
    if (each > 0)
        for (std::size_t i = 0; i < times; ++i)
            values.insert(values.end(), what.items()->values.begin(), what.items()->values.end());
    return makeItems(budget, std::move(values), what.items()->kind);
}

bool isRepeatable(const Value& value) { return value.isText() || (value.items() && value.items()->isSequence()); }

/// Begin, end and step, as Python's `slice.indices` makes them.
struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t step = 1;
};

Range rangeOf(std::int64_t length, const Value& begin, const Value& end, const Value& step) {
    const auto number = [](const Value& value, std::int64_t otherwise) {
        requireDefined(value);
        if (value.isNone()) return otherwise;
        if (!value.isWhole() && !value.isBoolean())
            throw Fault(fmt::format("a place is a whole number, and no {}", typeName(value)));
        // Beyond every length, and no sum with one overflows.
        constexpr std::int64_t kFar = std::int64_t{1} << 60;
        return std::clamp(wholeIn(value), -kFar, kFar);
    };
    Range range{.step = number(step, 1)};
    if (range.step == 0) throw Fault("the step of a slice is zero");
    const bool back = range.step < 0;
    const auto least = back ? -1 : 0, most = static_cast<int>(back ? -1 : 0);
    const auto within = [&](const Value& value, std::int64_t otherwise) {
        auto place = number(value, otherwise);
        if (value.isNone()) return place;
        if (place < 0) place += length;
        return std::clamp<std::int64_t>(place, least, length + most);
    };
    range.begin = within(begin, back ? length - 1 : 0);
    range.end = within(end, back ? -1 : length);
    return range;
}

template <typename Take>
void goThrough(const Range& range, const Take& take) {
    if (range.step > 0)
        for (auto at = range.begin; at < range.end; at += range.step) take(static_cast<std::size_t>(at));
    else
        for (auto at = range.begin; at > range.end; at += range.step) take(static_cast<std::size_t>(at));
}

/// Where each character begins, and the end of the last.
std::vector<std::size_t> placesOf(Budget& budget, std::string_view text) {
    budget.take(text.size() * sizeof(std::size_t));
    budget.goThrough(8 * text.size());
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < text.size(); at = characterEnd(text, at)) places.push_back(at);
    places.push_back(text.size());
    return places;
}

}  // namespace

Value computed(Budget& budget, Arithmetic operation, const Value& a, const Value& b) {
    requireDefined(a);
    if (operation == Arithmetic::Remainder && a.isText()) return makeText(budget, formatted(budget, a.text(), b));
    requireDefined(b);
    if (a.isNumber() && b.isNumber()) return computedNumber(operation, a, b);
    if (operation == Arithmetic::Add && a.isText() && b.isText()) {
        budget.take(a.text().size() + b.text().size());
        return makeText(budget, a.text() + b.text());
    }
    if (operation == Arithmetic::Add && a.items() && b.items() && a.items()->isSequence() &&
        a.items()->kind == b.items()->kind) {
        auto values = elementsOf(budget, a);
        std::ranges::copy(elementsOf(budget, b), std::back_inserter(values));
        return makeItems(budget, std::move(values), a.items()->kind);
    }
    if (operation == Arithmetic::Multiply) {
        if (isRepeatable(a) && (b.isWhole() || b.isBoolean())) return repeated(budget, a, wholeIn(b));
        if (isRepeatable(b) && (a.isWhole() || a.isBoolean())) return repeated(budget, b, wholeIn(a));
    }
    refuseTypes(operation, a, b);
}

Value negative(const Value& value) {
    requireDefined(value);
    if (value.isReal()) return Value(-value.real());
    if (!value.isNumber()) throw Fault(fmt::format("a {} has no negative", typeName(value)));
    return computedWhole(Arithmetic::Subtract, 0, wholeIn(value));
}

Value sliced(Budget& budget, const Value& whole, const Value& begin, const Value& end, const Value& step) {
    requireDefined(whole);
    if (whole.isText()) {
        const auto& text = whole.text();
        const auto places = placesOf(budget, text);
        std::string part;
        goThrough(rangeOf(static_cast<std::int64_t>(places.size()) - 1, begin, end, step),
                  [&](std::size_t at) { part.append(text, places[at], places[at + 1] - places[at]); });
        return makeText(budget, std::move(part));
    }
    const auto* items = whole.items();
    if (!items || !items->isSequence()) throw Fault(fmt::format("a {} can't be sliced", typeName(whole)));
    std::vector<Value> part;
    goThrough(rangeOf(static_cast<std::int64_t>(items->values.size()), begin, end, step),
              [&](std::size_t at) { part.push_back(items->values[at]); });
    return makeItems(budget, std::move(part), items->kind);
}

std::optional<Value> elementAt(Budget& budget, const Value& whole, std::int64_t index) {
    const auto* items = whole.items();
    if (items && items->isSequence()) {
        const auto length = static_cast<std::int64_t>(items->values.size());
        if (index < 0) index += length;
        if (index < 0 || index >= length) return std::nullopt;
        return items->values[static_cast<std::size_t>(index)];
    }
    if (!whole.isText()) return std::nullopt;
    const auto& text = whole.text();
    const auto places = placesOf(budget, text);
    const auto length = static_cast<std::int64_t>(places.size()) - 1;
    if (index < 0) index += length;
    if (index < 0 || index >= length) return std::nullopt;
    const auto at = static_cast<std::size_t>(index);
    return makeText(budget, text.substr(places[at], places[at + 1] - places[at]));
}

}  // namespace mergarium::jinja
