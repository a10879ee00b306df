#pragma once

#include "core/templates/library/tools.h"

#include <functional>
#include <map>

namespace mergarium::jinja {

using Filter = Value (*)(Tools&, const Value&, const Arguments&);

/// The filters of texts and numbers, and of what is gone through, by name.
const std::map<std::string_view, Filter>& plainFilters();
const std::map<std::string_view, Filter>& sequenceFilters();

/// What an attribute named like "function.name", or a number, yields of a value.
Value attributeAlong(Tools& tools, const Value& value, const Value& path);
/// As sorting sees a value that tells no capitals from small letters.
Value withoutCase(Tools& tools, const Value& value);

}  // namespace mergarium::jinja
