#pragma once

namespace mergarium {

/// The commit that was built, with "-dirty" where files differed from it; "unknown" outside a repository. Written by
/// cmake/commit.cmake at every build, so that one small file is compiled anew when it changes and no other.
extern const char* const kCommit;

}  // namespace mergarium
