#pragma once

namespace mergarium::test {

/// A sweep of two arms and two seeds that takes a second.
constexpr const char* kSmallSweep = R"(# What it shows.
name: small
base: digits-specialists
set: {budget.evaluations: 60}
arms:
  m2n2: {}
  ga: {strategy: {kind: ga}}
seeds: 2
published: {ga: 52}
)";

}  // namespace mergarium::test
