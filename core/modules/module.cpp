#include "core/modules/module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

namespace mergarium {
namespace {

/// Where this code was loaded from: the folder of the installed libraries, or of those just built.
std::filesystem::path ownFolder() {
    static const char mark = 0;
    Dl_info info{};
    if (dladdr(&mark, &info) == 0 || info.dli_fname == nullptr) return {};
    return std::filesystem::path(info.dli_fname).parent_path();
}

[[noreturn]] void refuseModule(const std::string& file) {
    const char* reason = dlerror();
    throw std::runtime_error(fmt::format("{}: this part of Mergarium can't be loaded ({}); install Mergarium anew.",
                                         file, reason != nullptr ? reason : "it is another version's"));
}

}  // namespace

Module::Module(const std::string& name, Names names)
    : file_((ownFolder() / name).string()),
      library_(dlopen(file_.c_str(), RTLD_LAZY | RTLD_LOCAL | (names == Names::OwnFirst ? RTLD_DEEPBIND : 0))) {
    if (library_ == nullptr) refuseModule(file_);
}

void* Module::symbol(const char* name) const {
    void* found = dlsym(library_, name);
    if (found == nullptr) refuseModule(file_);
    return found;
}

}  // namespace mergarium
