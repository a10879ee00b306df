#pragma once

#include "core/database/inspection.h"
#include "core/run/snapshot.h"

#include <filesystem>
#include <stdexcept>

namespace mergarium {

/// The run database can't be used; one sentence with the file, what is wrong, and what to do.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Another program holds the file's lock; trying again later may work.
class StoreBusy : public StoreError {
public:
    using StoreError::StoreError;
};

/// A run isn't as it was stored.
class RunDamaged : public StoreError {
public:
    RunDamaged(const std::filesystem::path& database, RunId run, Inspection found);
    const Inspection& found() const { return found_; }

private:
    Inspection found_;
};

}  // namespace mergarium
