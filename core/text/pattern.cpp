#include "core/text/pattern.h"

#include "core/text/oniguruma.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <optional>
#include <stdexcept>

namespace mergarium::text {
namespace {

std::string messageOf(int error) {
    PCRE2_UCHAR message[256];
    return pcre2_get_error_message(error, message, sizeof message) < 0 ? fmt::format("PCRE2 error {}", error)
                                                                       : reinterpret_cast<const char*>(message);
}

}  // namespace

struct Pattern::Code {
    explicit Code(const std::string& expression) {
        // A line ends with a line feed alone, and ^ and $ match at lines, as in Ruby.
        const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
            pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
        pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
        int error = 0;
        PCRE2_SIZE position = 0;
        compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &position,
                                 context.get());
        if (compiled == nullptr) throw std::invalid_argument(fmt::format("{} (in '{}')", messageOf(error), expression));
        // Where machine code can't be made, matching is slower and otherwise the same.
        pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    }
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(compiled); }

    std::optional<Span> find(std::string_view text, std::size_t from, pcre2_match_data* data) const {
        const auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
        int found = pcre2_match(compiled, subject, text.size(), from, PCRE2_NO_UTF_CHECK, data, nullptr);
        if (found == PCRE2_ERROR_JIT_STACKLIMIT)
            found = pcre2_match(compiled, subject, text.size(), from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, nullptr);
        if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
        if (found < 0)
            throw std::runtime_error(
                fmt::format("The tokenizer's regular expression fails on this text: {}.", messageOf(found)));
        const auto* bounds = pcre2_get_ovector_pointer(data);
        return Span{bounds[0], bounds[1]};
    }

    pcre2_code* compiled = nullptr;
};

Pattern Pattern::literal(std::string text) {
    if (text.empty()) throw std::invalid_argument("an empty pattern");
    Pattern pattern;
    pattern.literal_ = std::move(text);
    return pattern;
}

Pattern Pattern::regex(std::string_view expression) {
    Pattern pattern;
    pattern.code_ = std::make_shared<const Code>(fromOniguruma(expression));
    return pattern;
}

std::vector<Span> Pattern::matches(std::string_view text) const {
    std::vector<Span> found;
    if (code_ == nullptr) {
        for (auto at = text.find(literal_); at != std::string_view::npos;
             at = text.find(literal_, at + literal_.size()))
            found.push_back({at, at + literal_.size()});
        return found;
    }
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
        pcre2_match_data_create_from_pattern(code_->compiled, nullptr), &pcre2_match_data_free);
    for (std::size_t from = 0; from <= text.size();) {
        const auto match = code_->find(text, from, data.get());
        if (!match) break;
        // An empty match right behind the last one is no match; look one character further.
        if (match->begin == match->end && !found.empty() && found.back().end == match->end) {
            from = from < text.size() ? characterAt(text, from).end : from + 1;
            continue;
        }
        found.push_back(*match);
        from = match->end;
    }
    return found;
}

}  // namespace mergarium::text
