#pragma once

namespace mergarium::cli {

/// From now on the first SIGINT or SIGTERM is only noted, so that what is going on can stop cleanly; a second one
/// kills.
void catchInterruptions();
bool isInterrupted();

}  // namespace mergarium::cli
