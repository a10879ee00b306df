#pragma once

#include <cstdint>
#include <string>

/// How numbers are worded for people, in English, wherever the core, the window and the command line speak of them.
namespace mergarium::words {

/// 10000 -> "10,000".
std::string count(std::uint64_t number);

/// Rounded up: "6 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". Negative seconds count as none.
std::string duration(double seconds);

/// In powers of ten: "17 bytes", "1.5 MB".
std::string bytes(double bytes);

}  // namespace mergarium::words
