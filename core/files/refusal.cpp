#include "core/files/refusal.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {

namespace {
constexpr std::size_t kLongest = 1000;
}

void refuse(const std::filesystem::path& path, std::string_view what) {
    throw std::runtime_error(fmt::format("{}: {}.", path.string(), excerptOf(what, kLongest)));
}

}  // namespace mergarium
