#pragma once

#include "core/templates/syntax/lexer.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::jinja {

/// The tokens of a template, one after the other.
class TokenStream {
public:
    explicit TokenStream(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    const Token& current() const { return tokens_[at_]; }
    const Token& following() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
    std::size_t line() const { return current().line; }
    Token next() {
        Token token = std::move(tokens_[at_]);
        if (at_ + 1 < tokens_.size())
            ++at_;
        else
            tokens_[at_] = {Token::Kind::End, {}, token.line};
        return token;
    }

    bool is(Token::Kind kind) const { return current().kind == kind; }
    bool isName(std::string_view name) const { return isThat(current(), Token::Kind::Name, name); }
    bool isMark(std::string_view mark) const { return isThat(current(), Token::Kind::Mark, mark); }
    static bool isThat(const Token& token, Token::Kind kind, std::string_view text) {
        return token.kind == kind && token.text == text;
    }

    bool skipName(std::string_view name) { return isName(name) && (next(), true); }
    bool skipMark(std::string_view mark) { return isMark(mark) && (next(), true); }
    /// Throw SyntaxFault where something else stands.
    void expectMark(std::string_view mark);
    void expectName(std::string_view name);
    void expect(Token::Kind kind);
    std::string anyName();
    [[noreturn]] void refuse(std::string what) const { throw SyntaxFault{std::move(what), line()}; }
    /// What stands here, for a sentence.
    std::string described() const;

private:
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

/// One level of what is being read, as long as it lives; bounds the stack. Throws SyntaxFault.
class Nesting {
public:
    Nesting(std::size_t& depth, const TokenStream& tokens);
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

private:
    std::size_t& depth_;
};

}  // namespace mergarium::jinja
