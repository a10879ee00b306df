#include "app/cli/program_manual.h"

#include "app/about/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace mergarium::cli {
namespace {

ManualEntry entryOf(const CLI::Option& option) {
    ManualEntry entry{.help = option.get_description(),
                      .required = option.get_required(),
                      .repeats = option.get_items_expected_max() > 1};
    if (option.get_positional()) entry.names.push_back(option.get_name(/*positional=*/true));
    for (const auto& name : option.get_snames()) entry.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) entry.names.push_back("--" + name);
    // What checks the value adds its own description after a colon.
    if (const auto type = option.get_type_name(); option.get_items_expected_max() > 0)
        entry.value = type.substr(0, type.find(':'));
    return entry;
}

void addEntries(std::vector<ManualEntry>& entries, const CLI::App& app) {
    for (const auto* option : app.get_options()) {
        auto entry = entryOf(*option);
        // A group of options has the help once more.
        const bool known = std::ranges::find(entries, entry) != entries.end();
        if (!option->get_group().empty() && !known) entries.push_back(std::move(entry));
    }
    for (const auto* group : app.get_subcommands({}))
        if (group->get_name().empty()) addEntries(entries, *group);
}

}  // namespace

Manual manualOf(const CLI::App& program) {
    Manual manual{.program = program.get_name(), .version = versionNumber(), .summary = program.get_description()};
    addEntries(manual.entries, program);
    for (const auto* command : program.get_subcommands({})) {
        if (command->get_name().empty() || command->get_group().empty()) continue;
        auto& one = manual.commands.emplace_back(
            ManualCommand{.name = command->get_name(), .summary = command->get_description()});
        addEntries(one.entries, *command);
    }
    return manual;
}

}  // namespace mergarium::cli
