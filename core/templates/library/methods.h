#pragma once

#include "core/templates/library/tools.h"

#include <map>

namespace mergarium::jinja {

using TextMethod = Value (*)(Tools&, const std::string& self, const Arguments&);

/// The methods of texts, by name.
const std::map<std::string_view, TextMethod>& textMethods();

/// With `what` replaced `most` times at most, at the cost of what comes of it.
Value replacedText(Tools& tools, std::string_view text, std::string_view what, std::string_view by, std::size_t most);

}  // namespace mergarium::jinja
