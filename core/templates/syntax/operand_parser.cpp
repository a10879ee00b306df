#include "core/templates/syntax/expression_parser.h"
#include "core/templates/syntax/levels.h"
#include "core/templates/values/python_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium::jinja {

/// A sign binds closer than a filter.
ExpressionPtr ExpressionParser::unfiltered() {
    if (!tokens_.isMark("-") && !tokens_.isMark("+")) return behind(primary());
    const Nesting nesting(depth_, tokens_);
    const auto token = tokens_.next();
    auto of = unfiltered();
    const auto depth = levels(of);
    return behind(make(token.line, depth, SignOf{std::move(of), token.text == "-"}));
}

ExpressionPtr ExpressionParser::primary() {
    const auto line = tokens_.line();
    switch (tokens_.current().kind) {
        case Token::Kind::Name: {
            auto name = tokens_.next().text;
            if (name == "true" || name == "True") return make(line, 0, Constant{Value(true)});
            if (name == "false" || name == "False") return make(line, 0, Constant{Value(false)});
            if (name == "none" || name == "None") return make(line, 0, Constant{Value()});
            return make(line, 0, Variable{std::move(name)});
        }
        case Token::Kind::String: {
            std::string text;
            while (tokens_.is(Token::Kind::String)) text += tokens_.next().text;
            return make(line, 0, Constant{Value::text(std::move(text))});
        }
        case Token::Kind::Whole:
        case Token::Kind::Real: return number(tokens_.next());
        default: break;
    }
    if (tokens_.skipMark("(")) {
        auto inner = tuple(&ExpressionParser::expression, true);
        tokens_.expectMark(")");
        return inner;
    }
    if (tokens_.isMark("[")) return list();
    if (tokens_.isMark("{")) return mapping();
    tokens_.refuse(fmt::format("there is {} where an expression is expected", tokens_.described()));
}

ExpressionPtr ExpressionParser::number(const Token& token) {
    if (token.kind == Token::Kind::Real) return make(token.line, 0, Constant{Value(realOf(token.text).value_or(0.0))});
    const char kind = token.text.size() > 1 ? token.text[1] : '0';
    const int base = kind == 'x' || kind == 'X'   ? 16
                     : kind == 'o' || kind == 'O' ? 8
                     : kind == 'b' || kind == 'B' ? 2
                                                  : 10;
    const auto value = wholeOf(token.text, base);
    if (!value || (base == 10 && token.text.size() > 1 && token.text.front() == '0' && *value != 0))
        tokens_.refuse(fmt::format("{} is no whole number of 64 bits", token.text.substr(0, 40)));
    return make(token.line, 0, Constant{Value(*value)});
}

ExpressionPtr ExpressionParser::list() {
    const auto line = tokens_.line();
    tokens_.expectMark("[");
    std::vector<ExpressionPtr> elements;
    while (!tokens_.isMark("]")) {
        elements.push_back(expression());
        if (!tokens_.skipMark(",")) break;
    }
    tokens_.expectMark("]");
    const auto depth = levels(elements);
    return make(line, depth, ListOf{std::move(elements), false});
}

ExpressionPtr ExpressionParser::mapping() {
    const auto line = tokens_.line();
    tokens_.expectMark("{");
    MappingOf all;
    std::size_t depth = 0;
    while (!tokens_.isMark("}")) {
        auto key = expression();
        tokens_.expectMark(":");
        auto value = expression();
        depth = std::max({depth, levels(key), levels(value)});
        all.entries.emplace_back(std::move(key), std::move(value));
        if (!tokens_.skipMark(",")) break;
    }
    tokens_.expectMark("}");
    return make(line, depth, std::move(all));
}

/// What stands behind an operand: attributes, elements, calls.
ExpressionPtr ExpressionParser::behind(ExpressionPtr of) {
    for (;;) {
        const auto line = tokens_.line();
        if (tokens_.isMark(".") || tokens_.isMark("[")) {
            of = subscript(std::move(of));
        } else if (tokens_.isMark("(")) {
            auto given = arguments();
            const auto depth = std::max(levels(of), levels(given));
            of = make(line, depth, CallOf{std::move(of), std::move(given)});
        } else {
            return of;
        }
    }
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr of) {
    const auto line = tokens_.line();
    if (tokens_.skipMark("[")) return element(std::move(of));
    tokens_.expectMark(".");
    const auto depth = levels(of);
    if (tokens_.is(Token::Kind::Whole)) return make(line, depth, ElementOf{std::move(of), number(tokens_.next())});
    auto name = tokens_.anyName();
    return make(line, depth, AttributeOf{std::move(of), std::move(name)});
}

ExpressionPtr ExpressionParser::element(ExpressionPtr of) {
    const auto line = tokens_.line();
    const auto bound = [&] { return tokens_.isMark(":") || tokens_.isMark("]") ? nullptr : expression(); };
    auto begin = bound();
    if (!tokens_.isMark(":")) {
        if (!begin) tokens_.refuse("there is nothing between [ and ]");
        tokens_.expectMark("]");
        const auto depth = std::max(levels(of), levels(begin));
        return make(line, depth, ElementOf{std::move(of), std::move(begin)});
    }
    tokens_.expectMark(":");
    auto end = bound();
    auto step = tokens_.skipMark(":") ? bound() : nullptr;
    tokens_.expectMark("]");
    const auto depth = std::max({levels(of), levels(begin), levels(end), levels(step)});
    return make(line, depth, SliceOf{std::move(of), std::move(begin), std::move(end), std::move(step)});
}

ExpressionPtr ExpressionParser::filtered(ExpressionPtr of) {
    for (;;) {
        if (tokens_.skipMark("|")) {
            of = filter(std::move(of));
        } else if (tokens_.isName("is")) {
            of = test(std::move(of));
        } else if (tokens_.isMark("(")) {
            of = behind(std::move(of));
        } else {
            return of;
        }
    }
}

ExpressionPtr ExpressionParser::filter(ExpressionPtr of) {
    const auto line = tokens_.line();
    auto name = tokens_.anyName();
    auto given = tokens_.isMark("(") ? arguments() : CallArguments{};
    const auto depth = std::max(levels(of), levels(given));
    return make(line, depth, FilterOf{std::move(of), std::move(name), std::move(given)});
}

ExpressionPtr ExpressionParser::filters() {
    auto all = filter(nullptr);
    while (tokens_.skipMark("|")) all = filter(std::move(all));
    return all;
}

ExpressionPtr ExpressionParser::test(ExpressionPtr of) {
    const auto line = tokens_.next().line;
    const bool negated = tokens_.skipName("not");
    TestOf test{.of = std::move(of), .name = tokens_.anyName(), .arguments = {}, .negated = negated};
    using enum Token::Kind;
    const bool isOperand = tokens_.is(Name) || tokens_.is(String) || tokens_.is(Whole) || tokens_.is(Real) ||
                           tokens_.isMark("[") || tokens_.isMark("{");
    const bool goesOn = tokens_.isName("else") || tokens_.isName("or") || tokens_.isName("and");
    if (tokens_.isMark("(")) {
        test.arguments = arguments();
    } else if (isOperand && !goesOn) {
        if (tokens_.isName("is")) tokens_.refuse("tests can't be chained with 'is'");
        test.arguments.places.push_back(behind(primary()));
    }
    const auto depth = std::max(levels(test.of), levels(test.arguments));
    return make(line, depth, std::move(test));
}

CallArguments ExpressionParser::arguments() {
    CallArguments all;
    tokens_.expectMark("(");
    while (!tokens_.isMark(")")) {
        if (tokens_.skipMark("*")) {
            all.morePlaces = expression();
        } else if (tokens_.skipMark("**")) {
            all.moreNames = expression();
        } else if (tokens_.is(Token::Kind::Name) && TokenStream::isThat(tokens_.following(), Token::Kind::Mark, "=")) {
            auto name = tokens_.next().text;
            tokens_.next();
            all.names.emplace_back(std::move(name), expression());
        } else {
            if (!all.names.empty() || all.morePlaces || all.moreNames)
                tokens_.refuse("an argument without a name stands behind one with a name");
            all.places.push_back(expression());
        }
        if (!tokens_.skipMark(",")) break;
    }
    tokens_.expectMark(")");
    return all;
}

}  // namespace mergarium::jinja
