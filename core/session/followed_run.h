#pragma once

#include "core/history/history.h"
#include "core/run/snapshot.h"
#include "core/session/rate_meter.h"
#include "core/store/run_catalog.h"

#include <filesystem>
#include <memory>

namespace mergarium {

/// A stored run that goes on while it is shown, computed by another process or by another part of this one: read again
/// and again, as its births are stored. Use from one thread, not the window's. What has not changed keeps its place in
/// memory, so that views need not draw it again. Throws StoreError with one sentence.
class FollowedRun {
public:
    /// `shown`: as it was last read (storedSnapshot).
    FollowedRun(const std::filesystem::path& database, SnapshotPtr shown);
    ~FollowedRun();

    /// The run as it is stored now; null when nothing has been stored of it since. Rates are those of the time that the
    /// run itself counts.
    SnapshotPtr look();

private:
    void keepWhatIsTheSame(SessionSnapshot& now);
    void addGenomes(SessionSnapshot& now);

    std::filesystem::path database_;
    RunCatalog catalog_;
    SnapshotPtr shown_;
    RateMeter rate_;
    /// Once a genome was wanted that isn't stored; null again when there are none to be had.
    std::unique_ptr<History> history_;
    bool breedable_ = true;
};

}  // namespace mergarium
