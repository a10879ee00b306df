#pragma once

namespace mergarium::cli {

enum ExitCode { kSuccess = 0, kBadInput = 2, kRunFailed = 3, kInterrupted = 130 };

}  // namespace mergarium::cli
