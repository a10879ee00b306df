#include "core/files/excerpt.h"
#include "core/templates/library/filters.h"
#include "core/templates/values/operators.h"
#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace mergarium::jinja {
namespace {

Value once(Tools& tools, std::vector<Value> values) {
    return makeItems(tools.budget, std::move(values), Items::Kind::Once);
}

/// What comes behind the first arguments.
Arguments without(const Arguments& given, std::size_t count) {
    const auto from = given.places.begin() + static_cast<std::ptrdiff_t>(std::min(count, given.places.size()));
    return {.places = {from, given.places.end()}, .names = given.names};
}

std::string nameIn(const Arguments& given, std::size_t place, std::string_view of) {
    requireDefined(given.places[place]);
    if (!given.places[place].isText()) throw Fault(fmt::format("{} is told a name, and no value", of));
    return given.places[place].text();
}

Value list(Tools& tools, const Value& value, const Arguments&) {
    auto all = elementsOf(tools.budget, value);
    return makeItems(tools.budget, std::move(all));
}

Value length(Tools& tools, const Value& value, const Arguments&) { return Value::count(lengthOf(tools.budget, value)); }

Value first(Tools& tools, const Value& value, const Arguments&) {
    if (const auto* items = value.items(); items && items->isSequence())
        return items->values.empty() ? Value::undefined("nothing has no first element") : items->values.front();
    auto all = elementsOf(tools.budget, value);
    return all.empty() ? Value::undefined("nothing has no first element") : std::move(all.front());
}

Value last(Tools& tools, const Value& value, const Arguments&) {
    const auto* items = value.items();
    if (items && items->kind == Items::Kind::Once) throw Fault("a generator has no last element: make a list of it");
    if (items && items->isSequence())
        return items->values.empty() ? Value::undefined("nothing has no last element") : items->values.back();
    auto all = elementsOf(tools.budget, value);
    return all.empty() ? Value::undefined("nothing has no last element") : std::move(all.back());
}

Value reverse(Tools& tools, const Value& value, const Arguments&) {
    auto all = elementsOf(tools.budget, value);
    std::ranges::reverse(all);
    if (!value.isText()) return once(tools, std::move(all));
    std::string text;
    for (const auto& one : all) text += one.text();
    return makeText(tools.budget, std::move(text));
}

Value join(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("join", given, {"d", "attribute"});
    const auto between = parameters.text(tools, "d");
    const auto* path = parameters.find("attribute");
    std::string text;
    bool begins = true;
    for (const auto& one : elementsOf(tools.budget, value)) {
        tools.budget.take(between.size());
        if (!std::exchange(begins, false)) text += between;
        text += printed(tools.budget, path && !path->isNone() ? attributeAlong(tools, one, *path) : one);
    }
    return makeText(tools.budget, std::move(text));
}

Value mapped(Tools& tools, const Value& value, const Arguments& given) {
    std::vector<Value> values;
    if (given.places.empty()) {
        const Parameters parameters("map", given, {"attribute", "default"}, 1);
        for (const auto& one : elementsOf(tools.budget, value)) {
            auto found = attributeAlong(tools, one, *parameters.find("attribute"));
            values.push_back(found.isUndefined() && parameters.find("default") ? parameters.value("default")
                                                                               : std::move(found));
        }
        return once(tools, std::move(values));
    }
    const auto name = nameIn(given, 0, "map");
    const auto rest = without(given, 1);
    for (const auto& one : elementsOf(tools.budget, value)) values.push_back(filtered(tools, name, one, rest));
    return once(tools, std::move(values));
}

/// select, reject, selectattr and rejectattr.
template <bool wanted, bool ofAttribute>
Value select(Tools& tools, const Value& value, const Arguments& given) {
    const std::size_t before = ofAttribute ? 1 : 0;
    if (given.places.size() < before) throw Fault("selectattr and rejectattr are told an attribute");
    const bool tests = given.places.size() > before;
    const auto name = tests ? nameIn(given, before, "a selection") : std::string();
    const auto rest = without(given, before + 1);
    std::vector<Value> values;
    for (auto& one : elementsOf(tools.budget, value)) {
        const auto seen = ofAttribute ? attributeAlong(tools, one, given.places.front()) : one;
        if ((tests ? passes(tools, name, seen, rest) : isTrue(seen)) == wanted) values.push_back(std::move(one));
    }
    return once(tools, std::move(values));
}

Value items(Tools& tools, const Value& value, const Arguments&) {
    if (value.isUndefined()) return once(tools, {});
    if (!value.isMapping()) throw Fault(fmt::format("items is of mappings, and not of a {}", typeName(value)));
    std::vector<Value> pairs;
    for (const auto& [key, one] : value.mapping().entries)
        pairs.push_back(makeItems(tools.budget, {key, one}, Items::Kind::Tuple));
    return once(tools, std::move(pairs));
}

/// By keys that are compared, each beside what it is of.
std::vector<Value> sorted(Tools& tools, std::vector<std::pair<Value, Value>> keyed, bool reversed) {
    std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
        return reversed ? isLess(tools.budget, b.first, a.first) : isLess(tools.budget, a.first, b.first);
    });
    std::vector<Value> values;
    for (auto& [key, value] : keyed) values.push_back(std::move(value));
    return values;
}

Value dictsort(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("dictsort", given, {"case_sensitive", "by", "reverse"});
    requireDefined(value);
    if (!value.isMapping()) throw Fault(fmt::format("dictsort is of mappings, and not of a {}", typeName(value)));
    const auto by = parameters.text(tools, "by", "key");
    if (by != "key" && by != "value") throw Fault("dictsort sorts by 'key' or by 'value'");
    std::vector<std::pair<Value, Value>> keyed;
    for (const auto& [key, one] : value.mapping().entries) {
        const auto& what = by == "key" ? key : one;
        keyed.emplace_back(parameters.flag("case_sensitive") ? what : withoutCase(tools, what),
                           makeItems(tools.budget, {key, one}, Items::Kind::Tuple));
    }
    return makeItems(tools.budget, sorted(tools, std::move(keyed), parameters.flag("reverse")));
}

/// The elements, each behind what it is compared by.
std::vector<std::pair<Value, Value>> keyed(Tools& tools, const Value& value, const Parameters& parameters) {
    const auto path = parameters.value("attribute");
    std::vector<std::pair<Value, Value>> all;
    for (auto& one : elementsOf(tools.budget, value)) {
        auto key = path.isNone() ? one : attributeAlong(tools, one, path);
        if (!parameters.flag("case_sensitive")) key = withoutCase(tools, key);
        all.emplace_back(std::move(key), std::move(one));
    }
    return all;
}

Value sort(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("sort", given, {"reverse", "case_sensitive", "attribute"});
    // As Jinja's keys are: lists, which are compared from their first difference.
    auto all = keyed(tools, value, parameters);
    for (auto& one : all) one.first = makeItems(tools.budget, {std::move(one.first)});
    return makeItems(tools.budget, sorted(tools, std::move(all), parameters.flag("reverse")));
}

Value unique(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("unique", given, {"case_sensitive", "attribute"});
    std::vector<std::pair<Value, Value>> kept;
    for (auto& one : keyed(tools, value, parameters))
        if (std::ranges::none_of(kept,
                                 [&](const auto& before) { return equals(tools.budget, before.first, one.first); }))
            kept.push_back(std::move(one));
    std::vector<Value> values;
    for (auto& [key, one] : kept) values.push_back(std::move(one));
    return once(tools, std::move(values));
}

template <bool largest>
Value extreme(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("min or max", given, {"case_sensitive", "attribute"});
    auto all = keyed(tools, value, parameters);
    if (all.empty()) return Value::undefined("nothing has no least and no largest element");
    const auto found = std::ranges::min_element(all, [&](const auto& a, const auto& b) {
        return largest ? isLess(tools.budget, b.first, a.first) : isLess(tools.budget, a.first, b.first);
    });
    return found->second;
}

Value sum(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("sum", given, {"attribute", "start"});
    const auto path = parameters.value("attribute");
    auto total = parameters.find("start") ? parameters.value("start") : Value(std::int64_t{0});
    for (const auto& one : elementsOf(tools.budget, value))
        total = computed(tools.budget, Arithmetic::Add, total, path.isNone() ? one : attributeAlong(tools, one, path));
    return total;
}

Value batch(Tools& tools, const Value& value, const Arguments& given) {
    const Parameters parameters("batch", given, {"linecount", "fill_with"}, 1);
    const auto size = parameters.whole("linecount", 0);
    if (size < 1) throw Fault("the size of a batch is at least 1");
    std::vector<Value> batches, current;
    const auto close = [&] { batches.push_back(makeItems(tools.budget, std::exchange(current, {}))); };
    for (auto& one : elementsOf(tools.budget, value)) {
        current.push_back(std::move(one));
        if (static_cast<std::int64_t>(current.size()) == size) close();
    }
    if (!current.empty()) {
        const auto fill = parameters.value("fill_with");
        while (!fill.isNone() && static_cast<std::int64_t>(current.size()) < size) {
            tools.budget.take(sizeof(Value));
            current.push_back(fill);
        }
        close();
    }
    return once(tools, std::move(batches));
}

}  // namespace

Value attributeAlong(Tools& tools, const Value& value, const Value& path) {
    if (path.isWhole()) return elementOf(tools, value, path);
    if (!path.isText()) throw Fault("an attribute is a name or a number");
    auto found = value;
    for (const auto part : split(path.text(), ".")) {
        const auto place = wholeOf(part);
        found = elementOf(tools, found, place ? Value(*place) : Value::text(std::string(part)));
    }
    return found;
}

Value withoutCase(Tools& tools, const Value& value) {
    return value.isText() ? makeText(tools.budget, lowerCase(value.text())) : value;
}

const std::map<std::string_view, Filter>& sequenceFilters() {
    static const std::map<std::string_view, Filter> kFilters{{"batch", &batch},
                                                             {"count", &length},
                                                             {"dictsort", &dictsort},
                                                             {"first", &first},
                                                             {"items", &items},
                                                             {"join", &join},
                                                             {"last", &last},
                                                             {"length", &length},
                                                             {"list", &list},
                                                             {"map", &mapped},
                                                             {"max", &extreme<true>},
                                                             {"min", &extreme<false>},
                                                             {"reject", &select<false, false>},
                                                             {"rejectattr", &select<false, true>},
                                                             {"reverse", &reverse},
                                                             {"select", &select<true, false>},
                                                             {"selectattr", &select<true, true>},
                                                             {"sort", &sort},
                                                             {"sum", &sum},
                                                             {"unique", &unique}};
    return kFilters;
}

Value filtered(Tools& tools, std::string_view name, const Value& value, const Arguments& arguments) {
    const Budget::Level level(tools.budget);
    for (const auto* filters : {&plainFilters(), &sequenceFilters()})
        if (const auto found = filters->find(name); found != filters->end())
            return found->second(tools, value, arguments);
    throw Fault(fmt::format("there is no filter '{}'", excerptOf(name, 100)));
}

}  // namespace mergarium::jinja
