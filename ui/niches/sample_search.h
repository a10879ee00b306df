#pragma once

#include "core/run/snapshot.h"

#include <QString>

#include <cstddef>
#include <optional>

namespace mergarium {

/// The sample that has this number, or the next after `from` whose question, reference or group has these words,
/// whatever their case; it starts again at the first. Absent when there is none.
std::optional<std::size_t> findSample(const SessionSnapshot& snapshot, const QString& words,
                                      std::optional<std::size_t> from);

}  // namespace mergarium
