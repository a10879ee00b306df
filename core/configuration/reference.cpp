#include "core/configuration/reference.h"

#include "core/configuration/configuration.h"
#include "core/fields/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace mergarium {
namespace {

constexpr const char* kHeading = R"(# Run configuration

<!-- Generated: mergarium-cli parameters --markdown > docs/configuration.md -->

A run is described by one YAML file; the presets in `resources/presets` are such files. Every key may be left out.
Unknown keys, and keys of another kind of task or strategy, are refused with the key and its line. On the command line
`--set key=value` sets a dotted key to a YAML value: `--set strategy.ratio='{beta: 0.3}'`. Relative paths in a file are
relative to the file.

```yaml
name: digits from specialists
task: {kind: digits}
founders: reference-specialists
strategy: {kind: m2n2, archive: 20, alpha: 1.0, attraction: true, splits: 1}
budget: {evaluations: 10000}
seed: 42
device: auto
```
)";

/// In a cell of a table.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
    return text;
}

std::string table(const std::vector<FieldEntry>& entries) {
    std::string text = "\n| key | is | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const auto& entry : entries)
        text += fmt::format("| `{}` | {} | {} | {} |\n", entry.key, cell(entry.values),
                            entry.standard.empty() ? std::string() : fmt::format("`{}`", cell(entry.standard)),
                            cell(entry.help));
    return text;
}

std::vector<FieldEntry> below(const std::string& prefix, std::vector<FieldEntry> entries) {
    std::erase_if(entries, [&](const FieldEntry& entry) { return !entry.key.starts_with(prefix); });
    return entries;
}

template <typename Variant>
std::string kinds(const std::string& title, const std::string& section, Variant RunConfiguration::*part) {
    auto text = fmt::format("\n## {}\n", title);
    for (const auto& settings : defaultKinds<Variant>()) {
        RunConfiguration configuration;
        configuration.*part = settings;
        auto entries = below(section + ".", parametersOf(configuration));
        std::erase_if(entries, [&](const FieldEntry& entry) { return entry.key == section + ".kind"; });
        std::string summary(std::visit([](const auto& one) { return one.kSummary; }, settings));
        summary.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(summary.front())));
        text += fmt::format("\n### `{}: {{kind: {}}}`\n\n{}.\n", section, kindOf(settings), summary);
        if (!entries.empty()) text += table(entries);
    }
    return text;
}

}  // namespace

std::string configurationReference() {
    auto general = parametersOf({});
    std::erase_if(general, [](const FieldEntry& entry) {
        return (entry.key.starts_with("task.") || entry.key.starts_with("strategy.")) && !entry.key.ends_with(".kind");
    });
    return kHeading + std::string("\n## General\n") + table(general) + kinds("Tasks", "task", &RunConfiguration::task) +
           kinds("Strategies", "strategy", &RunConfiguration::strategy);
}

}  // namespace mergarium
