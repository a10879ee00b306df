#pragma once

#include "core/run/snapshot.h"

#include <QString>

#include <cstdint>

namespace mergarium {

/// How runs and their numbers are worded wherever the window speaks of them; numbers in English, as the texts are,
/// whatever the desktop's locale (core/text/words.h).

/// 4213 -> "4,213".
QString countText(std::uint64_t count);
/// "4,213 of 10,000".
QString evaluationsText(std::uint64_t evaluations, std::uint64_t budget);
/// 0.6842 -> "68.4 %"; a dash when nothing is known (0 evaluations score exactly 0).
QString percentText(double share);
/// "6 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
QString durationText(double seconds);
/// "1.5 MB", in powers of ten.
QString bytesText(double bytes);
/// "Paused", "Interrupted", ...
QString phaseText(Phase phase);
/// The run's name, or what stands for it before it has one.
QString runName(const SessionSnapshot& snapshot);

/// What a run has come to: its best member in training, and how that does on what was held out, if anything was.
QString finishText(const SessionSnapshot& snapshot);

/// While members' answers are computed for the first time, which takes seconds: that they are; else empty. The table
/// in which they appear stands above it.
QString awaitedAnswersText(const SessionSnapshot& snapshot);

/// The worker has nothing more to do: Finished, Stopped or Failed.
bool hasEnded(Phase phase);
/// Whether a stored run in this phase can be resumed.
bool isResumable(Phase phase);

/// What is asked before a program that a configuration names is started for the first time.
QString programQuestion(const Program& program);

}  // namespace mergarium
