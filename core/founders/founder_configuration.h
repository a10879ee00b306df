#pragma once

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>

namespace mergarium {

/// What of a model's config.json changes what its tensors compute: rotary positions, heads, windows, activation,
/// epsilons, multipliers, the family. By key, "text_config.rope_theta" in a part, and in one spelling: both ways of
/// writing rotary positions, defaults filled in where they are known, what has no effect left out. Shapes, end tokens
/// and tying are not among them.
using ComputedSettings = std::map<std::string, std::string>;

ComputedSettings computedSettings(const nlohmann::json& configuration);

/// Whether a founder may leave a key out that another one has: it says again what other keys say.
bool mayBeLeftOut(std::string_view key);

}  // namespace mergarium
