#include "core/templates/syntax/lexer.h"

#include "core/templates/syntax/string_literal.h"
#include "core/templates/values/budget.h"
#include "core/templates/values/python_text.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace mergarium::jinja {
namespace {

/// Line ends as \n, and none at the end.
std::string normalized(std::string_view source) {
    std::string text;
    text.reserve(source.size());
    for (std::size_t at = 0; at < source.size(); ++at) {
        if (source[at] == '\r' && at + 1 < source.size() && source[at + 1] == '\n') continue;
        text += source[at] == '\r' ? '\n' : source[at];
    }
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

bool isNameLetter(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_'; }
bool isDigit(char letter) { return letter >= '0' && letter <= '9'; }

class Lexer {
public:
    explicit Lexer(std::string_view source) : text_(normalized(source)) {}

    std::vector<Token> tokens() {
        while (at_ < text_.size()) data();
        tokens_.push_back({Token::Kind::End, {}, line_});
        return std::move(tokens_);
    }

private:
    [[noreturn]] void refuse(std::string what) const { throw SyntaxFault{std::move(what), line_}; }
    char letter(std::size_t offset = 0) const { return at_ + offset < text_.size() ? text_[at_ + offset] : '\0'; }
    bool stands(std::string_view what, std::size_t where) const { return text_.compare(where, what.size(), what) == 0; }
    bool stands(std::string_view what) const { return stands(what, at_); }

    void moveTo(std::size_t where) {
        line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                     text_.begin() + static_cast<std::ptrdiff_t>(where), '\n'));
        at_ = where;
    }
    std::size_t behindSpace(std::size_t where) const {
        const auto rest = std::string_view(text_).substr(where);
        return where + (rest.size() - stripped(rest, Side::Left).size());
    }

    /// The text that ends before a tag whose sign is '-', '+' or nothing.
    std::string_view before(std::size_t tag, char sign, bool print) const {
        const auto whole = std::string_view(text_).substr(at_, tag - at_);
        if (sign == '-') return stripped(whole, Side::Right);
        if (sign == '+' || print) return whole;
        const auto lineEnd = whole.rfind('\n');
        const auto line = lineEnd == whole.npos ? 0 : lineEnd + 1;
        if ((line > 0 || lineStarts_) && stripped(whole.substr(line), Side::Left).empty()) return whole.substr(0, line);
        return whole;
    }
    void addData(std::string_view data) {
        if (!data.empty()) tokens_.push_back({Token::Kind::Data, std::string(data), line_});
    }

    /// What stands before the next tag, and the tag.
    void data() {
        auto tag = at_;
        const auto isTag = [&] {
            return text_[tag] == '{' && tag + 1 < text_.size() &&
                   (text_[tag + 1] == '{' || text_[tag + 1] == '%' || text_[tag + 1] == '#');
        };
        while (tag < text_.size() && !isTag()) ++tag;
        if (tag == text_.size()) {
            addData(std::string_view(text_).substr(at_));
            at_ = tag;
            return;
        }
        const char kind = text_[tag + 1];
        const char sign = tag + 2 < text_.size() ? text_[tag + 2] : '\0';
        const bool isSigned = sign == '-' || sign == '+';
        addData(before(tag, sign, kind == '{'));
        moveTo(tag + (isSigned ? 3 : 2));
        if (kind == '#')
            comment();
        else if (kind == '%' && raw())
            return;
        else
            code(kind == '%');
    }

    /// Behind a tag's end: with its line end, or all white space.
    void endTag(std::size_t end, bool stripsAll, bool trims) {
        auto where = stripsAll ? behindSpace(end) : end;
        if (!stripsAll && trims && where < text_.size() && text_[where] == '\n') ++where;
        lineStarts_ = text_[where - 1] == '\n';
        moveTo(where);
    }

    void comment() {
        const auto end = text_.find("#}", at_);
        if (end == text_.npos) refuse("a comment has no end");
        const char sign = end > at_ ? text_[end - 1] : '\0';
        endTag(end + 2, sign == '-', sign != '+');
    }

    /// {% raw %}, whose tag has begun, up to its end; false: this is another tag.
    bool raw() {
        auto at = behindSpace(at_);
        if (!stands("raw", at)) return false;
        at = behindSpace(at + 3);
        const bool strips = stands("-%}", at);
        if (!strips && !stands("%}", at)) return false;
        moveTo(strips ? behindSpace(at + 3) : at + 2);
        lineStarts_ = text_[at_ - 1] == '\n';
        for (auto tag = text_.find("{%", at_); tag != text_.npos; tag = text_.find("{%", tag + 1)) {
            const char sign = tag + 2 < text_.size() ? text_[tag + 2] : '\0';
            auto end = behindSpace(std::min(text_.size(), tag + (sign == '-' || sign == '+' ? 3 : 2)));
            if (!stands("endraw", end)) continue;
            end = behindSpace(end + 6);
            const bool isSigned = stands("-%}", end) || stands("+%}", end);
            if (!isSigned && !stands("%}", end)) continue;
            addData(before(tag, sign, false));
            moveTo(tag);
            endTag(end + (isSigned ? 3 : 2), stands("-", end), !stands("+", end));
            return true;
        }
        refuse("a raw block has no end");
    }

    /// Up to the end of a {{ }} or {% %} that has begun.
    void code(bool tag) {
        tokens_.push_back({tag ? Token::Kind::TagBegin : Token::Kind::PrintBegin, {}, line_});
        const std::string_view end = tag ? "%}" : "}}";
        const auto open = brackets_.size();
        while (at_ < text_.size()) {
            if (brackets_.size() == open) {
                const bool isSigned = (letter() == '-' || (tag && letter() == '+')) && stands(end, at_ + 1);
                if (isSigned || stands(end)) {
                    tokens_.push_back({tag ? Token::Kind::TagEnd : Token::Kind::PrintEnd, {}, line_});
                    return endTag(at_ + (isSigned ? 3 : 2), isSigned && letter() == '-', tag && letter() != '+');
                }
            }
            token();
        }
        refuse(fmt::format("a {} has no end", tag ? "{%" : "{{"));
    }

    void token() {
        const auto character = text::characterAt(text_, at_);
        if (isSpace(character.code)) return moveTo(character.end);
        if (isDigit(letter())) return number();
        if (isNameLetter(letter())) {
            auto end = at_;
            while (end < text_.size() && isNameLetter(text_[end])) ++end;
            return add(Token::Kind::Name, end);
        }
        if (letter() == '\'' || letter() == '"') return string();
        mark();
    }
    void add(Token::Kind kind, std::size_t end) {
        tokens_.push_back({kind, text_.substr(at_, end - at_), line_});
        moveTo(end);
    }

    void number() {
        auto end = at_;
        const auto digits = [&] {
            while (end < text_.size() && (isDigit(text_[end]) || (text_[end] == '_' && isDigit(text_[end - 1])))) ++end;
        };
        const auto digitAt = [&](std::size_t where) { return where < text_.size() && isDigit(text_[where]); };
        const auto base = static_cast<char>(std::tolower(static_cast<unsigned char>(letter(1))));
        if (letter() == '0' && (base == 'x' || base == 'o' || base == 'b')) {
            for (end += 2; end < text_.size() && isNameLetter(text_[end]);) ++end;
            return add(Token::Kind::Whole, end);
        }
        digits();
        bool real = false;
        // 1.5, but not the 1.5 of items.1.5.
        const bool behindDot = at_ > 0 && text_[at_ - 1] == '.';
        if (!behindDot && end < text_.size() && text_[end] == '.' && digitAt(end + 1)) {
            real = true;
            ++end;
            digits();
        }
        if (!behindDot && end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            const auto exponent = end + (end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+'));
            if (digitAt(exponent + 1)) {
                real = true;
                end = exponent + 1;
                digits();
            }
        }
        add(real ? Token::Kind::Real : Token::Kind::Whole, end);
    }

    void string() {
        const char mark = letter();
        auto end = at_ + 1;
        while (end < text_.size() && text_[end] != mark) end += text_[end] == '\\' ? 2 : 1;
        if (end >= text_.size()) refuse("a text in quotes has no end");
        const auto line = line_;
        try {
            tokens_.push_back({Token::Kind::String, unescaped(text_.substr(at_ + 1, end - at_ - 1)), line});
        } catch (const Fault& fault) {
            refuse(fault.what());
        }
        moveTo(end + 1);
    }

    void mark() {
        for (const std::string_view two : {"**", "//", "==", "!=", ">=", "<="})
            if (stands(two)) return add(Token::Kind::Mark, at_ + 2);
        const char one = letter();
        if (std::string_view("+-*/%~[](){}=<>.:|,;").find(one) == std::string_view::npos) {
            const auto end = text::characterAt(text_, at_).end;
            refuse(fmt::format("there is a '{}' where none can be", text_.substr(at_, end - at_)));
        }
        if (one == '(' || one == '[' || one == '{') brackets_ += one == '(' ? ')' : one == '[' ? ']' : '}';
        if (one == ')' || one == ']' || one == '}') {
            if (brackets_.empty() || brackets_.back() != one)
                refuse(fmt::format("there is a '{}' without its beginning", one));
            brackets_.pop_back();
        }
        add(Token::Kind::Mark, at_ + 1);
    }

    std::string text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    /// Whether a line begins at what comes next.
    bool lineStarts_ = true;
    /// The ends of those that are open.
    std::string brackets_;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokensOf(std::string_view source) { return Lexer(source).tokens(); }

}  // namespace mergarium::jinja
