#include "core/tasks/causal_lm/founders_reading.h"

#include "core/families/families.h"
#include "core/files/beneath.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <vector>

namespace mergarium {
namespace {

/// Tokenizers that differ show it soon.
constexpr std::size_t kPromptsCompared = 64;

/// Empty where there is none.
std::string fileIn(const std::filesystem::path& folder, const char* name) {
    constexpr std::size_t kLargest = 200'000'000;
    return std::filesystem::exists(folder / name) ? readBeneath(folder / name, kLargest) : std::string();
}

bool hasTheSameFiles(const std::filesystem::path& a, const std::filesystem::path& b) {
    return std::ranges::all_of(std::array{"tokenizer.json", "tokenizer.model", "tokenizer_config.json",
                                          "special_tokens_map.json", "added_tokens.json"},
                               [&](const char* name) { return fileIn(a, name) == fileIn(b, name); });
}

bool readsAlike(const PreparedQuestions& questions, const FounderSource& first, const FounderSource& founder) {
    if (hasTheSameFiles(first.tokenizerFolder(), founder.tokenizerFolder())) return true;
    const auto tokenizer = Tokenizer::open(founder.tokenizerFolder());
    const auto compared =
        std::span(questions.train.questions).first(std::min(kPromptsCompared, questions.train.questions.size()));
    return std::ranges::all_of(compared, [&](const Question& question) {
        return tokenizer->encode(question.prompt, questions.specialTokens) ==
               questions.tokenizer->encode(question.prompt, questions.specialTokens);
    });
}

/// What a founder's own template makes of a question; empty: it has none.
std::string asked(const CausalLmSettings& settings, const FounderSource& founder, std::string_view question) {
    try {
        return Chat(settings.chat, settings.system, founder.tokenizerFolder()).around(question);
    } catch (const std::exception&) {
        return {};
    }
}

bool isAskedAlike(const CausalLmSettings& settings, const FounderSource& first, const FounderSource& founder) {
    if (!isModelsChat(settings.chat)) return true;
    return std::ranges::all_of(std::array{"1 + 1 = ?", " What is this?\n\n"}, [&](const char* question) {
        return asked(settings, first, question) == asked(settings, founder, question);
    });
}

bool endsAlike(const PreparedQuestions& questions, const FounderSource& founder) {
    return questions.settings.scoring != QuestionScoring::ExactMatch ||
           decoderConfigIn(founder.base().folder()).endTokens == questions.config.endTokens;
}

}  // namespace

std::string cautionAbout(const PreparedQuestions& questions, std::span<const FounderSourcePtr> founders) {
    std::vector<std::string> templates, reading, ending;
    for (const auto& founder : founders.subspan(1)) {
        try {
            if (!isAskedAlike(questions.settings, *founders.front(), *founder)) templates.push_back(founder->name());
            if (!readsAlike(questions, *founders.front(), *founder)) reading.push_back(founder->name());
            if (!endsAlike(questions, *founder)) ending.push_back(founder->name());
        } catch (const std::exception&) {
            // It is of no use by itself, and what it lacks is the first founder's here.
        }
    }
    std::vector<std::string> reasons;
    if (!templates.empty())
        reasons.push_back(fmt::format("{} would be asked with another chat template, or none of their own (task.chat)",
                                      fmt::join(templates, ", ")));
    if (!reading.empty())
        reasons.push_back(
            fmt::format("{} would make other tokens of the prompts (tokenizer.json, "
                        "tokenizer_config.json)",
                        fmt::join(reading, ", ")));
    if (!ending.empty())
        reasons.push_back(fmt::format("{} would end texts at other tokens (eos_token_id)", fmt::join(ending, ", ")));
    if (reasons.empty()) return {};
    return fmt::format(
        "All models of a run are asked as its first founder, {}; by themselves {}, and "
        "may score otherwise.",
        founders.front()->name(), fmt::join(reasons, ", and "));
}

}  // namespace mergarium
