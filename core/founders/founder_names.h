#pragma once

#include "core/founders/founder_settings.h"

#include <filesystem>
#include <functional>
#include <string>

namespace mergarium {

/// A model as people name it: its path, or BASE+ADAPTER, BASE+ADAPTER*0.7+OTHER where there is nothing of that name. Of
/// the ways to read a text that holds + or *, the one that counts has the longest paths that there are; a number behind
/// the last * of an adapter that isn't there is its weight. `place`: where a path of the text leads; placeOfModel, if
/// empty.
CheckpointFounder founderNamed(const std::string& text,
                               const std::function<std::filesystem::path(const std::string&)>& place = nullptr);

/// The same text again, as far as its paths are there.
std::string textOf(const CheckpointFounder& founder);

}  // namespace mergarium
