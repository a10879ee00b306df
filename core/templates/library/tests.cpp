#include "core/files/excerpt.h"
#include "core/templates/library/tools.h"
#include "core/templates/values/operators.h"
#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <map>

namespace mergarium::jinja {
namespace {

using Test = bool (*)(Tools&, const Value&, const Arguments&);

bool hasPlaces(const Value& value) {
    const auto* items = value.items();
    return value.isUndefined() || value.isText() || value.isMapping() || (items && items->isSequence());
}

bool isIterable(const Value& value) {
    return value.isUndefined() || value.isText() || value.isMapping() || value.items() || value.get<Loop*>();
}

/// What is undefined fails only when it is called.
bool isCallable(const Value& value) {
    return value.isUndefined() || value.get<const Macro*>() || value.get<const Function*>() ||
           value.get<std::shared_ptr<const BoundMethod>>();
}

const Value& only(std::string_view of, const Arguments& given) {
    return *Parameters(of, given, {"value"}, 1).find("value");
}

/// Whether value % of is `rest`.
bool leaves(Tools& tools, const Value& value, const Value& of, std::int64_t rest) {
    return equals(tools.budget, computed(tools.budget, Arithmetic::Remainder, value, of), Value(rest));
}

/// A text that has letters, all of them of this case.
bool hasCase(Tools& tools, const Value& value, std::string (*convert)(std::string_view)) {
    const auto text = printed(tools.budget, value);
    return convert(text) == text && upperCase(text) != lowerCase(text);
}

bool isSame(Tools& tools, const Value& a, const Value& b) {
    return a.content().index() == b.content().index() && equals(tools.budget, a, b);
}

const std::map<std::string_view, Test>& tests() {
    static constexpr Test kEqual = [](Tools& tools, const Value& value, const Arguments& given) {
        return equals(tools.budget, value, only("the test eq", given));
    };
    static constexpr Test kUnequal = [](Tools& tools, const Value& value, const Arguments& given) {
        return !equals(tools.budget, value, only("the test ne", given));
    };
    static constexpr Test kLess = [](Tools& tools, const Value& value, const Arguments& given) {
        return isLess(tools.budget, value, only("the test lt", given));
    };
    static constexpr Test kGreater = [](Tools& tools, const Value& value, const Arguments& given) {
        return isLess(tools.budget, only("the test gt", given), value);
    };
    static constexpr Test kLessEqual = [](Tools& tools, const Value& value, const Arguments& given) {
        return !isLess(tools.budget, only("the test le", given), value);
    };
    static constexpr Test kGreaterEqual = [](Tools& tools, const Value& value, const Arguments& given) {
        return !isLess(tools.budget, value, only("the test ge", given));
    };
    static const std::map<std::string_view, Test> kTests{
        {"defined", [](Tools&, const Value& value, const Arguments&) { return !value.isUndefined(); }},
        {"undefined", [](Tools&, const Value& value, const Arguments&) { return value.isUndefined(); }},
        {"none", [](Tools&, const Value& value, const Arguments&) { return value.isNone(); }},
        {"boolean", [](Tools&, const Value& value, const Arguments&) { return value.isBoolean(); }},
        {"true", [](Tools&, const Value& value, const Arguments&) { return value.isBoolean() && isTrue(value); }},
        {"false", [](Tools&, const Value& value, const Arguments&) { return value.isBoolean() && !isTrue(value); }},
        {"integer", [](Tools&, const Value& value, const Arguments&) { return value.isWhole(); }},
        {"float", [](Tools&, const Value& value, const Arguments&) { return value.isReal(); }},
        {"number", [](Tools&, const Value& value, const Arguments&) { return value.isNumber(); }},
        {"string", [](Tools&, const Value& value, const Arguments&) { return value.isText(); }},
        {"mapping", [](Tools&, const Value& value, const Arguments&) { return value.isMapping(); }},
        {"sequence", [](Tools&, const Value& value, const Arguments&) { return hasPlaces(value); }},
        {"iterable", [](Tools&, const Value& value, const Arguments&) { return isIterable(value); }},
        {"callable", [](Tools&, const Value& value, const Arguments&) { return isCallable(value); }},
        {"lower", [](Tools& tools, const Value& value, const Arguments&) { return hasCase(tools, value, &lowerCase); }},
        {"upper", [](Tools& tools, const Value& value, const Arguments&) { return hasCase(tools, value, &upperCase); }},
        {"even", [](Tools& tools, const Value& value,
                    const Arguments&) { return leaves(tools, value, Value(std::int64_t{2}), 0); }},
        {"odd", [](Tools& tools, const Value& value,
                   const Arguments&) { return leaves(tools, value, Value(std::int64_t{2}), 1); }},
        {"divisibleby",
         [](Tools& tools, const Value& value, const Arguments& given) {
             return leaves(tools, value, only("the test divisibleby", given), 0);
         }},
        {"sameas", [](Tools& tools, const Value& value,
                      const Arguments& given) { return isSame(tools, value, only("the test sameas", given)); }},
        {"in", [](Tools& tools, const Value& value,
                  const Arguments& given) { return contains(tools.budget, only("the test in", given), value); }},
        {"eq", kEqual},
        {"equalto", kEqual},
        {"==", kEqual},
        {"ne", kUnequal},
        {"!=", kUnequal},
        {"lt", kLess},
        {"lessthan", kLess},
        {"<", kLess},
        {"le", kLessEqual},
        {"<=", kLessEqual},
        {"gt", kGreater},
        {"greaterthan", kGreater},
        {">", kGreater},
        {"ge", kGreaterEqual},
        {">=", kGreaterEqual}};
    return kTests;
}

}  // namespace

bool passes(Tools& tools, std::string_view name, const Value& value, const Arguments& arguments) {
    const auto found = tests().find(name);
    if (found == tests().end()) throw Fault(fmt::format("there is no test '{}'", excerptOf(name, 100)));
    return found->second(tools, value, arguments);
}

}  // namespace mergarium::jinja
