#include "app/cli/commands.h"
#include "app/cli/common.h"
#include "app/cli/exit_code.h"
#include "core/session/checkpoint_score.h"
#include "core/session/process.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mergarium::cli {

int score(const Options& options) {
    const auto scores = scoreCheckpoint(options.checkpoint, configurationOf(options), findResources(), options.threads);
    if (options.json) {
        auto models = nlohmann::ordered_json::array();
        for (const auto& one : scores) models.push_back({{"model", one.model}, {"train", one.train}, {"test", one.test}});
        print({{"checkpoint", options.checkpoint}, {"models", models}});
        return kSuccess;
    }
    for (const auto& one : scores) fmt::print("{:5.1f} % train  {:5.1f} % test   {}\n", 100.0 * one.train, 100.0 * one.test, one.model);
    return kSuccess;
}

}  // namespace mergarium::cli
