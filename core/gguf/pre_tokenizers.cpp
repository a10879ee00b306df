#include "core/gguf/vocabulary.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace mergarium {
namespace {

using nlohmann::json;

// Expressions that cut texts before pairs are joined, as tokenizer.json files have them.
constexpr std::string_view kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kTekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/// A row fits where all of it does; the first that fits counts.
struct KnownPreTokenizer {
    std::string_view name;
    /// Steps, one a line (stepsOf).
    std::string steps;
    /// Whether words that are tokens aren't joined from pairs; absent: llama.cpp and the file may differ in it.
    bool ignoresMerges = false;
    /// Empty: any.
    std::string_view family = {};
};

std::string steps(std::initializer_list<std::string_view> all) {
    std::string text;
    for (const auto step : all) text.append(step).append("\n");
    return text;
}

const std::vector<KnownPreTokenizer>& known() {
    static const std::vector<KnownPreTokenizer> all{
        {"gpt-2", steps({kGpt2})},
        {"llama-bpe", steps({kLlama3}), true},
        {"glm4", steps({kLlama3}), false, "glm4"},
        {"dbrx", steps({kLlama3})},
        {"stablelm2", steps({kQwen2}), false, "stablelm"},
        {"qwen2", steps({kQwen2})},
        {"tekken", steps({kTekken}), true},
        {"gpt-4o", steps({kGpt4o})},
        {"command-r", steps({"each digit", kGpt2}), false, "cohere"},
        {"command-r", steps({"each digit", kGpt2}), false, "cohere2"},
        {"starcoder", steps({"each digit", kGpt2}), false, "starcoder2"},
        {"refact", steps({"each digit", kGpt2}), false, "granite"},
        {"smollm", steps({"each digit", kGpt2})},
        {"falcon", steps({"punctuation Contiguous", kGpt2, "numbers", "[0-9][0-9][0-9]"})},
        {"falcon", steps({"punctuation Contiguous", kGpt2, "[0-9][0-9][0-9]"})},
    };
    return all;
}

template <typename Value>
Value given(const json& object, const char* key, Value otherwise) {
    const auto found = object.find(key);
    if (found == object.end()) return otherwise;
    if constexpr (std::is_same_v<Value, bool>)
        return found->is_boolean() ? found->get<bool>() : otherwise;
    else
        return found->is_string() ? found->get<std::string>() : otherwise;
}

/// A line for each step; "?" for what none of the known ones has.
void addSteps(const json& step, std::string& text, int depth = 0) {
    const auto type = step.is_object() ? given(step, "type", std::string()) : std::string();
    const auto unknown = [&] { text += "?\n"; };
    if (type == "Sequence" && depth < 8 && step.contains("pretokenizers") && step["pretokenizers"].is_array()) {
        for (const auto& one : step["pretokenizers"]) addSteps(one, text, depth + 1);
    } else if (type == "ByteLevel") {
        if (given(step, "add_prefix_space", true)) return unknown();
        if (given(step, "use_regex", true)) text.append(kGpt2).append("\n");
    } else if (type == "Digits") {
        text += given(step, "individual_digits", false) ? "each digit\n" : "numbers\n";
    } else if (type == "Punctuation") {
        text += fmt::format("punctuation {}\n", given(step, "behavior", std::string("Isolated")));
    } else if (type == "Split") {
        const auto behavior = given(step, "behavior", std::string());
        const bool invert = given(step, "invert", false);
        // The expressions match every character: what is left between matches is nothing.
        const bool isolates = (behavior == "Isolated" && !invert) || (behavior == "Removed" && invert);
        if (!isolates || !step.contains("pattern") || !step["pattern"].is_object()) return unknown();
        text += given(step["pattern"], "Regex", std::string("?")) + "\n";
    } else {
        unknown();
    }
}

}  // namespace

std::optional<std::string_view> preTokenizerName(const json& tokenizer, std::string_view family) {
    std::string text;
    const auto found = tokenizer.find("pre_tokenizer");
    if (found == tokenizer.end() || found->is_null()) return std::nullopt;
    addSteps(*found, text);
    const auto model = tokenizer.find("model");
    const bool ignores = model != tokenizer.end() && model->is_object() && given(*model, "ignore_merges", false);
    for (const auto& one : known())
        if (one.steps == text && one.ignoresMerges == ignores && (one.family.empty() || one.family == family))
            return one.name;
    return std::nullopt;
}

}  // namespace mergarium
