#include "core/templates/rendering/renderer.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium::jinja {
namespace {

/// As much as can be tokenized.
constexpr std::size_t kMostPrinted = 16 << 20;

}  // namespace

void Scope::set(std::string_view name, Value value) {
    const auto found = std::ranges::find(names, name, [](const auto& one) { return one.first; });
    if (found != names.end())
        found->second = std::move(value);
    else
        names.emplace_back(name, std::move(value));
}

std::string Renderer::render(const Block& whole, std::vector<std::pair<std::string_view, Value>> variables) {
    auto& root = scopes_.emplace_back();
    root.names = std::move(variables);
    run(whole, within(root));
    return std::exchange(out_, {});
}

Scope& Renderer::within(const Scope& outer) {
    tools_.budget.take(sizeof(Scope));
    auto& scope = scopes_.emplace_back();
    scope.outer = &outer;
    return scope;
}

void Renderer::print(std::string_view text) {
    if (text.size() > kMostPrinted - std::min(kMostPrinted, out_.size()))
        throw Fault(fmt::format("it prints more than {} MiB", kMostPrinted >> 20));
    out_ += text;
}

Renderer::Flow Renderer::run(const Block& block, Scope& scope) {
    for (const auto& statement : block) {
        try {
            const Budget::Level level(tools_.budget);
            const auto flow = std::visit([&](const auto& one) { return on(one, scope); }, statement.what);
            if (flow != Flow::On) return flow;
        } catch (const Fault&) {
            if (!line_) line_ = statement.line;
            throw;
        }
    }
    return Flow::On;
}

std::string Renderer::captured(const Block& block, Scope& scope, Flow* flow) {
    auto outside = std::exchange(out_, {});
    const auto left = run(block, scope);
    if (flow) *flow = left;
    return std::exchange(out_, std::move(outside));
}

void Renderer::assign(const Target& target, Value value, Scope& scope) {
    if (!target.parts.empty()) {
        auto values = elementsOf(tools_.budget, value);
        if (values.size() != target.parts.size())
            throw Fault(fmt::format("{} values are assigned to {} names", values.size(), target.parts.size()));
        for (std::size_t i = 0; i < values.size(); ++i) assign(target.parts[i], std::move(values[i]), scope);
        return;
    }
    tools_.budget.take(sizeof(Value) + sizeof(std::string_view));
    if (target.attribute.empty()) return scope.set(target.name, std::move(value));
    const auto of = this->value(Variable{target.name}, scope);
    const auto* space = of.get<Space*>();
    if (!space) throw Fault(fmt::format("only namespaces can be changed, and '{}' is none", excerptOf(target.name)));
    auto& attributes = (*space)->attributes;
    const auto found = std::ranges::find(attributes, target.attribute, [](const auto& one) { return one.first; });
    if (found != attributes.end())
        found->second = std::move(value);
    else
        attributes.emplace_back(target.attribute, std::move(value));
}

Renderer::Flow Renderer::on(const Data& data, Scope&) {
    tools_.budget.goThrough(data.text.size());
    print(data.text);
    return Flow::On;
}

Renderer::Flow Renderer::on(const Print& what, Scope& scope) {
    print(printed(tools_.budget, evaluate(*what.what, scope)));
    return Flow::On;
}

Renderer::Flow Renderer::on(const If& branches, Scope& scope) {
    for (const auto& [condition, block] : branches.branches)
        if (isTrue(evaluate(*condition, scope))) return run(block, scope);
    return run(branches.otherwise, scope);
}

Renderer::Flow Renderer::on(const For& what, Scope& scope) {
    auto& loop = loops_.emplace_back();
    loop.elements = elementsOf(tools_.budget, evaluate(*what.over, scope));
    if (what.condition)
        loop.passes = [&](const Value& one) {
            auto& inner = within(scope);
            assign(what.target, one, inner);
            return isTrue(evaluate(*what.condition, inner));
        };
    bool completed = false;
    while (loop.next()) {
        auto& inner = within(scope);
        inner.set("loop", Value(&loop));
        assign(what.target, *loop.current, inner);
        const auto flow = run(what.body, inner);
        if (flow == Flow::Break) break;
        completed = completed || flow == Flow::On;
    }
    loop.elements.clear();
    loop.passes = nullptr;
    return completed ? Flow::On : run(what.otherwise, within(scope));
}

Renderer::Flow Renderer::on(const Set& set, Scope& scope) {
    assign(set.target, evaluate(*set.value, scope), scope);
    return Flow::On;
}

Renderer::Flow Renderer::on(const SetBlock& set, Scope& scope) {
    auto text = makeText(tools_.budget, captured(set.body, within(scope)));
    assign(set.target, set.filter ? filterPrinted(*set.filter, std::move(text), scope) : std::move(text), scope);
    return Flow::On;
}

Value Renderer::addressed(const MacroOf& macro, Scope& scope) {
    tools_.budget.take(sizeof(Macro));
    return Value(static_cast<const Macro*>(&macros_.emplace_back(Macro{&macro, &scope})));
}

Renderer::Flow Renderer::on(const MacroOf& macro, Scope& scope) {
    scope.set(macro.name, addressed(macro, scope));
    return Flow::On;
}

Renderer::Flow Renderer::on(const CallBlock& block, Scope& scope) {
    const auto& of = std::get<CallOf>(block.call->what);
    const auto callee = evaluate(*of.callee, scope);
    auto arguments = evaluate(of.arguments, scope);
    arguments.names.emplace_back("caller", addressed(block.macro, scope));
    print(printed(tools_.budget, call(callee, arguments)));
    return Flow::On;
}

Renderer::Flow Renderer::on(const FilterBlock& filter, Scope& scope) {
    auto flow = Flow::On;
    auto text = captured(filter.body, within(scope), &flow);
    if (flow != Flow::On) return flow;
    print(printed(tools_.budget, filterPrinted(*filter.filter, makeText(tools_.budget, std::move(text)), scope)));
    return Flow::On;
}

Renderer::Flow Renderer::on(const With& with, Scope& scope) {
    auto& inner = within(scope);
    for (const auto& [target, value] : with.values) assign(target, evaluate(*value, scope), inner);
    return run(with.body, inner);
}

Renderer::Flow Renderer::on(const Generation& generation, Scope& scope) {
    print(captured(generation.body, within(scope)));
    return Flow::On;
}

}  // namespace mergarium::jinja
