#pragma once

#include "tests/support/runs.h"

#include <QTemporaryDir>

namespace mergarium::test {

/// A suite whose runs are stored in a new database each.
class NewDatabases {
protected:
    RunPlace newPlace() {
        return {.database = folder_.filePath(QString("runs-%1.db").arg(++files_)).toStdString(),
                .resources = kResources,
                .threads = 1};
    }

private:
    QTemporaryDir folder_;
    int files_ = 0;
};

/// Takes a run on until it has come to so many evaluations, or to its end.
inline void stepTo(RunLoop& loop, std::uint64_t evaluations) {
    const std::atomic<bool> never = false;
    while (loop.snapshot(Phase::Running).evaluations < evaluations && !loop.isFinished()) loop.step(never);
}

}  // namespace mergarium::test
