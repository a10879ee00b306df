#include "core/families/families.h"

#include "core/families/all_families.h"
#include "core/families/config_keys.h"
#include "core/families/config_parts.h"
#include "core/files/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace mergarium {
namespace {

using nlohmann::json;

const std::array kFamilies{&kLlama,  &kMistral, &kMixtral, &kQwen2,      &kQwen2Moe, &kQwen3,    &kQwen3Moe,
                           &kGemma,  &kGemma2,  &kGemma3,  &kPhi,        &kPhi3,     &kGpt2,     &kGptNeox,
                           &kOlmo2,  &kOlmoe,   &kGranite, &kCohere,     &kCohere2,  &kStablelm, &kStarcoder2,
                           &kFalcon, &kSmollm3, &kGlm4,    &kDeepseekV2, &kQwen35,   &kQwen3Next};

/// Null: none is known by that name.
const ModelFamily* familyNamed(const ConfigKeys& keys) {
    const auto found = std::ranges::find(kFamilies, keys.text("model_type", ""), &ModelFamily::type);
    return found == kFamilies.end() ? nullptr : *found;
}

/// "LlamaForSequenceClassification" of "LlamaForCausalLM".
std::string classifierOf(const ModelFamily& family) {
    std::string_view name = family.architecture;
    for (const std::string_view head : {"ForCausalLM", "LMHeadModel"})
        if (name.ends_with(head)) name.remove_suffix(head.size());
    return fmt::format("{}ForSequenceClassification", name);
}

const ModelFamily& familyOf(const ConfigKeys& keys) {
    const auto type = keys.text("model_type");
    const auto* family = familyNamed(keys);
    if (!family) keys.unsupported("model_type", fmt::format("; supported are {}", fmt::join(familyNames(), ", ")));
    if (const json* architectures = keys.find("architectures"))
        if (!architectures->is_array() || architectures->size() != 1 ||
            (architectures->front() != family->architecture && architectures->front() != classifierOf(*family)))
            keys.unsupported("architectures", fmt::format("; for model_type \"{}\" it is [\"{}\"] or [\"{}\"]", type,
                                                          family->architecture, classifierOf(*family)));
    return *family;
}

bool isClassifier(const ConfigKeys& keys, const ModelFamily& family) {
    const json* architectures = keys.find("architectures");
    return architectures && architectures->front() == classifierOf(family);
}

/// id2label: a name for every number from 0 on.
std::vector<std::string> labelsOf(const ConfigKeys& keys) {
    constexpr std::size_t kMostLabels = 1'000'000;
    if (keys.has("problem_type") && keys.text("problem_type") != "single_label_classification")
        keys.unsupported("problem_type", "; supported is single_label_classification");
    const json* names = keys.find("id2label");
    if (!names) return {"LABEL_0", "LABEL_1"};
    if (!names->is_object() || names->size() > kMostLabels) keys.refuse("id2label", "is no map from numbers to labels");
    if (names->size() < 2) keys.refuse("id2label", "needs at least two labels");
    std::vector<std::string> labels;
    for (std::size_t label = 0; label < names->size(); ++label) {
        const auto found = names->find(std::to_string(label));
        if (found == names->end() || !found->is_string())
            keys.refuse("id2label", fmt::format("has no name for label {}", label));
        labels.push_back(found->get<std::string>());
    }
    return labels;
}

/// The language model within a larger model; null: it holds none of a known family.
const ModelFamily* partOf(const ConfigKeys& keys) {
    const auto* part = keys.find("text_config");
    return part && part->is_object() && !familyNamed(keys) ? familyNamed(keys.child("text_config")) : nullptr;
}

/// What would ask for memory that no tensor has shown there is a need of.
void checkNumbers(const ConfigKeys& keys, const DecoderConfig& config) {
    constexpr std::int64_t kMostExperts = 65'536;
    if (config.heads > kMostHeads)
        keys.refuse("num_attention_heads", fmt::format("({}) is more than {}", config.heads, kMostHeads));
    const auto& experts = config.experts;
    for (const auto* key : {"n_routed_experts", "num_experts", "num_local_experts"})
        if (experts.count > kMostExperts && keys.has(key))
            keys.refuse(key, fmt::format("({}) is more than {}", experts.count, kMostExperts));
    if (experts.perToken > experts.count)
        keys.refuse("num_experts_per_tok",
                    fmt::format("({}) is more than the {} experts that there are", experts.perToken, experts.count));
}

}  // namespace

std::vector<std::string_view> familyNames() {
    std::vector<std::string_view> names;
    for (const auto* family : kFamilies) names.push_back(family->type);
    return names;
}

DecoderConfig decoderConfigOf(const json& document, std::string_view source) {
    const ConfigKeys keys(document, source);
    const auto* part = partOf(keys);
    const auto& family = part ? *part : familyOf(keys);
    const auto own = part ? keys.child("text_config").completedWith(json::parse(part->sizes)) : keys;
    auto config = family.read(own);
    checkNumbers(own, config);
    config.family = family.type;
    config.isPart = part != nullptr;
    if (part && keys.has("tie_word_embeddings")) config.tied = keys.flag("tie_word_embeddings", config.tied);
    if (!part && isClassifier(keys, family)) {
        config.labels = labelsOf(keys);
        for (const char* end : {".weight", ".bias"}) config.names.idle.push_back(config.names.head + end);
        config.names.head = "score";
        config.tied = config.headBias = false;
        config.logitScale = 1.0;
        config.logitCap.reset();
    }
    config.endTokens = keys.has("eos_token_id") ? keys.tokens("eos_token_id") : own.tokens("eos_token_id");
    return config;
}

bool computeTheSame(const DecoderConfig& a, const DecoderConfig& b) {
    auto other = b;
    other.family = a.family;
    other.vocabulary = a.vocabulary;
    other.context = a.context;
    other.tied = a.tied;
    other.endTokens = a.endTokens;
    other.begins = a.begins;
    return a == other;
}

DecoderConfig decoderConfigIn(const std::filesystem::path& folder) {
    const auto path = folder / "config.json";
    auto config = decoderConfigOf(readJsonObject(path, kSettingsJson), path.string());
    const auto generation = folder / "generation_config.json";
    if (std::filesystem::exists(generation)) {
        const auto document = readJsonObject(generation, kSettingsJson);
        const auto source = generation.string();
        if (auto tokens = ConfigKeys(document, source).tokens("eos_token_id"); !tokens.empty())
            config.endTokens = std::move(tokens);
    }
    return config;
}

}  // namespace mergarium
