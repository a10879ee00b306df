#include "core/templates/syntax/parser.h"

#include "core/files/excerpt.h"
#include "core/templates/syntax/expression_parser.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>

namespace mergarium::jinja {
namespace {

/// The largest published ones have 30 kB.
constexpr std::size_t kLongest = 256 << 10;

using Names = std::initializer_list<std::string_view>;

class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    Block whole() {
        auto all = block({});
        if (!tokens_.is(Token::Kind::End)) tokens_.refuse(fmt::format("there is {} out of place", tokens_.described()));
        return all;
    }

private:
    /// Up to a tag that begins with one of `ends`, which stands next; without any: up to the end.
    Block block(Names ends, std::size_t begun = 1) {
        const Nesting nesting(depth_, tokens_);
        Block all;
        for (;;) {
            const auto line = tokens_.line();
            if (tokens_.is(Token::Kind::Data)) {
                all.push_back({Data{tokens_.next().text}, line});
            } else if (tokens_.is(Token::Kind::PrintBegin)) {
                tokens_.next();
                all.push_back({Print{expressions_.expressions()}, line});
                tokens_.expect(Token::Kind::PrintEnd);
            } else if (tokens_.is(Token::Kind::TagBegin)) {
                tokens_.next();
                if (std::ranges::any_of(ends, [&](auto end) { return tokens_.isName(end); })) return all;
                all.push_back(statement(line));
                tokens_.expect(Token::Kind::TagEnd);
            } else if (ends.size() == 0) {
                return all;
            } else {
                throw SyntaxFault{fmt::format("there is no {} for what begins here", fmt::join(ends, ", or ")), begun};
            }
        }
    }
    /// The block of a tag whose head has been read; one of `ends` stands next.
    Block body(Names ends) {
        const auto line = tokens_.line();
        tokens_.expect(Token::Kind::TagEnd);
        return block(ends, line);
    }
    /// The same, and the name that ends it.
    Block bodyUpTo(std::string_view end) {
        auto all = body({end});
        tokens_.next();
        return all;
    }

    Statement statement(std::size_t line) {
        const auto name = tokens_.anyName();
        if (name == "if") return {branches(), line};
        if (name == "for") return {loop(), line};
        if (name == "set") return assignment(line);
        if (name == "macro") return {macro(), line};
        if (name == "call") return {callBlock(), line};
        if (name == "filter") {
            auto filter = expressions_.filters();
            return {FilterBlock{std::move(filter), bodyUpTo("endfilter")}, line};
        }
        if (name == "with") return {with(), line};
        if (name == "generation") return {Generation{separateBody("endgeneration")}, line};
        if (name == "break" || name == "continue") {
            if (loops_ == 0) tokens_.refuse(fmt::format("there is a {} outside of all loops", name));
            if (name == "break") return {Break{}, line};
            return {Continue{}, line};
        }
        tokens_.refuse(fmt::format("the tag '{}' is not known, or needs other templates", excerptOf(name, 40)));
    }

    If branches() {
        If all;
        for (;;) {
            auto condition = expressions_.unconditional();
            all.branches.emplace_back(std::move(condition), body({"elif", "else", "endif"}));
            const auto end = tokens_.anyName();
            if (end == "elif") continue;
            if (end == "else") all.otherwise = bodyUpTo("endif");
            return all;
        }
    }

    For loop() {
        For loop{.target = target(true), .over = nullptr, .condition = nullptr, .body = {}, .otherwise = {}};
        if (loop.target.name == "loop") tokens_.refuse("a loop can't go through 'loop'");
        tokens_.expectName("in");
        loop.over = expressions_.unconditional();
        if (tokens_.skipName("if")) loop.condition = expressions_.expression();
        if (tokens_.isName("recursive")) tokens_.refuse("recursive loops are not known");
        ++loops_;
        loop.body = body({"endfor", "else"});
        --loops_;
        if (tokens_.anyName() == "else") loop.otherwise = bodyUpTo("endfor");
        return loop;
    }

    /// Outside of the loops around it.
    Block separateBody(std::string_view end) {
        const auto outer = std::exchange(loops_, 0);
        auto all = bodyUpTo(end);
        loops_ = outer;
        return all;
    }

    Statement assignment(std::size_t line) {
        auto to = target(true);
        if (tokens_.skipMark("=")) return {Set{std::move(to), expressions_.expressions()}, line};
        auto filter = tokens_.skipMark("|") ? expressions_.filters() : nullptr;
        return {SetBlock{std::move(to), std::move(filter), separateBody("endset")}, line};
    }

    MacroOf macro() {
        MacroOf macro{.name = tokens_.anyName(), .parameters = {}, .defaults = {}, .body = {}};
        signature(macro);
        macro.body = separateBody("endmacro");
        return macro;
    }

    void signature(MacroOf& macro) {
        tokens_.expectMark("(");
        while (!tokens_.isMark(")")) {
            macro.parameters.push_back(tokens_.anyName());
            if (tokens_.skipMark("="))
                macro.defaults.push_back(expressions_.expression());
            else if (!macro.defaults.empty())
                tokens_.refuse("a parameter without a default stands behind one that has one");
            if (!tokens_.skipMark(",")) break;
        }
        tokens_.expectMark(")");
    }

    CallBlock callBlock() {
        CallBlock block{.macro = {.name = "caller", .parameters = {}, .defaults = {}, .body = {}}, .call = nullptr};
        if (tokens_.isMark("(")) signature(block.macro);
        block.call = expressions_.expression();
        if (!std::holds_alternative<CallOf>(block.call->what)) tokens_.refuse("a call block calls nothing");
        block.macro.body = separateBody("endcall");
        return block;
    }

    With with() {
        With with;
        while (!tokens_.is(Token::Kind::TagEnd)) {
            auto to = target(true);
            tokens_.expectMark("=");
            with.values.emplace_back(std::move(to), expressions_.expression());
            if (!tokens_.skipMark(",")) break;
        }
        with.body = bodyUpTo("endwith");
        return with;
    }

    /// `several`: with commas between them.
    Target target(bool several) {
        const Nesting nesting(depth_, tokens_);
        std::vector<Target> parts;
        bool isTuple = false;
        do {
            if (!parts.empty() && !tokens_.is(Token::Kind::Name) && !tokens_.isMark("(")) break;
            parts.push_back(single());
            isTuple = isTuple || tokens_.isMark(",");
        } while (several && tokens_.skipMark(","));
        if (!isTuple || !several) return std::move(parts.front());
        return {.name = {}, .attribute = {}, .parts = std::move(parts)};
    }
    Target single() {
        if (tokens_.skipMark("(")) {
            auto inner = target(true);
            tokens_.expectMark(")");
            return inner;
        }
        Target one{.name = tokens_.anyName(), .attribute = {}, .parts = {}};
        for (const auto* constant : {"true", "false", "none", "True", "False", "None"})
            if (one.name == constant) tokens_.refuse(fmt::format("nothing can be assigned to {}", constant));
        if (tokens_.skipMark(".")) one.attribute = tokens_.anyName();
        return one;
    }

    TokenStream tokens_;
    std::size_t depth_ = 0;
    /// Around what is being read.
    std::size_t loops_ = 0;
    ExpressionParser expressions_{tokens_, depth_};
};

}  // namespace

Block parsed(std::string_view source) {
    if (source.size() > kLongest) throw SyntaxFault{fmt::format("it is longer than {} kB", kLongest >> 10), 1};
    if (!text::isValid(source)) throw SyntaxFault{"it is no UTF-8", 1};
    return Parser(tokensOf(source)).whole();
}

}  // namespace mergarium::jinja
