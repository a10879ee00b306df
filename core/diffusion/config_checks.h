#pragma once

#include "core/diffusion/component_configs.h"
#include "core/families/config_keys.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

// What configurations of diffusion models have in common. All of these throw std::runtime_error naming the key.

/// A whole number from 1 to `most`.
std::int64_t boundedCount(const ConfigKeys& keys, std::string_view key, std::int64_t otherwise, std::int64_t most);
/// A list of `size` whole numbers from 1 to `most`; one number stands for a list of it.
std::vector<std::int64_t> countPerLevel(const ConfigKeys& keys, std::string_view key, std::int64_t otherwise,
                                        std::size_t size, std::int64_t most);
/// block_out_channels.
std::vector<std::int64_t> levelChannels(const ConfigKeys& keys, std::vector<std::int64_t> otherwise);
/// A list of `size` texts.
std::vector<std::string> textPerLevel(const ConfigKeys& keys, std::string_view key, std::vector<std::string> otherwise,
                                      std::size_t size);
/// A finite number.
double numberOf(const ConfigKeys& keys, std::string_view key, double otherwise);

/// Refuses `key` unless it is absent, null, or `only`.
void requireText(const ConfigKeys& keys, std::string_view key, std::string_view only);
void requireFlag(const ConfigKeys& keys, std::string_view key, bool only);
void requireNumber(const ConfigKeys& keys, std::string_view key, double only);
/// Refuses each unless it is absent or null.
void requireNone(const ConfigKeys& keys, std::initializer_list<std::string_view> names);
/// `channels` must be a multiple of `parts`.
void requireMultiple(const ConfigKeys& keys, std::string_view key, std::int64_t channels, std::string_view what,
                     std::int64_t parts);

}  // namespace mergarium
