#pragma once

#include "core/fields/field_visitor.h"
#include "core/founders/founder_settings.h"
#include "core/tasks/task_outline.h"

#include <span>
#include <string_view>

namespace mergarium {

/// The task `digits`: the handwritten digits of the paper's figures. There is nothing to be set.
struct DigitsSettings {
    static constexpr std::string_view kKind = "digits";
    static constexpr std::string_view kSummary = "handwritten digits, classified by small perceptrons";
    bool operator==(const DigitsSettings&) const = default;
};

inline void visit(FieldVisitor&, DigitsSettings&) {}

/// Where a digits run starts (paper, section 4.1).
enum class DigitsFounders {
    /// The published pair, shipped with Mergarium: results depend on the pair, so the presets use it.
    ReferenceSpecialists,
    /// A new pair for every seed: one trained on 0-4 and one on 5-9, ten full-batch Adam steps each, learning rate
    /// 0.003.
    Specialists,
    /// Two untrained networks, weights N(0, 0.01^2).
    Random,
};

std::string_view nameOf(DigitsFounders founders);
/// Throws std::invalid_argument for other names.
DigitsFounders digitsFoundersOf(const OwnFounders& founders);
/// The names of the founders that the task brings, the default first.
std::span<const std::string_view> ownFoundersOf(const DigitsSettings&);

TaskTraits traitsOf(const DigitsSettings& settings);

}  // namespace mergarium
