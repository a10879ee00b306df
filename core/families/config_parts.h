#pragma once

#include "core/families/config_keys.h"
#include "core/families/decoder_config.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Nobody has as many; more would ask for memory that no tensor has shown there is a need of.
inline constexpr std::int64_t kMostHeads = 65'536;

/// What holds in a family where config.json says nothing, and under which names it says the sizes.
struct FamilyDefaults {
    double normEpsilon = 1e-6;
    std::string_view normEpsilonKey = "rms_norm_eps";
    bool tied = false;
    double ropeTheta = 10000.0;
    /// Of every head's numbers, how many are rotated; absent: always all.
    std::optional<double> rotatedPart = {};
    std::string_view activation = "silu", activationKey = "hidden_act";
    /// Without num_key_value_heads there are as many as heads; else the key must be there.
    bool keyHeadsAsHeads = true;
};

/// What most families have in common: sizes, norms' epsilon, activation, one rotary embedding, end tokens. RMS norms,
/// all layers alike.
DecoderConfig commonConfig(const ConfigKeys& keys, const FamilyDefaults& defaults = {});

/// All that, but no rotary embedding.
DecoderConfig commonSizes(const ConfigKeys& keys, const FamilyDefaults& defaults = {});

/// `count` layers, alike; scores are divided by the root of a head's size.
void setLayers(const ConfigKeys& keys, DecoderConfig& config, std::int64_t count);

/// Heads, key heads, and their size, which is hidden / heads unless head_dim says it.
void readHeads(const ConfigKeys& keys, DecoderConfig& config, const FamilyDefaults& defaults);

/// For a rotary embedding of all of a head's numbers.
void requireEvenHeads(const ConfigKeys& keys, const DecoderConfig& config);

/// rope_theta and rope_scaling, or both as rope_parameters; how many of a head's numbers are rotated goes to `config`,
/// and a longer context where the scaling makes it so.
RopeConfig readRope(const ConfigKeys& keys, DecoderConfig& config, const FamilyDefaults& defaults);
/// Of one object with rope_type, rope_theta, and what belongs to them.
RopeScaling ropeScalingOf(const ConfigKeys& rope, const ConfigKeys& keys, const DecoderConfig& config);

/// Of every layer, one of `known`: as layer_types has it, or where that is missing as `otherwise` has.
std::vector<std::string> layerTypes(const ConfigKeys& keys, const DecoderConfig& config,
                                    std::initializer_list<std::string_view> known,
                                    const std::function<std::string_view(std::size_t layer)>& otherwise);

/// Gives `window` to the layers that `layer_types` calls sliding, or where that is missing to those for which `slides`
/// holds. 0: none slides, whatever is said.
void setWindows(const ConfigKeys& keys, DecoderConfig& config, std::int64_t window,
                const std::function<bool(std::size_t layer)>& slides);

Activation activationOf(const ConfigKeys& keys, std::string_view key, std::string_view otherwise);

/// Which layers have experts: those that mlp_only_layers doesn't name, each decoder_sparse_step-th.
void setExpertLayers(const ConfigKeys& keys, DecoderConfig& config);

/// The window of Qwen's, where use_sliding_window holds; else 0.
std::int64_t qwenWindow(const ConfigKeys& keys);
/// That of the layers from max_window_layers on.
void setQwenWindows(const ConfigKeys& keys, DecoderConfig& config);

/// What Qwen 3.5 and Qwen3-Next have in common: norms with weights less one, attention with gates, and between such
/// layers others with the gated delta rule.
DecoderConfig gatedQwenConfig(const ConfigKeys& keys, bool byKeyHead);

/// What Gemma's families have in common.
FamilyDefaults gemmaDefaults();
void setGemma(DecoderConfig& config);
void setGemma2(const ConfigKeys& keys, DecoderConfig& config);

/// What Command R's families have in common.
void setCommandR(const ConfigKeys& keys, DecoderConfig& config);

}  // namespace mergarium
