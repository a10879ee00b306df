#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mergarium {

/// Text out of a file, as it goes into a sentence: on one line, cut before a whole character where it is longer than
/// `most` bytes. The text is UTF-8.
std::string excerptOf(std::string_view text, std::size_t most = 200);

}  // namespace mergarium
