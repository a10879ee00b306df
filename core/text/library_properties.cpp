#include "core/text/properties.h"
#include "core/text/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>

namespace mergarium::text {
namespace {

using Compiled = std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)>;

/// Small, so that asking leaves no trace in how the memory of the program grows.
constexpr char32_t kAtOnce = 0x1000;

/// Code points that the library finds among those of a range.
void find(const pcre2_code* code, pcre2_match_data* data, CodeRange range, std::vector<CodeRange>& found) {
    std::string text;
    for (auto point = range.first; point <= range.last; ++point) append(text, point);
    for (std::size_t from = 0; from < text.size();) {
        const auto result = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                        PCRE2_NO_UTF_CHECK, data, nullptr);
        if (result < 0) return;
        const auto* bounds = pcre2_get_ovector_pointer(data);
        found.push_back({characterAt(text, bounds[0]).code, characterBefore(text, bounds[1]).code});
        from = bounds[1];
    }
}

std::optional<CodePoints> asked(const std::string& written) {
    const std::string expression = "[" + written + "]++";
    int error = 0;
    PCRE2_SIZE position = 0;
    const Compiled code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                                      PCRE2_UTF | PCRE2_UCP, &error, &position, nullptr),
                        &pcre2_code_free);
    if (code == nullptr) return std::nullopt;
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
        pcre2_match_data_create_from_pattern(code.get(), nullptr), &pcre2_match_data_free);
    if (data == nullptr) throw std::bad_alloc();

    std::vector<CodeRange> found;
    for (const auto& range : comparedCodePoints().ranges())
        for (auto first = range.first; first <= range.last; first += kAtOnce)
            find(code.get(), data.get(), {first, std::min<char32_t>(range.last, first + kAtOnce - 1)}, found);
    return CodePoints(std::move(found));
}

}  // namespace

const CodePoints& comparedCodePoints() {
    // Of the planes 4 to 13 nothing is assigned, and in 15 and 16 all is private; surrogates are no characters.
    static const CodePoints compared({{0, 0xD7FF}, {0xE000, 0x3FFFF}, {0xE0000, 0xE0FFF}});
    return compared;
}

std::optional<CodePoints> propertiesOfLibrary(const std::string& written) {
    static std::mutex mutex;
    static std::map<std::string, std::optional<CodePoints>> known;
    const std::lock_guard lock(mutex);
    auto found = known.find(written);
    if (found == known.end()) found = known.emplace(written, asked(written)).first;
    return found->second;
}

}  // namespace mergarium::text
