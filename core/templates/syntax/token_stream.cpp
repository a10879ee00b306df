#include "core/templates/syntax/token_stream.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

namespace mergarium::jinja {
namespace {

constexpr std::size_t kDeepestNesting = 80;

std::string nameOf(Token::Kind kind) {
    switch (kind) {
        case Token::Kind::Data: return "text";
        case Token::Kind::PrintBegin: return "{{";
        case Token::Kind::PrintEnd: return "}}";
        case Token::Kind::TagBegin: return "{%";
        case Token::Kind::TagEnd: return "%}";
        case Token::Kind::Name: return "a name";
        case Token::Kind::String: return "a text in quotes";
        case Token::Kind::Whole:
        case Token::Kind::Real: return "a number";
        case Token::Kind::Mark: return "a mark";
        case Token::Kind::End: return "the end of the template";
    }
    return {};
}

}  // namespace

std::string TokenStream::described() const {
    const auto& token = current();
    if (token.kind == Token::Kind::Name || token.kind == Token::Kind::Mark)
        return fmt::format("'{}'", excerptOf(token.text, 40));
    return nameOf(token.kind);
}

void TokenStream::expectMark(std::string_view mark) {
    if (!skipMark(mark)) refuse(fmt::format("there is {} where '{}' is expected", described(), mark));
}

void TokenStream::expectName(std::string_view name) {
    if (!skipName(name)) refuse(fmt::format("there is {} where '{}' is expected", described(), name));
}

void TokenStream::expect(Token::Kind kind) {
    if (!is(kind)) refuse(fmt::format("there is {} where {} is expected", described(), nameOf(kind)));
    next();
}

std::string TokenStream::anyName() {
    if (!is(Token::Kind::Name)) refuse(fmt::format("there is {} where a name is expected", described()));
    return next().text;
}

Nesting::Nesting(std::size_t& depth, const TokenStream& tokens) : depth_(depth) {
    if (depth_ == kDeepestNesting) tokens.refuse("it nests too deep");
    ++depth_;
}

}  // namespace mergarium::jinja
