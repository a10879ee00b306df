#pragma once

#include "core/run/snapshot.h"

#include <QString>

namespace mergarium {

/// How members are worded wherever the window speaks of them.

/// "#412".
QString memberText(MemberId member);
/// "split 0.41, ratio 0.63", "64 splits, ratio 0.63" or "ratio 0.63". `length` is the parameter vector's; 0 when
/// unknown.
/// With chromosomes "attention: split 0.41, ratio 0.63; rest: ratio 0.10", or how many where there are more than three.
QString spliceText(const Splice& splice, std::uint64_t length);
/// The same of one chromosome, in shares of its own elements; empty where the splice has none.
QString cutText(const Splice& splice, std::size_t chromosome);
/// "#88 × #301, split 0.41, ratio 0.63"; "founder" without parents.
QString parentageText(const Member& member, std::uint64_t length);
/// The length of the parameter vector; 0 when unknown.
std::uint64_t vectorLength(const SessionSnapshot& snapshot);
/// 0.6842 -> "68.4".
QString percentNumber(double share);

/// With so many decimals, and where that leaves fewer than two digits, with more: 76.75 -> "76.8", 0.0123 -> "0.012"
/// with one decimal.
QString numberText(double number, int decimals);
/// 76.75 -> "76.8"; nothing of what isn't known, which is NaN.
QString fitnessText(double fitness);
/// What a sample is scored: 1 -> "1.00", 0.8935 -> "0.8935". Graded scores differ in what two decimals hide.
QString scoreText(double score);

/// The evaluation that a member was made at, which its number says; 0: one of those that the run began with.
std::uint64_t stepOfBirth(const RunDescription& run, MemberId member);

/// The slot of a member that is still in the archive.
std::optional<std::size_t> slotOf(const SessionSnapshot& snapshot, MemberId member);

/// Whether two snapshots show the same run; two without one do.
bool sameRun(const SnapshotPtr& a, const SnapshotPtr& b);
/// Whether there is at least one member to be shown.
bool hasMembers(const SnapshotPtr& snapshot);

}  // namespace mergarium
