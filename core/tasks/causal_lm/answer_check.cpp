#include "core/tasks/causal_lm/answer_check.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace mergarium {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The digits of a number that ends before `end`, which stands behind a digit, without commas.
std::string numberBefore(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    bool point = false;
    while (begin > 0) {
        const char c = text[begin - 1];
        const bool between = begin >= 2 && isDigit(text[begin - 2]) && begin < end && isDigit(text[begin]);
        if (isDigit(c) || (c == ',' && between)) {
            --begin;
        } else if (c == '.' && !point && begin < end && isDigit(text[begin])) {
            point = true;
            --begin;
        } else {
            break;
        }
    }
    // A dash behind a digit or a letter is no sign: 3-4, gpt-4.
    const bool sign = begin > 0 && text[begin - 1] == '-' &&
                      (begin == 1 || !std::isalnum(static_cast<unsigned char>(text[begin - 2])));
    std::string digits = sign ? "-" : "";
    for (const char c : text.substr(begin, end - begin))
        if (c != ',') digits += c;
    return digits;
}

}  // namespace

std::optional<double> lastNumber(std::string_view text) {
    const auto last = text.find_last_of("0123456789");
    if (last == std::string_view::npos) return std::nullopt;
    const double value = std::strtod(numberBefore(text, last + 1).c_str(), nullptr);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

struct AnswerCheck::Expression {
    explicit Expression(const std::string& pattern) {
        int error = 0;
        PCRE2_SIZE place = 0;
        code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &error, &place, nullptr));
        if (code) return;
        std::array<PCRE2_UCHAR, 256> message{};
        pcre2_get_error_message(error, message.data(), message.size());
        throw std::runtime_error(
            fmt::format("task.extract: the pattern '{}' is no regular expression: {} at character {}.", pattern,
                        reinterpret_cast<const char*>(message.data()), place + 1));
    }

    /// The last match's first group, or all of it where there is no group.
    std::optional<std::string> last(std::string_view text) const {
        const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
            pcre2_match_data_create_from_pattern(code.get(), nullptr), &pcre2_match_data_free);
        std::optional<std::string> found;
        for (std::size_t from = 0; from <= text.size();) {
            const int groups = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, 0,
                                           match.get(), nullptr);
            if (groups < 1) break;
            const auto* ends = pcre2_get_ovector_pointer(match.get());
            const std::size_t group = groups > 1 && ends[2] != PCRE2_UNSET ? 2 : 0;
            found = std::string(text.substr(ends[group], ends[group + 1] - ends[group]));
            from = std::max(ends[1], from + 1);
            while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80)
                ++from;  // never inside a character
        }
        return found;
    }

    std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code{nullptr, &pcre2_code_free};
};

AnswerCheck::AnswerCheck(const CausalLmSettings& settings) : extraction_(settings.extraction) {
    if (extraction_ == Extraction::Pattern) expression_ = std::make_unique<const Expression>(settings.pattern);
}
AnswerCheck::~AnswerCheck() = default;
AnswerCheck::AnswerCheck(AnswerCheck&&) noexcept = default;

std::optional<std::string> AnswerCheck::extract(std::string_view text) const {
    switch (extraction_) {
        case Extraction::Text: return std::string(trimmed(text));
        case Extraction::LastNumber:
            if (const auto number = lastNumber(text)) return fmt::format("{}", *number);
            return std::nullopt;
        case Extraction::Pattern:
            if (const auto found = expression_->last(text)) return std::string(trimmed(*found));
            return std::nullopt;
    }
    return std::nullopt;
}

bool AnswerCheck::isRight(std::string_view text, std::string_view reference) const {
    const auto given = extract(text);
    return given && *given == extract(reference).value_or(std::string(trimmed(reference)));
}

}  // namespace mergarium
