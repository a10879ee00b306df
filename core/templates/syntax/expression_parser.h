#pragma once

#include "core/templates/syntax/syntax.h"
#include "core/templates/syntax/token_stream.h"

#include <functional>

namespace mergarium::jinja {

/// Reads the expressions of a template, with Jinja's precedences. Throws SyntaxFault.
class ExpressionParser {
public:
    /// `depth`: levels that are open already.
    ExpressionParser(TokenStream& tokens, std::size_t& depth) : tokens_(tokens), depth_(depth) {}

    ExpressionPtr expression();
    /// An expression, or several with commas between them: a tuple.
    ExpressionPtr expressions();
    /// The same without `if` and `else`: what a loop goes through, and what a branch asks.
    ExpressionPtr unconditional();
    /// filter|filter..., of what a block prints. A filter's name stands next.
    ExpressionPtr filters();
    CallArguments arguments();

private:
    using Read = ExpressionPtr (ExpressionParser::*)();

    ExpressionPtr tuple(Read each, bool mayBeEmpty);
    ExpressionPtr either();
    ExpressionPtr both();
    ExpressionPtr negation();
    ExpressionPtr comparison();
    ExpressionPtr sum();
    ExpressionPtr concatenation();
    ExpressionPtr product();
    ExpressionPtr power();
    ExpressionPtr signedOne();
    ExpressionPtr unfiltered();
    ExpressionPtr primary();
    ExpressionPtr list();
    ExpressionPtr mapping();
    ExpressionPtr behind(ExpressionPtr of);
    ExpressionPtr subscript(ExpressionPtr of);
    ExpressionPtr element(ExpressionPtr of);
    ExpressionPtr filtered(ExpressionPtr of);
    ExpressionPtr filter(ExpressionPtr of);
    ExpressionPtr test(ExpressionPtr of);
    ExpressionPtr number(const Token& token);

    template <typename What>
    ExpressionPtr make(std::size_t line, std::size_t depth, What what);

    TokenStream& tokens_;
    std::size_t& depth_;
};

}  // namespace mergarium::jinja
