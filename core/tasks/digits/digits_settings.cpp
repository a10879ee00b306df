#include "core/tasks/digits/digits_settings.h"

#include <fmt/format.h>

#include <stdexcept>

namespace mergarium {
namespace {

constexpr DigitsFounders kFounders[] = {DigitsFounders::ReferenceSpecialists, DigitsFounders::Specialists,
                                        DigitsFounders::Random};
constexpr std::string_view kNames[] = {"reference-specialists", "specialists", "random"};

}  // namespace

std::string_view nameOf(DigitsFounders founders) { return kNames[static_cast<std::size_t>(founders)]; }

DigitsFounders digitsFoundersOf(const OwnFounders& founders) {
    for (const auto one : kFounders)
        if (nameOf(one) == founders.name) return one;
    throw std::invalid_argument(fmt::format("The digits have no founders '{}'.", founders.name));
}

std::span<const std::string_view> ownFoundersOf(const DigitsSettings&) { return kNames; }

TaskTraits traitsOf(const DigitsSettings&) { return {.answersAtOnce = true}; }

}  // namespace mergarium
