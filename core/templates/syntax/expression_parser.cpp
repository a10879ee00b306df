#include "core/templates/syntax/expression_parser.h"

#include "core/templates/syntax/levels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace mergarium::jinja {
namespace {

std::optional<ComparisonOf::How> comparisonNamed(std::string_view mark) {
    using enum ComparisonOf::How;
    constexpr std::pair<std::string_view, ComparisonOf::How> kMarks[] = {
        {"==", Equal}, {"!=", Unequal}, {"<", Less}, {"<=", LessEqual}, {">", Greater}, {">=", GreaterEqual}};
    for (const auto& [known, how] : kMarks)
        if (known == mark) return how;
    return std::nullopt;
}

std::optional<Arithmetic> arithmeticNamed(std::string_view mark) {
    using enum Arithmetic;
    constexpr std::pair<std::string_view, Arithmetic> kMarks[] = {{"+", Add},    {"-", Subtract},     {"*", Multiply},
                                                                  {"/", Divide}, {"//", DivideWhole}, {"%", Remainder}};
    for (const auto& [known, operation] : kMarks)
        if (known == mark) return operation;
    return std::nullopt;
}

}  // namespace

ExpressionPtr ExpressionParser::expression() {
    const Nesting nesting(depth_, tokens_);
    auto then = either();
    while (tokens_.isName("if")) {
        const auto line = tokens_.next().line;
        auto condition = either();
        auto otherwise = tokens_.skipName("else") ? expression() : nullptr;
        const auto depth = std::max({levels(condition), levels(then), levels(otherwise)});
        then = make(line, depth, Conditional{std::move(condition), std::move(then), std::move(otherwise)});
    }
    return then;
}

ExpressionPtr ExpressionParser::tuple(Read each, bool mayBeEmpty) {
    const auto line = tokens_.line();
    const auto ends = [&] {
        return tokens_.is(Token::Kind::PrintEnd) || tokens_.is(Token::Kind::TagEnd) || tokens_.isMark(")") ||
               (each == &ExpressionParser::either && tokens_.isName("recursive"));
    };
    std::vector<ExpressionPtr> elements;
    bool isTuple = false;
    while (!ends()) {
        elements.push_back((this->*each)());
        if (!tokens_.skipMark(",")) break;
        isTuple = true;
    }
    if (!isTuple && !elements.empty()) return std::move(elements.front());
    if (elements.empty() && !mayBeEmpty)
        tokens_.refuse(fmt::format("there is {} where an expression is expected", tokens_.described()));
    const auto depth = levels(elements);
    return make(line, depth, ListOf{std::move(elements), true});
}

ExpressionPtr ExpressionParser::expressions() { return tuple(&ExpressionParser::expression, false); }
ExpressionPtr ExpressionParser::unconditional() { return tuple(&ExpressionParser::either, false); }

ExpressionPtr ExpressionParser::either() {
    auto left = both();
    while (tokens_.isName("or")) {
        const auto line = tokens_.next().line;
        auto right = both();
        const auto depth = std::max(levels(left), levels(right));
        left = make(line, depth, AndOr{false, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::both() {
    auto left = negation();
    while (tokens_.isName("and")) {
        const auto line = tokens_.next().line;
        auto right = negation();
        const auto depth = std::max(levels(left), levels(right));
        left = make(line, depth, AndOr{true, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::negation() {
    if (!tokens_.isName("not")) return comparison();
    const Nesting nesting(depth_, tokens_);
    const auto line = tokens_.next().line;
    auto of = negation();
    const auto depth = levels(of);
    return make(line, depth, NotOf{std::move(of)});
}

ExpressionPtr ExpressionParser::comparison() {
    const auto line = tokens_.line();
    ComparisonOf all{.first = sum(), .rest = {}};
    auto depth = levels(all.first);
    const auto add = [&](ComparisonOf::How how) {
        all.rest.emplace_back(how, sum());
        depth = std::max(depth, levels(all.rest.back().second));
    };
    for (;;) {
        if (const auto how = comparisonNamed(tokens_.current().text); how && tokens_.is(Token::Kind::Mark)) {
            tokens_.next();
            add(*how);
        } else if (tokens_.skipName("in")) {
            add(ComparisonOf::How::In);
        } else if (tokens_.isName("not") && TokenStream::isThat(tokens_.following(), Token::Kind::Name, "in")) {
            tokens_.next();
            tokens_.next();
            add(ComparisonOf::How::NotIn);
        } else {
            break;
        }
    }
    return all.rest.empty() ? std::move(all.first) : make(line, depth, std::move(all));
}

ExpressionPtr ExpressionParser::sum() {
    auto left = concatenation();
    while (tokens_.isMark("+") || tokens_.isMark("-")) {
        const auto token = tokens_.next();
        auto right = concatenation();
        const auto depth = std::max(levels(left), levels(right));
        left = make(token.line, depth, ArithmeticOf{*arithmeticNamed(token.text), std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::concatenation() {
    const auto line = tokens_.line();
    std::vector<ExpressionPtr> parts;
    parts.push_back(product());
    while (tokens_.skipMark("~")) parts.push_back(product());
    if (parts.size() == 1) return std::move(parts.front());
    const auto depth = levels(parts);
    return make(line, depth, ConcatenationOf{std::move(parts)});
}

ExpressionPtr ExpressionParser::product() {
    auto left = power();
    while (tokens_.isMark("*") || tokens_.isMark("/") || tokens_.isMark("//") || tokens_.isMark("%")) {
        const auto token = tokens_.next();
        auto right = power();
        const auto depth = std::max(levels(left), levels(right));
        left = make(token.line, depth, ArithmeticOf{*arithmeticNamed(token.text), std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::power() {
    auto left = signedOne();
    while (tokens_.isMark("**")) {
        const auto line = tokens_.next().line;
        auto right = signedOne();
        const auto depth = std::max(levels(left), levels(right));
        left = make(line, depth, ArithmeticOf{Arithmetic::Power, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::signedOne() { return filtered(unfiltered()); }

}  // namespace mergarium::jinja
