#pragma once

#include "core/templates/values/operators.h"
#include "core/templates/values/value.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium::jinja {

// What a template says, as a tree of bounded depth. Immutable once it is read.

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

/// (a, b=c, *d, **e)
struct CallArguments {
    std::vector<ExpressionPtr> places;
    std::vector<std::pair<std::string, ExpressionPtr>> names;
    /// May be null.
    ExpressionPtr morePlaces, moreNames;
};

struct Constant {
    Value value;
};
struct Variable {
    std::string name;
};
struct ListOf {
    std::vector<ExpressionPtr> elements;
    bool tuple = false;
};
struct MappingOf {
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
/// of.name
struct AttributeOf {
    ExpressionPtr of;
    std::string name;
};
/// of[key]
struct ElementOf {
    ExpressionPtr of, key;
};
/// of[begin:end:step], each null where it isn't said
struct SliceOf {
    ExpressionPtr of, begin, end, step;
};
struct CallOf {
    ExpressionPtr callee;
    CallArguments arguments;
};
/// of|name(...); `of` is null where it is what a block prints
struct FilterOf {
    ExpressionPtr of;
    std::string name;
    CallArguments arguments;
};
/// of is name(...)
struct TestOf {
    ExpressionPtr of;
    std::string name;
    CallArguments arguments;
    bool negated = false;
};
struct NotOf {
    ExpressionPtr of;
};
struct SignOf {
    ExpressionPtr of;
    bool negative = false;
};
struct ArithmeticOf {
    Arithmetic operation = Arithmetic::Add;
    ExpressionPtr left, right;
};
struct AndOr {
    bool both = false;
    ExpressionPtr left, right;
};
/// first < second == third
struct ComparisonOf {
    enum class How { Equal, Unequal, Less, LessEqual, Greater, GreaterEqual, In, NotIn };
    ExpressionPtr first;
    std::vector<std::pair<How, ExpressionPtr>> rest;
};
/// a ~ b ~ c
struct ConcatenationOf {
    std::vector<ExpressionPtr> parts;
};
/// then if condition else otherwise, which may be null
struct Conditional {
    ExpressionPtr condition, then, otherwise;
};

struct Expression {
    std::variant<Constant, Variable, ListOf, MappingOf, AttributeOf, ElementOf, SliceOf, CallOf, FilterOf, TestOf,
                 NotOf, SignOf, ArithmeticOf, AndOr, ComparisonOf, ConcatenationOf, Conditional>
        what;
    std::size_t line = 1;
    /// Levels of expressions, itself included.
    std::size_t depth = 1;
};

struct Statement;
using Block = std::vector<Statement>;

/// What is assigned to: a name, a namespace's attribute, or several.
struct Target {
    std::string name;
    std::string attribute;
    std::vector<Target> parts;
};

struct Data {
    std::string text;
};
struct Print {
    ExpressionPtr what;
};
struct If {
    std::vector<std::pair<ExpressionPtr, Block>> branches;
    Block otherwise;
};
struct For {
    Target target;
    ExpressionPtr over;
    /// May be null.
    ExpressionPtr condition;
    Block body, otherwise;
};
struct Set {
    Target target;
    ExpressionPtr value;
};
/// {% set x | filter %}...{% endset %}
struct SetBlock {
    Target target;
    /// May be null.
    ExpressionPtr filter;
    Block body;
};
struct MacroOf {
    std::string name;
    std::vector<std::string> parameters;
    /// Of the last of them.
    std::vector<ExpressionPtr> defaults;
    Block body;
};
/// {% call(...) macro(...) %}: a nameless macro, as `caller` of a call
struct CallBlock {
    MacroOf macro;
    ExpressionPtr call;
};
struct FilterBlock {
    ExpressionPtr filter;
    Block body;
};
struct With {
    std::vector<std::pair<Target, ExpressionPtr>> values;
    Block body;
};
/// {% generation %}: what an assistant said, in training
struct Generation {
    Block body;
};
struct Break {};
struct Continue {};

struct Statement {
    std::variant<Data, Print, If, For, Set, SetBlock, MacroOf, CallBlock, FilterBlock, With, Generation, Break,
                 Continue>
        what;
    std::size_t line = 1;
};

}  // namespace mergarium::jinja
