#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// Of Mergarium, without the commit.
std::string versionNumber();

/// Of Mergarium, with the commit.
std::string versionAndCommit();

/// The libraries that compute and store, name and version. Loads libtorch to ask it;
/// a part that can't be loaded is named as missing. Any thread.
std::vector<std::pair<std::string, std::string>> partsOfMergarium();

/// What --version prints: program, version and commit, then a line for each library that computes or stores, and each
/// of `more` (its name, its version).
std::string versionText(const std::string& program, const std::vector<std::pair<std::string, std::string>>& more = {});

}  // namespace mergarium
