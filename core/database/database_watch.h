#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace mergarium {

/// Tells when anybody, this program's other connections included, has stored something in a run database. Costs
/// microseconds a look: it keeps a read-only connection, reads no rows, and makes no writer wait. Use from one thread.
class DatabaseWatch {
public:
    explicit DatabaseWatch(std::filesystem::path database);
    ~DatabaseWatch();

    /// Whether the file has changed since the last look, or is another one; true at the first look at a file. False for
    /// one that isn't there or can't be watched, and before it has been brought to this version's format: whoever reads
    /// it says what is wrong. Throws nothing.
    bool look();

private:
    struct Watched;
    bool begin();

    const std::filesystem::path database_;
    /// Null while there is nothing to watch.
    std::unique_ptr<Watched> watched_;
};

}  // namespace mergarium
