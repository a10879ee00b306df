#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mergarium::test {

/// Logits [tokens][vocabulary] of a whole text by a network of the Llama family, in plain loops and fp64, straight from
/// the keys of its config.json and from its tensors by name. Shares no code with what it is compared to.
std::vector<std::vector<double>> slowLogits(const nlohmann::json& config,
                                            const std::function<std::span<const float>(const std::string&)>& tensor,
                                            std::span<const std::int32_t> text);

}  // namespace mergarium::test
