#pragma once

#include "core/templates/values/value.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace mergarium::jinja {

/// How `json.dumps` writes; as transformers' `tojson`, letters beyond ASCII stay as they are.
struct JsonStyle {
    /// Written once per level; absent: all on one line.
    std::optional<std::string> indent;
    std::string betweenItems = ", ";
    std::string behindKey = ": ";
    bool sortKeys = false;
    bool ascii = false;
};

/// Throws Fault for what JSON can't hold.
std::string jsonText(Budget& budget, const Value& value, const JsonStyle& style);

/// Throws Fault for whole numbers beyond 64 bits with a sign.
Value valueOf(Budget& budget, const nlohmann::ordered_json& json);

}  // namespace mergarium::jinja
