#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/options.h"
#include "app/cli/say.h"
#include "core/evaluation/checkpoint_score.h"
#include "core/founders/founder_names.h"
#include "core/startup/paths.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mergarium::cli {

int score(const Options& options) {
    const auto scores = scoreCheckpoint(founderNamed(options.checkpoint), configurationOf(options), findResources(),
                                        options.threads, mayStart(options));
    if (options.json) {
        auto models = nlohmann::ordered_json::array();
        for (const auto& one : scores) {
            nlohmann::ordered_json groups;
            for (const auto& [name, train] : one.groups) groups[name] = train;
            models.push_back({{"model", one.model},
                              {"train", one.train},
                              {"test", one.test ? nlohmann::ordered_json(*one.test) : nullptr},
                              {"groups", groups}});
        }
        print({{"checkpoint", options.checkpoint}, {"models", models}});
        return kSuccess;
    }
    for (const auto& one : scores) {
        say("{:5.1f} % train  {}   {}\n", 100.0 * one.train,
            one.test ? fmt::format("{:5.1f} % test", 100.0 * *one.test) : "nothing held out", one.model);
        for (const auto& [name, train] : one.groups) say("    {:5.1f} % {}\n", 100.0 * train, name);
    }
    return kSuccess;
}

}  // namespace mergarium::cli
