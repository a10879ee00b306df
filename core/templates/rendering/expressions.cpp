#include "core/files/excerpt.h"
#include "core/templates/rendering/renderer.h"
#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium::jinja {

Value Renderer::evaluate(const Expression& expression, Scope& scope) {
    try {
        const Budget::Level level(tools_.budget);
        return std::visit([&](const auto& one) { return value(one, scope); }, expression.what);
    } catch (const Fault&) {
        if (!line_) line_ = expression.line;
        throw;
    }
}

Value Renderer::evaluate(const ExpressionPtr& expression, Scope& scope) {
    return expression ? evaluate(*expression, scope) : Value();
}

Arguments Renderer::evaluate(const CallArguments& arguments, Scope& scope) {
    Arguments given;
    for (const auto& one : arguments.places) given.places.push_back(evaluate(*one, scope));
    for (const auto& [name, one] : arguments.names) given.names.emplace_back(name, evaluate(*one, scope));
    if (arguments.morePlaces)
        for (auto& one : elementsOf(tools_.budget, evaluate(*arguments.morePlaces, scope)))
            given.places.push_back(std::move(one));
    if (arguments.moreNames) {
        const auto more = evaluate(*arguments.moreNames, scope);
        if (!more.isMapping()) throw Fault(fmt::format("arguments by name are a mapping, and no {}", typeName(more)));
        tools_.budget.step(more.mapping().entries.size());
        for (const auto& [name, one] : more.mapping().entries) {
            if (!name.isText()) throw Fault("the names of arguments are texts");
            given.names.emplace_back(name.text(), one);
        }
    }
    return given;
}

Value Renderer::value(const Variable& variable, Scope& scope) {
    for (const Scope* one = &scope; one; one = one->outer) {
        tools_.budget.step();
        const auto found = std::ranges::find(one->names, variable.name, [](const auto& name) { return name.first; });
        if (found != one->names.end()) return found->second;
    }
    if (const auto* function = functionNamed(variable.name)) return Value(function);
    return Value::undefined(fmt::format("'{}' is undefined", excerptOf(variable.name, 100)));
}

Value Renderer::value(const ListOf& list, Scope& scope) {
    std::vector<Value> values;
    for (const auto& one : list.elements) values.push_back(evaluate(*one, scope));
    return makeItems(tools_.budget, std::move(values), list.tuple ? Items::Kind::Tuple : Items::Kind::List);
}

Value Renderer::value(const MappingOf& mapping, Scope& scope) {
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& [key, one] : mapping.entries) {
        auto name = evaluate(*key, scope);
        entries.emplace_back(std::move(name), evaluate(*one, scope));
    }
    return makeMapping(tools_.budget, std::move(entries));
}

Value Renderer::value(const AttributeOf& attribute, Scope& scope) {
    const auto of = evaluate(*attribute.of, scope);
    if (const auto* loop = of.get<Loop*>()) return loopAttribute(**loop, attribute.name);
    return attributeOf(tools_, of, attribute.name);
}

Value Renderer::value(const ElementOf& element, Scope& scope) {
    const auto of = evaluate(*element.of, scope);
    const auto key = evaluate(*element.key, scope);
    if (const auto* loop = of.get<Loop*>(); loop && key.isText()) return loopAttribute(**loop, key.text());
    return elementOf(tools_, of, key);
}

Value Renderer::value(const SliceOf& slice, Scope& scope) {
    const auto of = evaluate(*slice.of, scope);
    const auto begin = evaluate(slice.begin, scope), end = evaluate(slice.end, scope);
    return sliced(tools_.budget, of, begin, end, evaluate(slice.step, scope));
}

Value Renderer::value(const CallOf& called, Scope& scope) {
    // Of a loop only what is called is no value.
    if (const auto* attribute = std::get_if<AttributeOf>(&called.callee->what)) {
        const auto of = evaluate(*attribute->of, scope);
        if (const auto* loop = of.get<Loop*>())
            return callLoop(tools_, **loop, attribute->name, evaluate(called.arguments, scope));
        const auto method = attributeOf(tools_, of, attribute->name);
        return call(method, evaluate(called.arguments, scope));
    }
    const auto callee = evaluate(*called.callee, scope);
    return call(callee, evaluate(called.arguments, scope));
}

Value Renderer::call(const Value& callee, const Arguments& arguments) {
    requireDefined(callee);
    if (const auto* method = callee.get<std::shared_ptr<const BoundMethod>>())
        return callMethod(tools_, **method, arguments);
    if (const auto* function = callee.get<const Function*>()) return (*function)->call(tools_, arguments);
    if (const auto* macro = callee.get<const Macro*>()) return callMacro(**macro, arguments);
    throw Fault(fmt::format("a {} can't be called", typeName(callee)));
}

Value Renderer::callMacro(const Macro& macro, const Arguments& given) {
    const auto& definition = *macro.definition;
    const auto& names = definition.parameters;
    auto& scope = within(*macro.scope);
    std::vector<Value> more;
    for (std::size_t i = 0; i < given.places.size(); ++i)
        if (i < names.size())
            scope.set(names[i], given.places[i]);
        else
            more.push_back(given.places[i]);
    std::vector<std::pair<Value, Value>> moreNames;
    std::optional<Value> caller;
    for (const auto& [name, one] : given.names) {
        const auto known = std::ranges::find(names, name);
        if (known == names.end()) {
            if (name == "caller")
                caller = one;
            else
                moreNames.emplace_back(makeText(tools_.budget, name), one);
        } else if (static_cast<std::size_t>(known - names.begin()) < given.places.size()) {
            throw Fault(fmt::format("the macro '{}' gets its '{}' twice", excerptOf(definition.name, 100),
                                    excerptOf(name, 100)));
        } else {
            scope.set(*known, one);
        }
    }
    const auto isGiven = [&](const std::string& name) {
        return std::ranges::find(scope.names, name, [](const auto& one) { return one.first; }) != scope.names.end();
    };
    const auto withoutDefault = names.size() - definition.defaults.size();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (isGiven(names[i])) continue;
        scope.set(names[i], i < withoutDefault ? Value::undefined(fmt::format("the macro '{}' isn't given its '{}'",
                                                                              excerptOf(definition.name, 100),
                                                                              excerptOf(names[i], 100)))
                                               : evaluate(*definition.defaults[i - withoutDefault], scope));
    }
    scope.set("varargs", makeItems(tools_.budget, std::move(more), Items::Kind::Tuple));
    scope.set("kwargs", makeMapping(tools_.budget, std::move(moreNames)));
    if (caller) scope.set("caller", std::move(*caller));
    return makeText(tools_.budget, captured(definition.body, scope));
}

Value Renderer::value(const FilterOf& filter, Scope& scope) {
    auto of = filter.of ? evaluate(*filter.of, scope) : printed_.value_or(Value());
    return filtered(tools_, filter.name, of, evaluate(filter.arguments, scope));
}

Value Renderer::filterPrinted(const Expression& filter, Value printed, Scope& scope) {
    auto outer = std::exchange(printed_, std::move(printed));
    auto result = evaluate(filter, scope);
    printed_ = std::move(outer);
    return result;
}

Value Renderer::value(const TestOf& test, Scope& scope) {
    const auto of = evaluate(*test.of, scope);
    return Value(passes(tools_, test.name, of, evaluate(test.arguments, scope)) != test.negated);
}

Value Renderer::value(const NotOf& negation, Scope& scope) { return Value(!isTrue(evaluate(*negation.of, scope))); }

Value Renderer::value(const SignOf& sign, Scope& scope) {
    const auto of = evaluate(*sign.of, scope);
    const auto flipped = negative(of);
    return sign.negative ? flipped : negative(flipped);
}

Value Renderer::value(const ArithmeticOf& arithmetic, Scope& scope) {
    const auto left = evaluate(*arithmetic.left, scope);
    return computed(tools_.budget, arithmetic.operation, left, evaluate(*arithmetic.right, scope));
}

Value Renderer::value(const AndOr& both, Scope& scope) {
    auto left = evaluate(*both.left, scope);
    return isTrue(left) == both.both ? evaluate(*both.right, scope) : left;
}

Value Renderer::value(const ComparisonOf& comparison, Scope& scope) {
    using enum ComparisonOf::How;
    auto left = evaluate(*comparison.first, scope);
    auto& budget = tools_.budget;
    const auto holds = [&](ComparisonOf::How how, const Value& a, const Value& b) {
        switch (how) {
            case Equal: return equals(budget, a, b);
            case Unequal: return !equals(budget, a, b);
            case Less: return isLess(budget, a, b);
            case Greater: return isLess(budget, b, a);
            case LessEqual: return isLess(budget, a, b) || equals(budget, a, b);
            case GreaterEqual: return isLess(budget, b, a) || equals(budget, a, b);
            case In: return contains(budget, b, a);
            case NotIn: return !contains(budget, b, a);
        }
        return false;
    };
    for (const auto& [how, expression] : comparison.rest) {
        auto right = evaluate(*expression, scope);
        if (!holds(how, left, right)) return Value(false);
        left = std::move(right);
    }
    return Value(true);
}

Value Renderer::value(const ConcatenationOf& parts, Scope& scope) {
    std::string text;
    for (const auto& one : parts.parts) text += printed(tools_.budget, evaluate(*one, scope));
    return makeText(tools_.budget, std::move(text));
}

Value Renderer::value(const Conditional& conditional, Scope& scope) {
    if (isTrue(evaluate(*conditional.condition, scope))) return evaluate(*conditional.then, scope);
    if (conditional.otherwise) return evaluate(*conditional.otherwise, scope);
    return Value::undefined("an 'if' without an 'else' has no value");
}

}  // namespace mergarium::jinja
