#pragma once

#include <string>

namespace mergarium {

/// Loads a library of Mergarium's own that lies beside the one this function is in, and stays loaded; again, it costs
/// nothing. For what most programs don't need and pay for when they start, or what can't be linked beside the rest.
class Module {
public:
    enum class Names {
        /// As usual: what the program has loaded is used before what the module brings.
        Shared,
        /// The module finds its own libraries' functions before the program's.
        OwnFirst
    };

    /// Throws std::runtime_error naming the file when it isn't there or can't be loaded.
    explicit Module(const std::string& name, Names names = Names::Shared);

    /// The function of this name and type, declared extern "C". Throws std::runtime_error when the module has none.
    template <typename Function>
    Function function(const char* name) const {
        return reinterpret_cast<Function>(symbol(name));
    }

private:
    void* symbol(const char* name) const;

    std::string file_;
    void* library_;
};

}  // namespace mergarium
