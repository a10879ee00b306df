#include "app/about/manual.h"
#include "app/about/value_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mergarium {
namespace {

/// As it is inside the specifications of _arguments, and inside single quotes.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char one : text) {
        if (one == '[' || one == ']' || one == ':' || one == '\\') result += '\\';
        result += one == '\'' ? std::string("'\\''") : std::string(1, one);
    }
    return result;
}

/// A function that offers the values of one kind, since they don't fit into a specification.
class Offers {
public:
    Offers(std::string program, const ManualWords& words) : program_(std::move(program)), words_(words) {}

    /// The action for this value; " " where nothing can be offered.
    std::string actionFor(const std::string& value) {
        const auto kinds = kindsOf(value, words_);
        std::vector<std::string> offers;
        if (!kinds.words.empty())
            offers.push_back(fmt::format("'words:{}:({})'", escaped(value), fmt::join(kinds.words, " ")));
        if (kinds.keys) offers.push_back(fmt::format("'keys:key:compadd -S = -- {}'", fmt::join(words_.keys, " ")));
        if (kinds.files) offers.push_back("'files:file:_files'");
        if (kinds.folders) offers.push_back("'folders:folder:_files -/'");
        if (offers.empty()) return " ";
        const auto known = std::ranges::find(values_, value);
        const auto name = fmt::format("_{}_value_{}", program_, known - values_.begin() + 1);
        if (known == values_.end()) {
            values_.push_back(value);
            functions_ += fmt::format("{}() {{\n  _alternative {}\n}}\n", name, fmt::join(offers, " "));
        }
        return name;
    }
    const std::string& functions() const { return functions_; }

private:
    std::string program_;
    const ManualWords& words_;
    std::vector<std::string> values_;
    std::string functions_;
};

std::string specificationsOf(const std::vector<ManualEntry>& entries, Offers& offers) {
    std::string text;
    int argument = 0;
    for (const auto& entry : entries) {
        const auto action = entry.value.empty() ? " " : offers.actionFor(entry.value);
        if (entry.isArgument()) {
            const auto place = entry.repeats ? std::string("*") : std::to_string(++argument);
            text += fmt::format(" \\\n        '{}:{}:{}'", place, escaped(entry.names.front()), action);
            continue;
        }
        for (const auto& name : entry.names) {
            text += fmt::format(" \\\n        '{}{}", entry.repeats ? "*" : "", name);
            const bool isLong = name.starts_with("--");
            if (!entry.value.empty() && isLong) text += "=";
            text += fmt::format("[{}]", escaped(entry.help));
            if (!entry.value.empty()) text += fmt::format(":{}:{}", escaped(entry.value), action);
            text += "'";
        }
    }
    return text;
}

}  // namespace

std::string zshCompletion(const Manual& manual, const ManualWords& words) {
    Offers offers(manual.program, words);
    std::string body = fmt::format("_{}() {{\n", manual.program);
    if (manual.commands.empty()) {
        body += "  _arguments" + specificationsOf(manual.entries, offers) + "\n";
    } else {
        body += "  local curcontext=$curcontext state line\n  local -A opt_args\n  _arguments -C" +
                specificationsOf(manual.entries, offers) +
                " \\\n    '1: :->command' \\\n    '*:: :->arguments'\n  case $state in\n  command)\n    local -a "
                "commands=(\n";
        for (const auto& command : manual.commands)
            body += fmt::format("      '{}:{}'\n", command.name, escaped(command.summary));
        body += "    )\n    _describe command commands\n    ;;\n  arguments)\n    case $words[1] in\n";
        for (const auto& command : manual.commands)
            body += fmt::format("    {})\n      _arguments{}\n      ;;\n", command.name,
                                specificationsOf(command.entries, offers));
        body += "    esac\n    ;;\n  esac\n";
    }
    body += "}\n";
    return fmt::format("#compdef {0}\n# Completes {0} in zsh; {0} wrote it.\n{1}{2}_{0} \"$@\"\n", manual.program,
                       offers.functions(), body);
}

}  // namespace mergarium
