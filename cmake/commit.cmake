# Writes FILE, which defines kCommit (app/about/commit.h) as the commit of SOURCE; leaves it alone when it says so already.
execute_process(
  COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
# A folder inside another project's repository isn't that project's commit.
execute_process(
  COMMAND git -C "${SOURCE}" rev-parse --show-prefix
  OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(failed OR prefix)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT "${FILE}" CONTENT [[#include "app/about/commit.h"

namespace mergarium {
const char* const kCommit = "@commit@";
}  // namespace mergarium
]] @ONLY)
