#pragma once

#include "core/templates/syntax/syntax.h"

#include <string_view>

namespace mergarium::jinja {

/// Reads a template of UTF-8. Tags that need other templates (extends, include, import, block) are refused by name.
/// Throws SyntaxFault.
Block parsed(std::string_view source);

}  // namespace mergarium::jinja
