#pragma once

#include "core/sweeps/sweep_draft.h"
#include "core/sweeps/sweep_session.h"

#include <QString>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mergarium {

using SweepPtr = std::shared_ptr<const Sweep>;
using SweepProgressPtr = std::shared_ptr<const SweepProgress>;

/// The file of a sweep, as it is edited.
struct SweepFile {
    std::string text;
    /// What paths in it are relative to.
    std::filesystem::path folder;
    /// What messages call it.
    std::string source;
    bool operator==(const SweepFile&) const = default;
};

/// What a sweep will be, found out before it starts.
struct SweepOutlook {
    /// Absent where the text isn't a sweep in its outer shape.
    std::optional<SweepDraft> draft;
    /// Null where it can't be carried out.
    SweepPtr sweep;
    /// What is stored of it already.
    SweepProgressPtr stored;
    /// Why it can't be carried out; empty when it can.
    QString refusal;
};

/// Reads the sweep, what is stored of it, and what its runs need. Reads files and the database; any thread.
SweepOutlook outlookOf(const SweepFile& file, const SweepPlace& place);

/// Reads a file that was chosen or dropped: a sweep, or a run configuration, of which a sweep is made that has it as
/// its base. Throws std::runtime_error with one sentence. Any thread.
SweepFile readSweepFile(const std::filesystem::path& path);

/// "12 of 40 runs   3,100 of 40,000 evaluations   1,012/s   3 min left" - as much of it as is known.
QString progressText(const SweepProgress& progress);
/// What is ahead: "4 arms and 10 seeds: 40 runs, 400,000 evaluations in all; 12 runs are stored already."
QString planText(const Sweep& sweep, const SweepProgress& stored);

}  // namespace mergarium
