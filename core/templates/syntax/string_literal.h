#pragma once

#include <string>
#include <string_view>

namespace mergarium::jinja {

/// What stands between the quotes of a text, with Python's escapes resolved. Throws Fault.
std::string unescaped(std::string_view literal);

}  // namespace mergarium::jinja
