#pragma once

namespace mergarium {

/// Two libraries read how they are to behave when they are loaded, so a program that finds them unset sets
/// OMP_WAIT_POLICY and OPENBLAS_CORETYPE and starts itself again. libgomp: threads that wait by spinning make a pass of
/// 1 ms take 20 to 30 ms when another program uses a core, so they wait passively. OpenBLAS: on processors newer than
/// itself it is told which kernels to use (3 times faster, measured with 0.3.21). Returns when there is nothing to do.
/// Call it first in main.
void restartWithTunedLibraries(char** argv);

}  // namespace mergarium
