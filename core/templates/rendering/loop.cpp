#include "core/templates/rendering/loop.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

namespace mergarium::jinja {
namespace {

std::optional<Value> fetch(Loop& loop) {
    while (loop.fetched < loop.elements.size()) {
        const auto& one = loop.elements[loop.fetched++];
        if (!loop.passes || loop.passes(one)) return one;
    }
    return std::nullopt;
}

}  // namespace

const Value* Loop::peek() {
    if (!after) after = fetch(*this);
    return after ? &*after : nullptr;
}

bool Loop::next() {
    if (!peek()) return false;
    before = std::move(current);
    current = std::exchange(after, std::nullopt);
    index = index ? *index + 1 : 0;
    return true;
}

std::size_t Loop::length() {
    if (passes) {  // all of the rest is fetched
        std::vector<Value> rest;
        while (auto one = fetch(*this)) rest.push_back(std::move(*one));
        elements = std::move(rest);
        fetched = 0;
        passes = nullptr;
        const auto begun = index ? *index + 1 : 0;
        counted = begun + elements.size() + (after ? 1 : 0);
    }
    return counted ? *counted : elements.size();
}

Value loopAttribute(Loop& loop, std::string_view name) {
    const auto at = loop.index.value_or(0);
    if (name == "index") return Value::count(at + 1);
    if (name == "index0") return Value::count(at);
    if (name == "first") return Value(at == 0);
    if (name == "last") return Value(loop.peek() == nullptr);
    if (name == "length") return Value::count(loop.length());
    if (name == "revindex") return Value::count(loop.length() - at);
    if (name == "revindex0") return Value::count(loop.length() - at - 1);
    if (name == "depth") return Value::count(1);
    if (name == "depth0") return Value::count(0);
    if (name == "previtem") return loop.before ? *loop.before : Value::undefined("there is no previous element");
    if (name == "nextitem") return loop.peek() ? *loop.peek() : Value::undefined("there is no next element");
    return Value::undefined(fmt::format("a loop has no '{}'", excerptOf(name, 100)));
}

Value callLoop(Tools& tools, Loop& loop, std::string_view method, const Arguments& arguments) {
    if (method == "cycle") {
        if (arguments.places.empty()) throw Fault("loop.cycle has nothing to choose from");
        return arguments.places[loop.index.value_or(0) % arguments.places.size()];
    }
    if (method != "changed") throw Fault(fmt::format("a loop has no '{}' to be called", excerptOf(method, 100)));
    auto now = makeItems(tools.budget, arguments.places, Items::Kind::Tuple);
    const bool changed = !loop.told || !equals(tools.budget, *loop.told, now);
    loop.told = std::move(now);
    return Value(changed);
}

}  // namespace mergarium::jinja
