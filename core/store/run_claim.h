#pragma once

#include <string>
#include <string_view>

namespace mergarium {

/// A recorder's hold on its run, stored as the run's owner: "4711 123456 2" (process, its start time, hold within it),
/// so that it can be told from every later process with the same number and from earlier holds of this one. It ends
/// with the object, or with the process, however that ends.
class RunClaim {
public:
    RunClaim();
    ~RunClaim();
    RunClaim(const RunClaim&) = delete;
    RunClaim& operator=(const RunClaim&) = delete;

    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// Whether a stored hold still lasts on this machine. Any thread.
bool isHeld(std::string_view claim);
/// By another process.
bool isHeldElsewhere(std::string_view claim);

}  // namespace mergarium
