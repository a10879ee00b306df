#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

/// How numbers are worded for people, in English, wherever the core, the window and the command line speak of them.
namespace mergarium::words {

/// 10000 -> "10,000".
std::string count(std::uint64_t number);

/// Rounded up: "6 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". Negative seconds count as none.
std::string duration(double seconds);

/// With three digits below a minute: "1.24 ms", "3.50 s", "2 min 1 s".
std::string shortDuration(double seconds);

/// In powers of ten: "17 bytes", "1.5 MB".
std::string bytes(double bytes);

/// A text of whatever origin as a terminal may show it: control characters, which a terminal would obey, are written as
/// \xNN; line ends too, unless `lines`.
std::string visible(std::string_view text, bool lines = false);

/// What a person is told of an exception at the end of `work` ("this run"): the sentence of one that we throw; that
/// memory ran out; else that it should be reported, with the first line of what it says.
std::string failure(const std::exception& error, std::string_view work = "this");

}  // namespace mergarium::words
