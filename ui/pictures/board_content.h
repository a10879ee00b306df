#pragma once

#include "core/run/snapshot.h"

#include <QString>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// A picture of a board: what a member painted for a sample, or what the sample looks like itself.
struct BoardItem {
    std::uint32_t sample = 0;
    /// Null: the reference.
    MemberPtr member = nullptr;
    bool operator==(const BoardItem&) const = default;
};

/// What a board of pictures shows, row by row.
struct BoardContent {
    enum class Form {
        /// Samples down, with their captions; the reference and members across, named above.
        Table,
        /// One after another, as many in a row as fit; each says whose it is.
        Wall,
        /// The same of one member; each says for which sample it is.
        Samples
    };

    SnapshotPtr snapshot;
    Form form = Form::Wall;
    std::vector<BoardItem> items;
    /// Of a Table, the reference included; 0 for others.
    std::size_t perRow = 0;

    std::size_t size() const { return items.size(); }
    bool operator==(const BoardContent&) const = default;
};

/// Whether any member of the archive has pictures.
bool hasPictures(const SnapshotPtr& snapshot);

/// Samples in this order by the reference and these members.
BoardContent tableOf(const SnapshotPtr& snapshot, std::span<const std::uint32_t> samples,
                     std::span<const MemberPtr> members);
/// The reference and all members, the best score on the sample first, of equals the oldest.
BoardContent wallOf(const SnapshotPtr& snapshot, std::size_t sample);
/// What one member painted, in order of samples.
BoardContent paintingsOf(const SnapshotPtr& snapshot, const MemberPtr& member);

/// The best score that any member of the archive has on a sample; 0 in an empty archive.
float bestScore(const SessionSnapshot& snapshot, std::size_t sample);

/// What an item is, in words: "#12, score 0.83: a red circle on blue".
QString itemText(const SessionSnapshot& snapshot, const BoardItem& item);
/// A sample's caption in one line; "Sample 7" where it has none.
QString captionOf(const SessionSnapshot& snapshot, std::size_t sample);
/// "#12", or of a founder its name too.
QString painterText(const SessionSnapshot& snapshot, const Member& member);

}  // namespace mergarium
