#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mergarium::cli {

/// Prints one document and a newline on stdout; bytes that are not UTF-8 are replaced.
void print(const nlohmann::ordered_json& document);
/// The same in one line.
void printLine(const nlohmann::ordered_json& document);

}  // namespace mergarium::cli
