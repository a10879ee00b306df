#include "core/text/pattern.h"

#include "core/text/oniguruma.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdint>
#include <new>
#include <optional>
#include <stdexcept>

namespace mergarium::text {
namespace {

constexpr std::size_t kLongestExpression = 20'000;
/// The library can't be interrupted, but a call is bounded: it looks for matches that begin within so many bytes, and
/// at each of them may go back so often. That is a tenth of a second or so, after which the clock is looked at.
constexpr std::size_t kWindow = 64;
constexpr std::uint32_t kMostSteps = 1'000'000;
constexpr std::uint32_t kMostKibibytes = 64 << 10;

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
        compiled =
            pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                          PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT,
                          &error, &position, context.get());
        if (compiled == nullptr) throw std::invalid_argument(fmt::format("{} (in '{}')", messageOf(error), expression));
        // Where machine code can't be made, matching is slower and otherwise the same.
        pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    }
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(compiled); }

    pcre2_code* compiled = nullptr;
};

struct Pattern::Exact {
    Exact(const std::string& expression, const CodePoints& points) : code(expression), differing(points) {}

    Code code;
    CodePointTable differing;
};

namespace {

/// Looks for one expression in one text.
class Search {
public:
    Search(const pcre2_code* code, std::string_view text)
        : code_(code),
          text_(text),
          data_(pcre2_match_data_create_from_pattern(code, nullptr), &pcre2_match_data_free),
          context_(pcre2_match_context_create(nullptr), &pcre2_match_context_free) {
        if (data_ == nullptr || context_ == nullptr) throw std::bad_alloc();
        pcre2_set_match_limit(context_.get(), kMostSteps);
        pcre2_set_heap_limit(context_.get(), kMostKibibytes);
    }

    /// The first match that begins at `from` or later.
    std::optional<Span> from(std::size_t begin, TextBudget& budget) {
        while (true) {
            budget.checkTime();
            if (const auto match = within(begin, begin + kWindow)) return match;
            begin += kWindow;
            if (begin >= text_.size()) return std::nullopt;
            begin = beginOfCharacter(begin);
        }
    }

private:
    /// Not before `at`.
    std::size_t beginOfCharacter(std::size_t at) const {
        while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) ++at;
        return at;
    }

    /// The first match that begins in [from, end).
    std::optional<Span> within(std::size_t from, std::size_t end) {
        const auto subject = reinterpret_cast<PCRE2_SPTR>(text_.data());
        pcre2_set_offset_limit(context_.get(), end >= text_.size() ? text_.size() : end - 1);
        const auto match = [&](std::uint32_t options) {
            return pcre2_match(code_, subject, text_.size(), from, PCRE2_NO_UTF_CHECK | options, data_.get(),
                               context_.get());
        };
        int found = match(0);
        if (found == PCRE2_ERROR_JIT_STACKLIMIT) found = match(PCRE2_NO_JIT);
        if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
        if (found < 0)
            throw std::runtime_error(
                fmt::format("The tokenizer's regular expression fails on this text: {}.", messageOf(found)));
        const auto* bounds = pcre2_get_ovector_pointer(data_.get());
        // With \K a match may begin behind its end, or before where it was looked for.
        if (bounds[0] < from || bounds[1] < bounds[0])
            throw std::runtime_error("The tokenizer's regular expression matches backwards, which isn't supported.");
        return Span{bounds[0], bounds[1]};
    }

    const pcre2_code* code_;
    std::string_view text_;
    std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data_;
    std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context_;
};

}  // namespace

Pattern Pattern::literal(std::string text) {
    if (text.empty()) throw std::invalid_argument("an empty pattern");
    Pattern pattern;
    pattern.literal_ = std::move(text);
    return pattern;
}

Pattern Pattern::regex(std::string_view expression, const LibraryProperties& library) {
    if (expression.size() > kLongestExpression)
        throw std::invalid_argument(fmt::format("a regular expression of more than {} bytes", kLongestExpression));
    const auto rewritten = fromOniguruma(expression, library);
    Pattern pattern;
    pattern.code_ = std::make_shared<const Code>(rewritten.usual);
    if (!rewritten.differing.empty())
        pattern.exact_ = std::make_shared<const Exact>(rewritten.exact, rewritten.differing);
    return pattern;
}

std::vector<Span> Pattern::matches(std::string_view text, TextBudget& budget) const {
    std::vector<Span> found;
    if (code_ == nullptr) {
        for (auto at = text.find(literal_); at != std::string_view::npos;
             at = text.find(literal_, at + literal_.size()))
            found.push_back({at, at + literal_.size()});
        return found;
    }
    Search search((exact_ && exact_->differing.isAnyIn(text) ? exact_->code : *code_).compiled, text);
    for (std::size_t from = 0; from <= text.size();) {
        const auto match = search.from(from, budget);
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
