#pragma once

#include "app/about/manual.h"

#include <string>
#include <vector>

namespace mergarium {

/// What can be offered for a value: see ManualEntry::value.
struct ValueKinds {
    bool files = false;
    bool folders = false;
    bool keys = false;
    std::vector<std::string> words;
};

ValueKinds kindsOf(const std::string& value, const ManualWords& words);

}  // namespace mergarium
