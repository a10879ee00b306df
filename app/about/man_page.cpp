#include "app/about/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace mergarium {
namespace {

/// As running text: nothing in it is taken for a request or a typographical dash.
std::string roff(const std::string& text) {
    std::string escaped;
    for (const char one : text) {
        if (one == '\\')
            escaped += "\\e";
        else if (one == '-')
            escaped += "\\-";
        else if (one == '\'')
            escaped += "\\(aq";
        else if (one == '`')
            escaped += "\\(ga";
        else if (one == '^')
            escaped += "\\(ha";
        else if (one == '~')
            escaped += "\\(ti";
        else
            escaped += one;
    }
    return escaped.starts_with('.') ? "\\&" + escaped : escaped;
}

std::string sentence(const std::string& text) { return roff(text.empty() || text.back() == '.' ? text : text + "."); }

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

std::string synopsisOf(const std::string& program, const ManualCommand* command,
                       const std::vector<ManualEntry>& entries) {
    std::string line = bold(program);
    if (command) line += " " + bold(command->name);
    const auto options = std::ranges::count_if(entries, [](const auto& one) { return !one.isArgument(); });
    const auto required =
        std::ranges::count_if(entries, [](const auto& one) { return !one.isArgument() && one.required; });
    if (options > required) line += " [" + italic("OPTIONS") + "]";
    for (const auto& entry : entries) {
        if (!entry.isArgument() && !entry.required) continue;
        auto text =
            entry.isArgument() ? italic(entry.names.front()) : bold(entry.names.back()) + " " + italic(entry.value);
        if (entry.isArgument() && entry.repeats) text += "...";
        line += entry.required ? " " + text : " [" + text + "]";
    }
    return line;
}

std::string paragraphsOf(const std::vector<ManualEntry>& entries, bool ofCommand = false) {
    std::string text;
    for (const auto& entry : entries) {
        // Every command has it; said once, of the program.
        if (ofCommand && entry.names.back() == "--help") continue;
        std::vector<std::string> names;
        for (const auto& name : entry.names) names.push_back(entry.isArgument() ? italic(name) : bold(name));
        text += fmt::format(".TP\n{}", fmt::join(names, ", "));
        if (!entry.value.empty() && !entry.isArgument()) text += " " + italic(entry.value);
        text += "\n" + sentence(entry.help) + "\n";
    }
    return text;
}

// What no option says.
constexpr const char* kExitStatus = R"(.SH EXIT STATUS
.TP
0
Success.
.TP
2
Bad input; one line on standard error says what is wrong, where, and what to do.
)";
constexpr const char* kExitStatusOfCommands = R"(.TP
3
The run failed; what was stored before is kept.
.TP
130
Interrupted, and resumable.
)";
constexpr const char* kEnd = R"(.SH ENVIRONMENT
.TP
.B MERGARIUM_RESOURCES
The folder of presets, sweeps, data and models, in place of the installed one.
.TP
.B XDG_DATA_HOME
Where the run database lies when none is named, in place of \(ti/.local/share.
.TP
.BR OMP_WAIT_POLICY ", " OPENBLAS_CORETYPE
How threads wait, and which kernels OpenBLAS uses. Chosen well where they are not set.
.SH FILES
.TP
.I \(ti/.local/share/mergarium/runs.db
The run database when none is named.
.SH SEE ALSO
)";

}  // namespace

std::string manPage(const Manual& manual) {
    std::string upper = manual.program;
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char one) { return static_cast<char>(std::toupper(one)); });
    auto lower = manual.summary;
    if (!lower.empty()) lower.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(lower.front())));
    if (lower.ends_with('.')) lower.pop_back();
    auto page = fmt::format(".TH {} 1 \"\" \"Mergarium {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}\n",
                            roff(upper), roff(manual.version), roff(manual.program), roff(lower),
                            synopsisOf(manual.program, nullptr, manual.entries));
    for (const auto& command : manual.commands)
        page += ".br\n" + synopsisOf(manual.program, &command, command.entries) + "\n";
    page += ".SH DESCRIPTION\n" + sentence(manual.summary) + "\n.SH OPTIONS\n" + paragraphsOf(manual.entries);
    if (!manual.commands.empty()) page += ".SH COMMANDS\n";
    for (const auto& command : manual.commands)
        page += fmt::format(".SS {}\n{}\n{}", roff(command.name), sentence(command.summary),
                            paragraphsOf(command.entries, /*ofCommand=*/true));
    page += kExitStatus;
    if (!manual.commands.empty()) page += kExitStatusOfCommands;
    page += kEnd;
    page += manual.commands.empty() ? ".BR mergarium\\-cli (1)\n" : ".BR mergarium (1)\n";
    return page;
}

}  // namespace mergarium
