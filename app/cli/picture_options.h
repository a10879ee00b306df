#pragma once

#include "app/cli/options.h"

namespace CLI {
class App;
}

namespace mergarium::cli {

// All options of a command each, as in shared_options.h.

void addPicture(CLI::App& command, Options& options);
void addClip(CLI::App& command, Options& options);

}  // namespace mergarium::cli
