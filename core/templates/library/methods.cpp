#include "core/templates/library/methods.h"

#include <algorithm>

namespace mergarium::jinja {
namespace {

using Method = Value (*)(Tools&, const Value& self, const Arguments&);

Value pair(Budget& budget, const std::pair<Value, Value>& entry) {
    return makeItems(budget, {entry.first, entry.second}, Items::Kind::Tuple);
}

/// What a mapping shows of itself: its keys, values or entries.
template <typename Show>
Value view(Tools& tools, const Value& self, const Show& show) {
    std::vector<Value> values;
    for (const auto& entry : self.mapping().entries) values.push_back(show(entry));
    return makeItems(tools.budget, std::move(values), Items::Kind::View);
}

Value get(Tools& tools, const Value& self, const Arguments& given) {
    const Parameters parameters("get", given, {"key", "default"}, 1);
    const auto* found = find(tools.budget, self.mapping(), *parameters.find("key"));
    return found ? *found : parameters.value("default");
}

const std::map<std::string_view, Method>& mappingMethods() {
    static const std::map<std::string_view, Method> kMethods{
        {"get", &get},
        {"copy", [](Tools&, const Value& self, const Arguments&) { return self; }},
        {"keys", [](Tools& tools, const Value& self,
                    const Arguments&) { return view(tools, self, [](const auto& entry) { return entry.first; }); }},
        {"values", [](Tools& tools, const Value& self,
                      const Arguments&) { return view(tools, self, [](const auto& entry) { return entry.second; }); }},
        {"items", [](Tools& tools, const Value& self, const Arguments&) {
             return view(tools, self, [&](const auto& entry) { return pair(tools.budget, entry); });
         }}};
    return kMethods;
}

Value indexOf(Tools& tools, const Value& self, const Arguments& given) {
    const Parameters parameters("index", given, {"value"}, 1);
    const auto& values = self.items()->values;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (equals(tools.budget, values[i], *parameters.find("value"))) return Value::count(i);
    throw Fault("a list doesn't hold what is looked for (index)");
}

Value countOf(Tools& tools, const Value& self, const Arguments& given) {
    const Parameters parameters("count", given, {"value"}, 1);
    return Value::count(static_cast<std::size_t>(std::ranges::count_if(
        self.items()->values, [&](const auto& one) { return equals(tools.budget, one, *parameters.find("value")); })));
}

const std::map<std::string_view, Method>& listMethods() {
    static const std::map<std::string_view, Method> kMethods{
        {"index", &indexOf}, {"count", &countOf}, {"copy", [](Tools&, const Value& self, const Arguments&) {
                                                       return self;
                                                   }}};
    return kMethods;
}

bool isSequence(const Value& value) { return value.items() && value.items()->isSequence(); }

}  // namespace

bool hasMethod(const Value& value, std::string_view name) {
    if (value.isText()) return textMethods().contains(name);
    if (value.isMapping()) return mappingMethods().contains(name);
    return isSequence(value) && listMethods().contains(name);
}

Value callMethod(Tools& tools, const BoundMethod& method, const Arguments& arguments) {
    const auto& [self, name] = method;
    if (self.isText()) {
        tools.budget.goThrough(self.text().size());
        return textMethods().at(name)(tools, self.text(), arguments);
    }
    return (self.isMapping() ? mappingMethods() : listMethods()).at(name)(tools, self, arguments);
}

}  // namespace mergarium::jinja
