#include "app/about/manual.h"
#include "app/about/value_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium {
namespace {

/// The name of a shell function for the program.
std::string functionOf(const Manual& manual) {
    std::string name = "_" + manual.program;
    std::ranges::replace(name, '-', '_');
    return name;
}

std::string offerOf(const Manual& manual, const ValueKinds& kinds, const ManualWords& words) {
    auto offered = kinds.words;
    if (kinds.keys)
        for (const auto& key : words.keys) offered.push_back(key + "=");
    const char* what = kinds.files ? "files" : kinds.folders ? "folders" : kinds.keys ? "keys" : "words";
    return fmt::format("{}_offer {} '{}'", functionOf(manual), what, fmt::join(offered, " "));
}

/// What follows a command, or the program where it has none.
std::string branchOf(const Manual& manual, const std::vector<ManualEntry>& entries, const ManualWords& words) {
    std::string values;
    std::vector<std::string> options;
    std::string argument;
    for (const auto& entry : entries) {
        const auto offer = offerOf(manual, kindsOf(entry.value, words), words);
        if (entry.isArgument()) {
            if (argument.empty()) argument = offer;
            continue;
        }
        options.insert(options.end(), entry.names.begin(), entry.names.end());
        if (!entry.value.empty())
            values += fmt::format("        {}) {}; return ;;\n", fmt::join(entry.names, "|"), offer);
    }
    std::string text;
    if (!values.empty()) text += "        case $prev in\n" + values + "        esac\n";
    text += fmt::format("        if [[ $cur == -* ]]; then {}_offer words '{}'; return; fi\n", functionOf(manual),
                        fmt::join(options, " "));
    if (!argument.empty()) text += "        " + argument + "\n";
    return text;
}

}  // namespace

std::string bashCompletion(const Manual& manual, const ManualWords& words) {
    const auto function = functionOf(manual);
    auto text = fmt::format("# Completes {0} in bash; {0} wrote it.\n", manual.program);
    text += function + R"(_offer() {
    mapfile -t COMPREPLY < <(
        [ -z "$2" ] || compgen -W "$2" -- "$cur"
        case $1 in
        files) compgen -f -- "$cur" ;;
        folders) compgen -d -- "$cur" ;;
        esac
    )
    case $1 in
    files | folders) compopt -o filenames 2>/dev/null ;;
    keys) compopt -o nospace 2>/dev/null ;;
    esac
}
)";
    text += function + R"(() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= index
    COMPREPLY=()
    # --option=value and --set key=value arrive with = as a word of its own.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if [[ $prev != -* && ${COMP_WORDS[COMP_CWORD]}${COMP_WORDS[COMP_CWORD-1]} == *=* ]]; then return; fi
)";
    if (!manual.commands.empty())
        text += R"(    for ((index = 1; index < COMP_CWORD; index++)); do
        if [[ ${COMP_WORDS[index]} != -* ]]; then
            command=${COMP_WORDS[index]}
            break
        fi
    done
)";
    text += "    case $command in\n";
    for (const auto& command : manual.commands)
        text += fmt::format("    {})\n{}        ;;\n", command.name, branchOf(manual, command.entries, words));
    auto entries = manual.entries;
    if (!manual.commands.empty()) {
        ManualEntry names{.names = {"COMMAND"}, .value = {}, .help = {}};
        for (const auto& command : manual.commands) names.value += (names.value.empty() ? "" : "|") + command.name;
        entries.push_back(std::move(names));
    }
    text += fmt::format("    '')\n{}        ;;\n    esac\n}}\ncomplete -F {} {}\n", branchOf(manual, entries, words),
                        function, manual.program);
    return text;
}

}  // namespace mergarium
