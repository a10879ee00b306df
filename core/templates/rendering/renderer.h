#pragma once

#include "core/templates/library/tools.h"
#include "core/templates/rendering/loop.h"
#include "core/templates/syntax/syntax.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mergarium::jinja {

/// Names, and those around them. Names live as long as the template, or what it is filled with.
struct Scope {
    const Scope* outer = nullptr;
    std::vector<std::pair<std::string_view, Value>> names = {};

    void set(std::string_view name, Value value);
};

/// A macro where it was defined.
struct Macro {
    const MacroOf* definition;
    Scope* scope;
};

/// Prints a template once. All that it makes lives as long as this.
class Renderer {
public:
    explicit Renderer(Budget& budget) : tools_{.budget = budget} {}

    /// `variables`: what the template knows. Throws Fault; `line` says where.
    std::string render(const Block& whole, std::vector<std::pair<std::string_view, Value>> variables);
    Tools& tools() { return tools_; }
    /// Of what failed, from 1.
    std::size_t line() const { return line_.value_or(1); }

private:
    /// How a block was left.
    enum class Flow { On, Break, Continue };

    Flow run(const Block& block, Scope& scope);
    /// The same; what it prints is returned instead.
    std::string captured(const Block& block, Scope& scope, Flow* flow = nullptr);
    Scope& within(const Scope& outer);
    void print(std::string_view text);
    void assign(const Target& target, Value value, Scope& scope);
    Value addressed(const MacroOf& macro, Scope& scope);

    Flow on(const Data& data, Scope& scope);
    Flow on(const Print& print, Scope& scope);
    Flow on(const If& branches, Scope& scope);
    Flow on(const For& loop, Scope& scope);
    Flow on(const Set& set, Scope& scope);
    Flow on(const SetBlock& set, Scope& scope);
    Flow on(const MacroOf& macro, Scope& scope);
    Flow on(const CallBlock& call, Scope& scope);
    Flow on(const FilterBlock& filter, Scope& scope);
    Flow on(const With& with, Scope& scope);
    Flow on(const Generation& generation, Scope& scope);
    Flow on(const Break&, Scope&) { return Flow::Break; }
    Flow on(const Continue&, Scope&) { return Flow::Continue; }

    Value evaluate(const Expression& expression, Scope& scope);
    /// None where nothing is said.
    Value evaluate(const ExpressionPtr& expression, Scope& scope);
    Arguments evaluate(const CallArguments& arguments, Scope& scope);
    Value call(const Value& callee, const Arguments& arguments);
    Value callMacro(const Macro& macro, const Arguments& arguments);
    /// A chain of filters, of what a block printed.
    Value filterPrinted(const Expression& filter, Value printed, Scope& scope);

    Value value(const Constant& constant, Scope&) { return constant.value; }
    Value value(const Variable& variable, Scope& scope);
    Value value(const ListOf& list, Scope& scope);
    Value value(const MappingOf& mapping, Scope& scope);
    Value value(const AttributeOf& attribute, Scope& scope);
    Value value(const ElementOf& element, Scope& scope);
    Value value(const SliceOf& slice, Scope& scope);
    Value value(const CallOf& call, Scope& scope);
    Value value(const FilterOf& filter, Scope& scope);
    Value value(const TestOf& test, Scope& scope);
    Value value(const NotOf& negation, Scope& scope);
    Value value(const SignOf& sign, Scope& scope);
    Value value(const ArithmeticOf& arithmetic, Scope& scope);
    Value value(const AndOr& both, Scope& scope);
    Value value(const ComparisonOf& comparison, Scope& scope);
    Value value(const ConcatenationOf& parts, Scope& scope);
    Value value(const Conditional& conditional, Scope& scope);

    Tools tools_;
    std::string out_;
    std::optional<std::size_t> line_;
    std::deque<Scope> scopes_;
    std::deque<Loop> loops_;
    std::deque<Macro> macros_;
    /// What the block printed whose filter is evaluated.
    std::optional<Value> printed_;
};

}  // namespace mergarium::jinja
