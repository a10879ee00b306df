#pragma once

#include <filesystem>

namespace mergarium {

/// Two libraries read how they are to behave when they are loaded, so a program that finds them unset sets
/// OMP_WAIT_POLICY and OPENBLAS_CORETYPE and starts itself again. libgomp: threads that wait by spinning make a pass of
/// 1 ms take 20 to 30 ms when another program uses a core, so they wait passively. OpenBLAS: on processors newer than
/// itself it is told which kernels to use (3 times faster, measured with 0.3.21). Returns when there is nothing to do.
/// To be called first in main.
void restartWithTunedLibraries(char** argv);

/// The folder with data, founders and presets: $MERGARIUM_RESOURCES, or share/mergarium beside the program's folder, or
/// the source tree it was built from. Throws std::runtime_error when there is none.
std::filesystem::path findResources();

/// Where runs are kept when no file is named: $XDG_DATA_HOME/mergarium/runs.db, or ~/.local/share/mergarium/runs.db.
/// Creates the folder. Throws std::runtime_error when it can't.
std::filesystem::path defaultDatabase();

}  // namespace mergarium
