#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/say.h"
#include "core/import/import_runs.h"
#include "core/labels/run_notes.h"
#include "core/store/run_catalog.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace mergarium::cli {

int note(const Options& options) {
    const auto database = databaseOf(options);
    if (options.note) setRunNotes(database, {options.run}, *options.note);
    const auto runs = RunCatalog(database).runs();
    const auto run = std::ranges::find(runs, RunId{options.run}, &RunSummary::id);
    if (run == runs.end())
        throw std::runtime_error(fmt::format("{}: there is no run {}.", database.string(), options.run));
    if (options.json)
        print({{"run", options.run}, {"notes", run->notes}});
    else if (!options.note && !run->notes.empty())
        say("{}\n", words::visible(run->notes, true));
    return kSuccess;
}

int importOthers(const Options& options) {
    const auto database = databaseOf(options);
    std::vector<RunId> wanted;
    for (const auto& number : options.compared) wanted.push_back({std::stoll(number)});
    if (wanted.empty()) {
        // In the order in which they were made there.
        for (const auto& run : RunCatalog(options.otherDatabase).runs()) wanted.insert(wanted.begin(), run.id);
    }
    const auto imported = importRuns(database, options.otherDatabase, wanted);
    if (options.json) {
        nlohmann::ordered_json runs = nlohmann::ordered_json::array();
        for (const auto run : imported.runs) runs.push_back(run.value);
        print({{"runs", runs}, {"refused", imported.refused}, {"database", database.string()}});
    } else {
        for (const auto run : imported.runs) say("{:>5}\n", run.value);
        for (const auto& sentence : imported.refused) sayAside("{}\n", words::visible(sentence));
    }
    return imported.refused.empty() ? kSuccess : kRunFailed;
}

}  // namespace mergarium::cli
