#pragma once

#include "app/cli/options.h"
#include "core/cluster/cluster_settings.h"

#include <memory>

namespace CLI {
class App;
}

namespace mergarium::cli {

/// Of runs that workers score.
void addWorkers(CLI::App& command, Options& options);
/// How a server lets us in.
void addServer(CLI::App& command, Options& options);
/// Of the command `work`.
void addWork(CLI::App& command, Options& options);

/// Who scores; null: this machine. Throws std::runtime_error for a server that is open to anybody.
std::shared_ptr<const ClusterSettings> workersOf(const Options& options);

}  // namespace mergarium::cli
