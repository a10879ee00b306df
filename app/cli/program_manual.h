#pragma once

#include "app/about/manual.h"

namespace CLI {
class App;
}

namespace mergarium::cli {

/// What CLI11 knows of the program, its commands and their options; without those that its help leaves out.
Manual manualOf(const CLI::App& program);

}  // namespace mergarium::cli
