#pragma once

#include "app/cli/options.h"

namespace CLI {
class App;
}

namespace mergarium::cli {

// Options that several commands have. Each is added to `command` and written into `options`, which outlives it.

/// --db.
void addDatabase(CLI::App& command, Options& options);
/// --device.
void addDevice(CLI::App& command, Options& options);
/// --chat and --system.
void addChat(CLI::App& command, Options& options);
/// --seed, --evaluations, --device and --set.
void addConfiguration(CLI::App& command, Options& options);
/// --set.
void addSettings(CLI::App& command, Options& options, const char* meaning);
/// --threads.
void addThreads(CLI::App& command, Options& options);
/// --lanes.
void addLanes(CLI::App& command, Options& options);
/// --trust-program.
void addTrust(CLI::App& command, Options& options);
/// Of the command `resume`.
void addResume(CLI::App& command, Options& options);
/// --ratio, --split and --interpolation.
void addSplice(CLI::App& command, Options& options);
/// --out: a folder.
void addTarget(CLI::App& command, Options& options);
/// How a model is written: --dtype, --shard-size, --with-paths and --name.
void addForm(CLI::App& command, Options& options);
/// What a comparison is written to: --csv, --markdown, --svg and --pdf.
void addFiles(CLI::App& command, Options& options);

}  // namespace mergarium::cli
