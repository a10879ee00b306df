#include "core/templates/values/value.h"

#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium::jinja {
namespace {

/// Levels of values in values; bounds the stack of whoever goes through them.
constexpr std::size_t kDeepestValue = 60;
/// Bytes of a value beside its characters.
constexpr std::size_t kValueBytes = sizeof(Value) + 16;

std::size_t depthOf(const Value& value) {
    if (const auto* items = value.items()) return items->depth;
    return value.isMapping() ? value.mapping().depth : 0;
}

std::size_t deeper(std::size_t depth) {
    if (depth >= kDeepestValue) throw Fault("the template nests lists in lists too deep");
    return depth + 1;
}

bool sameItems(Budget& budget, const Items& a, const Items& b) {
    if (a.kind != b.kind || a.values.size() != b.values.size()) return false;
    return std::ranges::equal(a.values, b.values, [&](const auto& x, const auto& y) { return equals(budget, x, y); });
}

bool sameMapping(Budget& budget, const Mapping& a, const Mapping& b) {
    if (a.entries.size() != b.entries.size()) return false;
    return std::ranges::all_of(a.entries, [&](const auto& entry) {
        const auto* other = find(budget, b, entry.first);
        return other && equals(budget, entry.second, *other);
    });
}

}  // namespace

Value Value::undefined(std::string why) {
    return Value(Undefined{std::make_shared<const std::string>(std::move(why))});
}

Value Value::text(std::string characters) { return Value(std::make_shared<const std::string>(std::move(characters))); }

const Items* Value::items() const {
    const auto* items = get<ItemsPtr>();
    return items ? items->get() : nullptr;
}

double Value::real() const {
    if (const auto* whole = get<std::int64_t>()) return static_cast<double>(*whole);
    if (const auto* flag = get<bool>()) return *flag ? 1.0 : 0.0;
    return std::get<double>(content_);
}

Value makeText(Budget& budget, std::string characters) {
    budget.take(kValueBytes + characters.size());
    budget.goThrough(characters.size());
    return Value::text(std::move(characters));
}

Value makeItems(Budget& budget, std::vector<Value> values, Items::Kind kind) {
    budget.take(kValueBytes + values.size() * kValueBytes);
    budget.step(1 + values.size());
    std::size_t depth = 0;
    for (const auto& one : values) depth = std::max(depth, depthOf(one));
    return Value(std::make_shared<Items>(Items{std::move(values), kind, deeper(depth)}));
}

Value makeMapping(Budget& budget, std::vector<std::pair<Value, Value>> entries) {
    budget.take(kValueBytes + 2 * entries.size() * kValueBytes);
    auto mapping = std::make_shared<Mapping>();
    std::size_t depth = 0;
    for (auto& [key, value] : entries) {
        requireDefined(key);
        if (key.isMapping() || (key.items() && key.items()->kind != Items::Kind::Tuple))
            throw Fault(fmt::format("a {} can't be a key", typeName(key)));
        depth = std::max({depth, depthOf(key), depthOf(value)});
        budget.step(1 + mapping->entries.size() / 8);
        const auto there = std::ranges::find_if(
            mapping->entries, [&, &wanted = key](const auto& entry) { return equals(budget, entry.first, wanted); });
        if (there != mapping->entries.end())
            there->second = std::move(value);
        else
            mapping->entries.emplace_back(std::move(key), std::move(value));
    }
    mapping->depth = deeper(depth);
    return Value(MappingPtr(std::move(mapping)));
}

const Value* find(Budget& budget, const Mapping& mapping, const Value& key) {
    budget.step(1 + mapping.entries.size() / 8);
    for (const auto& [name, value] : mapping.entries)
        if (equals(budget, name, key)) return &value;
    return nullptr;
}

const Value* find(Budget& budget, const Mapping& mapping, std::string_view key) {
    budget.step(1 + mapping.entries.size() / 8);
    for (const auto& [name, value] : mapping.entries)
        if (name.isText() && name.text() == key) return &value;
    return nullptr;
}

std::string_view typeName(const Value& value) {
    constexpr std::string_view kNames[] = {"Undefined", "NoneType", "bool",  "int",       "float",
                                           "str",       "list",     "dict",  "Namespace", "LoopContext",
                                           "Macro",     "function", "method"};
    if (const auto* items = value.items(); items && items->kind != Items::Kind::List)
        return items->kind == Items::Kind::Tuple ? "tuple" : items->kind == Items::Kind::Once ? "generator" : "view";
    return kNames[value.content().index()];
}

bool isTrue(const Value& value) {
    if (value.isUndefined() || value.isNone()) return false;
    if (value.isNumber()) return value.real() != 0.0;
    if (value.isText()) return !value.text().empty();
    if (const auto* items = value.items()) return items->kind == Items::Kind::Once || !items->values.empty();
    if (value.isMapping()) return !value.mapping().entries.empty();
    return true;
}

void requireDefined(const Value& value) {
    if (const auto* undefined = value.get<Undefined>()) throw Fault(*undefined->why);
}

std::vector<Value> elementsOf(Budget& budget, const Value& value) {
    std::vector<Value> elements;
    if (value.isUndefined()) return elements;
    if (value.isText()) {
        const auto& whole = value.text();
        budget.take(whole.size() * (kValueBytes + sizeof(std::string)));
        budget.step(whole.size());
        for (std::size_t at = 0; at < whole.size();) {
            const auto end = characterEnd(whole, at);
            elements.push_back(Value::text(whole.substr(at, end - at)));
            at = end;
        }
    } else if (const auto* items = value.get<ItemsPtr>()) {
        auto& source = **items;
        budget.take(source.values.size() * kValueBytes);
        budget.step(source.values.size());
        if (source.kind == Items::Kind::Once) return std::exchange(source.values, {});
        elements = source.values;
    } else if (value.isMapping()) {
        budget.step(value.mapping().entries.size());
        for (const auto& entry : value.mapping().entries) elements.push_back(entry.first);
    } else {
        throw Fault(fmt::format("a {} can't be gone through", typeName(value)));
    }
    return elements;
}

std::size_t lengthOf(Budget& budget, const Value& value) {
    if (value.isUndefined()) return 0;
    if (value.isText()) {
        budget.goThrough(value.text().size());
        return characterCount(value.text());
    }
    if (const auto* items = value.items(); items && items->kind != Items::Kind::Once) return items->values.size();
    if (value.isMapping()) return value.mapping().entries.size();
    throw Fault(fmt::format("a {} has no length", typeName(value)));
}

bool equals(Budget& budget, const Value& a, const Value& b) {
    budget.step();
    if (a.isNumber() && b.isNumber())
        return a.isReal() || b.isReal() ? a.real() == b.real()
                                        : (a.isWhole() ? a.whole() : std::int64_t{*a.get<bool>()}) ==
                                              (b.isWhole() ? b.whole() : std::int64_t{*b.get<bool>()});
    if (a.content().index() != b.content().index()) return false;
    if (a.isUndefined() || a.isNone()) return true;
    if (a.isText()) {
        budget.goThrough(std::min(a.text().size(), b.text().size()));
        return a.text() == b.text();
    }
    if (a.items()) return sameItems(budget, *a.items(), *b.items());
    if (a.isMapping()) return sameMapping(budget, a.mapping(), b.mapping());
    if (const auto* space = a.get<Space*>()) return *space == *b.get<Space*>();
    if (const auto* macro = a.get<const Macro*>()) return *macro == *b.get<const Macro*>();
    return false;
}

bool isLess(Budget& budget, const Value& a, const Value& b) {
    budget.step();
    requireDefined(a);
    requireDefined(b);
    if (a.isWhole() && b.isWhole()) return a.whole() < b.whole();
    if (a.isNumber() && b.isNumber()) return a.real() < b.real();
    if (a.isText() && b.isText()) {
        budget.goThrough(std::min(a.text().size(), b.text().size()));
        return a.text() < b.text();
    }
    const auto *left = a.items(), *right = b.items();
    if (left && right && left->isSequence() && left->kind == right->kind) {
        const auto most = std::min(left->values.size(), right->values.size());
        for (std::size_t i = 0; i < most; ++i)
            if (!equals(budget, left->values[i], right->values[i]))
                return isLess(budget, left->values[i], right->values[i]);
        return left->values.size() < right->values.size();
    }
    throw Fault(fmt::format("a {} and a {} have no order", typeName(a), typeName(b)));
}

bool contains(Budget& budget, const Value& whole, const Value& part) {
    if (whole.isText()) {
        requireDefined(part);
        if (!part.isText()) throw Fault(fmt::format("a text holds texts, and no {}", typeName(part)));
        budget.goThrough(whole.text().size());
        return findIn(whole.text(), part.text()) != std::string::npos;
    }
    if (whole.isMapping()) return find(budget, whole.mapping(), part) != nullptr;
    return std::ranges::any_of(elementsOf(budget, whole), [&](const auto& one) { return equals(budget, one, part); });
}

std::string printed(Budget& budget, const Value& value) {
    if (value.isText()) {
        budget.take(value.text().size());
        budget.goThrough(value.text().size());
        return value.text();
    }
    return value.isUndefined() ? std::string() : represented(budget, value);
}

std::string represented(Budget& budget, const Value& value) {
    budget.step();
    if (value.isNone()) return "None";
    if (const auto* flag = value.get<bool>()) return *flag ? "True" : "False";
    if (value.isWhole()) return fmt::to_string(value.whole());
    if (value.isReal()) return floatText(value.real());
    if (value.isText()) {
        budget.take(4 * value.text().size());
        budget.goThrough(value.text().size());
        return quotedText(value.text());
    }
    std::string text;
    const auto append = [&](const std::string& part) {
        budget.take(part.size());
        budget.goThrough(part.size());
        text += part;
    };
    if (value.isMapping()) {
        for (const auto& [key, one] : value.mapping().entries) {
            append(text.empty() ? "{" : ", ");
            append(represented(budget, key) + ": ");
            append(represented(budget, one));
        }
        return text.empty() ? "{}" : text + "}";
    }
    if (const auto* items = value.items(); items && items->isSequence()) {
        const bool tuple = items->kind == Items::Kind::Tuple;
        for (const auto& one : items->values) {
            append(text.empty() ? (tuple ? "(" : "[") : ", ");
            append(represented(budget, one));
        }
        if (text.empty()) text = tuple ? "(" : "[";
        if (tuple && items->values.size() == 1) text += ",";
        return text + (tuple ? ")" : "]");
    }
    if (value.isUndefined()) return "Undefined";
    return fmt::format("<{}>", typeName(value));
}

}  // namespace mergarium::jinja
