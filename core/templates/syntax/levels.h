#pragma once

#include "core/templates/syntax/expression_parser.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mergarium::jinja {

/// Levels of expressions in expressions.
inline constexpr std::size_t kDeepestExpression = 150;

inline std::size_t levels(const ExpressionPtr& expression) { return expression ? expression->depth : 0; }

inline std::size_t levels(const std::vector<ExpressionPtr>& expressions) {
    std::size_t depth = 0;
    for (const auto& one : expressions) depth = std::max(depth, levels(one));
    return depth;
}

inline std::size_t levels(const CallArguments& arguments) {
    auto depth = std::max({levels(arguments.places), levels(arguments.morePlaces), levels(arguments.moreNames)});
    for (const auto& [name, value] : arguments.names) depth = std::max(depth, levels(value));
    return depth;
}

template <typename What>
ExpressionPtr ExpressionParser::make(std::size_t line, std::size_t depth, What what) {
    if (depth >= kDeepestExpression)
        tokens_.refuse("an expression nests too deep, or is too long: set parts of it apart");
    return std::make_unique<const Expression>(Expression{std::move(what), line, depth + 1});
}

}  // namespace mergarium::jinja
