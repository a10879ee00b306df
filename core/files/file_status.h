#pragma once

#include "core/subprocess/file_descriptor.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace mergarium {

/// What the system says of an open file. Throws std::system_error.
inline struct stat statusOf(const FileDescriptor& file) {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) throw std::system_error(errno, std::generic_category());
    return status;
}

}  // namespace mergarium
