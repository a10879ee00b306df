#include "app/about/manual.h"

#include "app/about/value_kinds.h"
#include "core/configuration/configuration.h"
#include "core/configuration/presets.h"
#include "core/startup/paths.h"
#include "core/sweeps/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace mergarium {

ValueKinds kindsOf(const std::string& value, const ManualWords& words) {
    ValueKinds kinds;
    std::istringstream alternatives(value);
    for (std::string one; std::getline(alternatives, one, '|');) {
        if (one == "FILE")
            kinds.files = true;
        else if (one == "FOLDER")
            kinds.folders = true;
        else if (one == "KEY=VALUE")
            kinds.keys = true;
        else if (one == "PRESET")
            kinds.words.insert(kinds.words.end(), words.presets.begin(), words.presets.end());
        else if (one == "SWEEP")
            kinds.words.insert(kinds.words.end(), words.sweeps.begin(), words.sweeps.end());
        else if (std::ranges::none_of(one, [](unsigned char letter) { return std::isupper(letter); }))
            kinds.words.push_back(one);
    }
    return kinds;
}

ManualWords readManualWords(const std::string& resources) {
    ManualWords words;
    for (const auto& preset : readPresets(resources)) words.presets.push_back(preset.name);
    for (const auto& sweep : readSweepPresets(resources)) words.sweeps.push_back(sweep.name);
    // Keys of maps in lists can't be set one by one.
    for (const auto& parameter : allParameters())
        if (parameter.key.find('[') == std::string::npos) words.keys.push_back(parameter.key);
    return words;
}

std::string writeManual(const Manual& manual, const std::string& form) {
    if (form == "man") return manPage(manual);
    if (form == "bash") return bashCompletion(manual, readManualWords(findResources().string()));
    if (form == "zsh") return zshCompletion(manual, readManualWords(findResources().string()));
    throw std::runtime_error(fmt::format("{}: a manual is written as man, bash or zsh.", form));
}

}  // namespace mergarium
