#pragma once

#include <QtGlobal>

#include <atomic>

namespace mergarium::test {

/// Milliseconds after which a suite gives up on what should happen any moment: instrumented for a sanitizer, the engine
/// takes minutes for what it does in seconds. Who looks for a fault has less: MERGARIUM_PATIENCE.
inline const int kPatience =
    qEnvironmentVariableIsSet("MERGARIUM_PATIENCE") ? qEnvironmentVariableIntValue("MERGARIUM_PATIENCE") : 600'000;

/// For what is never cancelled.
inline const std::atomic<bool> kNever = false;

}  // namespace mergarium::test
