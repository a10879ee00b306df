#pragma once

#include <exception>
#include <string>

namespace mergarium::test {

/// What `work` throws as its message; "nothing was thrown" if it doesn't.
template <typename Work>
std::string messageOf(Work work) {
    try {
        work();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "nothing was thrown";
}

}  // namespace mergarium::test
