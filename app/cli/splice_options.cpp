#include "app/cli/splice_options.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium::cli {

Interpolation interpolationNamed(const std::string& name) {
    std::string names;
    for (const auto one : kInterpolations) {
        if (name == nameOf(one)) return one;
        names += (names.empty() ? "" : ", ") + std::string(nameOf(one));
    }
    throw std::runtime_error(fmt::format("--interpolation: '{}' is not one of {}.", name, names));
}

SplitPlace splitAt(const std::string& text) {
    if (const auto element = parsed<std::uint64_t>(text)) return *element;
    if (const auto share = parsed<double>(text); share && *share > 0.0 && *share < 1.0) return *share;
    throw std::runtime_error(
        fmt::format("--split: '{}' is neither the number of an element nor a share between 0 and 1.", text));
}

}  // namespace mergarium::cli
