#include "core/startup/tuned_libraries.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace mergarium {
namespace {

/// OpenBLAS takes a processor that is newer than itself for one of 2004 ("Prescott") and uses a third of it at best.
/// The kernels it should use instead; null when it chooses well, or isn't there. The library is loaded only for this
/// query.
const char* betterOpenBlasKernels() {
#if defined(__x86_64__)
    if (std::getenv("OPENBLAS_CORETYPE")) return nullptr;
    void* blas = dlopen("libblas.so.3", RTLD_LAZY | RTLD_LOCAL);
    if (!blas) return nullptr;
    const auto name = reinterpret_cast<const char* (*)()>(dlsym(blas, "openblas_get_corename"));
    const bool choosesBadly = name && std::string_view(name()) == "Prescott";
    dlclose(blas);
    if (!choosesBadly) return nullptr;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return "SKYLAKEX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "HASWELL";
#endif
    return nullptr;
}

}  // namespace

void restartWithTunedLibraries(char** argv) {
    const char* kernels = betterOpenBlasKernels();
    if (std::getenv("OMP_WAIT_POLICY") && !kernels) return;
    setenv("OMP_WAIT_POLICY", "PASSIVE", /*overwrite=*/0);
    if (kernels) setenv("OPENBLAS_CORETYPE", kernels, /*overwrite=*/0);
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) execv(program.c_str(), argv);
    // Where that can't be done, the program works all the same, slower on a busy machine.
}

}  // namespace mergarium
