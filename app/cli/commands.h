#pragma once

#include "app/cli/options.h"

namespace mergarium::cli {

/// Every command prints its result on stdout and returns the exit code; bad input throws std::runtime_error with one
/// line.
int run(const Options& options);
int resume(const Options& options);
int work(const Options& options);
int breed(const Options& options);
int list(const Options& options);
int show(const Options& options);
int check(const Options& options);
int note(const Options& options);
int importOthers(const Options& options);
int report(const Options& options);
int presets(const Options& options);
int parameters(const Options& options);
int score(const Options& options);
int tryOut(const Options& options);
int merge(const Options& options);
int exportMember(const Options& options);
int rebuild(const Options& options);
int tokenize(const Options& options);
int logprobs(const Options& options);
int generate(const Options& options);
int picture(const Options& options);
int clip(const Options& options);
int sweep(const Options& options);
int compare(const Options& options);
int doctor(const Options& options);

}  // namespace mergarium::cli
