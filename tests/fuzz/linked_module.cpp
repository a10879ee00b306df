// core/modules for programs that have their modules linked in: the address sanitizer bears no RTLD_DEEPBIND.
#include "core/modules/module.h"

#include <dlfcn.h>

#include <stdexcept>

namespace mergarium {

Module::Module(const std::string& name, Names) : file_(name), library_(dlopen(nullptr, RTLD_LAZY)) {}

void* Module::symbol(const char* name) const {
    void* found = dlsym(library_, name);
    if (found == nullptr) throw std::logic_error(file_ + " isn't linked in");
    return found;
}

}  // namespace mergarium
