#pragma once

#include "core/database/schema.h"

#include <array>

namespace mergarium {

/// SQL; the i-th entry goes from version i to i + 1. What was published never changes.
extern const std::array<const char*, kSchemaVersion> kMigrations;

}  // namespace mergarium
