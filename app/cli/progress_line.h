#pragma once

#include "core/run/snapshot.h"

#include <cstdint>
#include <string>

namespace mergarium::cli {

/// How far a run is, on stderr: a bar that is drawn over itself on a terminal, else one line for every tenth of the
/// way.
class ProgressLine {
public:
    explicit ProgressLine(bool quiet);
    void show(const SessionSnapshot& snapshot);
    /// `text` where `done` of `total` is.
    void show(const std::string& text, std::uint64_t done, std::uint64_t total);
    /// A sentence of its own line, also where progress is quiet.
    void warn(const std::string& sentence);
    /// A sentence of its own line where there is no terminal, once until another one comes; empty: there is none now.
    void note(const std::string& sentence);
    /// Leaves the bar standing and goes to the next line.
    void end();

private:
    bool quiet_;
    bool terminal_;
    bool drawn_ = false;
    std::uint64_t tenths_ = 0;
    std::string noted_;
};

/// "[#####.....]  4,213 of 10,000   1,012/s   6 s left   best 68.4 % train, 61.2 % test", cut to `width` columns.
std::string progressText(const SessionSnapshot& snapshot, int width);

}  // namespace mergarium::cli
