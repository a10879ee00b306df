#include "core/founders/founder_configuration.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace mergarium {
namespace {

/// Parts of parts of a configuration; real ones go three deep.
constexpr int kDeepest = 8;
constexpr std::size_t kLongestValue = 200;

/// Keys that change the computation, whole.
constexpr std::array<std::string_view, 35> kKeys{"model_type",
                                                 "n_head",
                                                 "n_heads",
                                                 "num_heads",
                                                 "num_head",
                                                 "multi_query",
                                                 "layer_types",
                                                 "layers_block_type",
                                                 "norm_type",
                                                 "norm_eps",
                                                 "logit_scale",
                                                 "logits_scaling",
                                                 "query_pre_attn_scalar",
                                                 "scale_emb",
                                                 "scale_depth",
                                                 "dim_model_base",
                                                 "norm_topk_prob",
                                                 "scoring_func",
                                                 "topk_method",
                                                 "topk_group",
                                                 "n_group",
                                                 "num_expert_group",
                                                 "first_k_dense_replace",
                                                 "moe_layer_freq",
                                                 "decoder_sparse_step",
                                                 "mlp_only_layers",
                                                 "position_embedding_type",
                                                 "alibi",
                                                 "new_decoder_architecture",
                                                 "clip_qkv",
                                                 "feed_forward_proj",
                                                 "time_step_limit",
                                                 "hybrid_override_pattern",
                                                 "patch_size",
                                                 "vision_feature_layer"};
/// Parts of the names of those that have many spellings.
constexpr std::array<std::string_view, 22> kWithin{
    "attention_heads",   "value_heads",    "kv_heads",           "head_dim",
    "hidden_act",        "activation",     "layer_norm_eps",     "layernorm_eps",
    "rms_norm_eps",      "norm_epsilon",   "layer_norm_epsilon", "sliding_window",
    "window_layers",     "window_pattern", "attention_chunk",    "softcap",
    "multiplier",        "routed_scaling", "experts_per_tok",    "relative_attention",
    "parallel_residual", "scale_attn"};
/// As kWithin, of rotary positions, where they stand outside of rope_scaling and rope_parameters.
constexpr std::array<std::string_view, 3> kRotary{"rope", "rotary", "mrope"};
/// Flags that hold unless they are off.
constexpr std::array<std::string_view, 3> kOnByDefault{"use_parallel_residual", "parallel_attn", "scale_attn_weights"};
/// Of keys that matter in training alone.
constexpr std::array<std::string_view, 3> kWithout{"dropout", "initializer", "checkpointing"};

/// Families whose configurations may leave these out, with what then holds.
struct Defaults {
    std::string_view family;
    double ropeTheta, normEpsilon;
};
constexpr std::array<Defaults, 8> kDefaults{{{"llama", 1e4, 1e-6},
                                             {"mistral", 1e4, 1e-6},
                                             {"qwen2", 1e4, 1e-6},
                                             {"qwen3", 1e4, 1e-6},
                                             {"mixtral", 1e6, 1e-5},
                                             {"qwen2_moe", 1e4, 1e-6},
                                             {"qwen3_moe", 1e4, 1e-6},
                                             {"olmo2", 1e4, 1e-5}}};

template <std::size_t Size>
bool holdsAny(std::string_view key, const std::array<std::string_view, Size>& parts) {
    return std::ranges::any_of(parts, [&](auto part) { return key.find(part) != key.npos; });
}

bool isComputed(std::string_view key) {
    if (holdsAny(key, kWithout)) return false;
    return std::ranges::find(kKeys, key) != kKeys.end() || holdsAny(key, kWithin) || holdsAny(key, kRotary);
}

std::string textOf(const nlohmann::json& value) {
    if (value.is_number()) return fmt::format("{}", value.get<double>());
    if (!value.is_array()) return value.is_string() ? value.get<std::string>() : value.dump();
    std::string text;
    for (const auto& one : value) text += (text.empty() ? "" : ", ") + textOf(one);
    return "[" + text + "]";
}

/// Says nothing: no list, no window, no scaling.
bool isEmpty(const nlohmann::json& value) {
    return value.is_null() || value == false || (value.is_structured() && value.empty());
}

const nlohmann::json* in(const nlohmann::json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// Of several keys, the last that is there.
const nlohmann::json* lastOf(const nlohmann::json& object, std::initializer_list<const char*> keys) {
    const nlohmann::json* found = nullptr;
    for (const auto* key : keys)
        if (const auto* one = in(object, key)) found = one;
    return found;
}

bool isText(const nlohmann::json* value, std::string_view text) {
    return value && value->is_string() && *value == text;
}

/// One part of a configuration, its own keys alone.
class Part {
public:
    Part(const nlohmann::json& part, std::string prefix, ComputedSettings& settings)
        : part_(part), prefix_(std::move(prefix)), settings_(settings) {}

    void read() {
        for (const auto& [key, value] : part_.items())
            if (std::ranges::find(kOnByDefault, key) != kOnByDefault.end()) {
                if (value == false) put(key, textOf(value));
            } else if (!value.is_object() && !isEmpty(value) && isComputed(key)) {
                put(key, textOf(value));
            }
        readRotary();
        readHeads();
        readWindows();
        readActivation();
    }

private:
    void put(const std::string& key, const std::string& value) {
        settings_[prefix_ + key] = excerptOf(value, kLongestValue);
    }
    void put(const std::string& key, double value) { put(key, fmt::format("{}", value)); }
    void drop(std::initializer_list<const char*> keys) {
        for (const auto* key : keys) settings_.erase(prefix_ + key);
    }

    const Defaults* defaults() const {
        const auto found = std::ranges::find_if(
            kDefaults, [&](const auto& one) { return isText(in(part_, "model_type"), one.family); });
        return found == kDefaults.end() ? nullptr : &*found;
    }

    /// rope_theta and rope_scaling, or both as rope_parameters, or one of these per kind of layer.
    void readRotary() {
        const nlohmann::json* theta = lastOf(part_, {"rotary_emb_base", "rope_theta"});
        const nlohmann::json* part = lastOf(part_, {"rotary_pct", "partial_rotary_factor"});
        drop({"rotary_emb_base", "rotary_pct", "rope_theta", "partial_rotary_factor"});
        for (const auto* key : {"rope_scaling", "rope_parameters"}) {
            const auto* rotary = in(part_, key);
            if (!rotary) continue;
            if (const auto* local = in(*rotary, "sliding_attention"))
                if (const auto* base = in(*local, "rope_theta")) put("rope_local_base_freq", textOf(*base));
            if (const auto* global = in(*rotary, "full_attention")) rotary = global;
            if (const auto* own = in(*rotary, "rope_theta")) theta = own;
            if (const auto* own = in(*rotary, "partial_rotary_factor")) part = own;
            readScaling(*rotary);
        }
        if (theta)
            put("rope_theta", textOf(*theta));
        else if (const auto* known = defaults())
            put("rope_theta", known->ropeTheta);
        if (part && textOf(*part) != "1") put("partial_rotary_factor", textOf(*part));
    }

    void readScaling(const nlohmann::json& rotary) {
        drop({"rope_scaling"});
        if (!rotary.is_object()) return;
        const auto* type = lastOf(rotary, {"type", "rope_type"});
        std::map<std::string, std::string> values;
        for (const auto& [key, value] : rotary.items())
            if (!isEmpty(value) && key != "rope_theta" && key != "partial_rotary_factor" && key != "type" &&
                key != "rope_type" && key != "sliding_attention")
                values[key] = textOf(value);
        std::string name = type ? textOf(*type) : "default";
        if (name == "su") name = "longrope";  // its name before it was published
        if (name == "mrope") name = "default";
        if (name == "default" && values.empty()) return;
        if (name == "yarn") {
            values.try_emplace("beta_fast", "32");
            values.try_emplace("beta_slow", "1");
            values.try_emplace("truncate", "true");
        }
        if (name == "dynamic" || name == "longrope" || (name == "yarn" && !values.contains("factor")))
            for (const auto* key : {"max_position_embeddings", "original_max_position_embeddings"})
                if (const auto* length = in(part_, key)) values.try_emplace(key, textOf(*length));
        std::string text = name;
        for (const auto& [key, value] : values) text += fmt::format(" {} {}", key, value);
        put("rope_scaling", text);
    }

    /// As many of keys and values as there are, and as wide as they fit, unless it is said.
    void readHeads() {
        const auto* heads = in(part_, "num_attention_heads");
        if (!heads || !heads->is_number_unsigned() || *heads == 0) return;
        if (!in(part_, "num_key_value_heads")) put("num_key_value_heads", textOf(*heads));
        const auto* hidden = in(part_, "hidden_size");
        if (!in(part_, "head_dim") && defaults() && hidden && hidden->is_number_unsigned() &&
            !isText(in(part_, "model_type"), "qwen3") && !isText(in(part_, "model_type"), "qwen3_moe"))
            put("head_dim", std::to_string(hidden->get<std::uint64_t>() / heads->get<std::uint64_t>()));
    }

    void readWindows() {
        const auto* use = in(part_, "use_sliding_window");
        const auto* type = in(part_, "model_type");
        const bool qwen = type && type->is_string() && type->get_ref<const std::string&>().starts_with("qwen");
        const bool off = (use && *use == false) || (qwen && !use) || isText(type, "llama");
        // What isn't said, not even as null, is 4096 tokens in these families.
        const bool usual = !off && (qwen || isText(type, "mistral")) && !part_.contains("sliding_window");
        const bool none = off || (!usual && !in(part_, "sliding_window"));
        if (usual) put("sliding_window", 4096);
        if (none) drop({"sliding_window", "max_window_layers", "sliding_window_pattern"});
        drop({"use_sliding_window", "_sliding_window_pattern"});
        const auto isPlain = [&](const auto& kind) {
            return kind == "full_attention" || (none && kind == "sliding_attention");
        };
        if (const auto* kinds = in(part_, "layer_types");
            kinds && kinds->is_array() && std::ranges::all_of(*kinds, isPlain))
            drop({"layer_types"});
    }

    void readActivation() {
        for (const auto* key : {"hidden_act", "hidden_activation", "activation_function"}) {
            const auto* name = in(part_, key);
            if (isText(name, "swish")) put(key, "silu");
            if (isText(name, "gelu_new")) put(key, "gelu_pytorch_tanh");  // the same approximation
        }
        const auto* known = defaults();
        if (!known) return;
        settings_.try_emplace(prefix_ + "hidden_act", "silu");
        settings_.try_emplace(prefix_ + "rms_norm_eps", fmt::format("{}", known->normEpsilon));
    }

    const nlohmann::json& part_;
    const std::string prefix_;
    ComputedSettings& settings_;
};

void readParts(const nlohmann::json& part, const std::string& prefix, int depth, ComputedSettings& settings) {
    if (depth > kDeepest) return;
    Part(part, prefix, settings).read();
    for (const auto& [key, value] : part.items())
        if (value.is_object() && !holdsAny(key, kRotary) && key != "quantization_config")
            readParts(value, prefix + excerptOf(key) + ".", depth + 1, settings);
}

}  // namespace

ComputedSettings computedSettings(const nlohmann::json& configuration) {
    ComputedSettings settings;
    if (configuration.is_object()) readParts(configuration, "", 0, settings);
    return settings;
}

bool mayBeLeftOut(std::string_view key) {
    // Of a pipeline that is a single file, which tells less.
    const auto component = key.substr(0, key.find('.'));
    if (component.size() < key.size() && (component == "scheduler" || component == "unet" || component == "vae" ||
                                          component.starts_with("text_encoder")))
        return true;
    return key.ends_with("layer_types") || key.ends_with("window_pattern") || key.ends_with("max_window_layers");
}

}  // namespace mergarium
