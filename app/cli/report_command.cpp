#include "app/about/version.h"
#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/say.h"
#include "core/report/stored_report.h"
#include "core/startup/paths.h"

#include <nlohmann/json.hpp>

namespace mergarium::cli {

int report(const Options& options) {
    writeReport(storedReport(databaseOf(options), {options.run}, findResources(), versionText("mergarium-cli")),
                options.out);
    if (options.json)
        print({{"run", options.run}, {"file", options.out}});
    else
        say("{}\n", options.out);
    return kSuccess;
}

}  // namespace mergarium::cli
