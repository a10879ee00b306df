#pragma once

#include "core/text/words.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace mergarium::cli {

/// Prints on stdout what is for people, as a terminal may show it.
template <typename... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(words::visible(fmt::format(format, std::forward<Values>(values)...), true).c_str(), stdout);
}

/// The same on stderr.
template <typename... Values>
void sayAside(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(words::visible(fmt::format(format, std::forward<Values>(values)...), true).c_str(), stderr);
}

}  // namespace mergarium::cli
