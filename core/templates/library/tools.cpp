#include "core/templates/library/tools.h"

#include "core/files/excerpt.h"
#include "core/templates/values/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mergarium::jinja {
namespace {

/// What changes a value; Jinja's sandbox lets no template do that.
bool changes(const Value& value, std::string_view name) {
    constexpr std::array<std::string_view, 8> kOfLists{"append", "extend", "insert", "pop",
                                                       "remove", "clear",  "sort",   "reverse"};
    constexpr std::array<std::string_view, 5> kOfMappings{"clear", "pop", "popitem", "setdefault", "update"};
    if (value.isMapping()) return std::ranges::find(kOfMappings, name) != kOfMappings.end();
    return value.items() && value.items()->kind == Items::Kind::List &&
           std::ranges::find(kOfLists, name) != kOfLists.end();
}

Value missing(const Value& value, std::string_view name) {
    if (changes(value, name))
        return Value::undefined(fmt::format("a {} can't be changed ({}): only namespaces can", typeName(value), name));
    return Value::undefined(fmt::format("a {} has no '{}'", typeName(value), excerptOf(name, 100)));
}

}  // namespace

Parameters::Parameters(std::string_view of, const Arguments& given, std::initializer_list<std::string_view> names,
                       std::size_t required)
    : of_(of) {
    if (given.places.size() > names.size())
        throw Fault(fmt::format("{} takes {} arguments at most, and gets {}", of, names.size(), given.places.size()));
    for (std::size_t i = 0; i < given.places.size(); ++i) given_.emplace_back(names.begin()[i], &given.places[i]);
    for (const auto& [name, value] : given.names) {
        const auto known = std::ranges::find(names, std::string_view(name));
        if (known == names.end()) throw Fault(fmt::format("{} has no argument '{}'", of, excerptOf(name, 100)));
        if (find(name)) throw Fault(fmt::format("{} gets its argument '{}' twice", of, name));
        given_.emplace_back(*known, &value);
    }
    for (std::size_t i = 0; i < required; ++i)
        if (!find(names.begin()[i])) throw Fault(fmt::format("{} lacks its argument '{}'", of, names.begin()[i]));
}

const Value* Parameters::find(std::string_view name) const {
    const auto found = std::ranges::find(given_, name, [](const auto& one) { return one.first; });
    return found == given_.end() ? nullptr : found->second;
}

Value Parameters::value(std::string_view name) const {
    const auto* given = find(name);
    return given ? *given : Value();
}

std::string Parameters::text(Tools& tools, std::string_view name, std::string_view otherwise) const {
    const auto* given = find(name);
    return given ? printed(tools.budget, *given) : std::string(otherwise);
}

std::int64_t Parameters::whole(std::string_view name, std::int64_t otherwise) const {
    const auto* given = find(name);
    if (!given || given->isNone()) return otherwise;
    if (const auto* flagged = given->get<bool>()) return *flagged ? 1 : 0;
    if (!given->isWhole())
        throw Fault(fmt::format("the argument '{}' of {} is a whole number, and no {}", name, of_, typeName(*given)));
    return given->whole();
}

bool Parameters::flag(std::string_view name) const {
    const auto* given = find(name);
    return given && isTrue(*given);
}

Value attributeOf(Tools& tools, const Value& value, std::string_view name) {
    requireDefined(value);
    if (hasMethod(value, name))
        return Value(std::make_shared<const BoundMethod>(BoundMethod{value, std::string(name)}));
    if (value.isMapping())
        if (const auto* found = find(tools.budget, value.mapping(), name)) return *found;
    if (const auto* space = value.get<Space*>()) {
        tools.budget.step(1 + (*space)->attributes.size() / 8);
        const auto& all = (*space)->attributes;
        const auto found = std::ranges::find(all, name, [](const auto& one) { return std::string_view(one.first); });
        if (found != all.end()) return found->second;
    }
    return missing(value, name);
}

Value elementOf(Tools& tools, const Value& value, const Value& key) {
    requireDefined(value);
    if (value.isMapping())
        if (const auto* found = find(tools.budget, value.mapping(), key)) return *found;
    if (key.isText())
        return hasMethod(value, key.text()) ? Value(std::make_shared<const BoundMethod>(BoundMethod{value, key.text()}))
                                            : missing(value, key.text());
    if (key.isWhole() || key.isBoolean())
        if (auto found = elementAt(tools.budget, value, key.isWhole() ? key.whole() : std::int64_t{*key.get<bool>()}))
            return *found;
    requireDefined(key);
    return missing(value, represented(tools.budget, key));
}

}  // namespace mergarium::jinja
