#include "core/configuration/command_line.h"

#include "core/configuration/short_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace mergarium {
namespace {

constexpr std::string_view kProgram = "mergarium-cli";
/// Options with a value, and without, that change nothing of what a run computes.
constexpr std::array<std::string_view, 4> kOthersWithValue{"--db", "--lanes", "--threads", "--resources"};
constexpr std::array<std::string_view, 2> kOthers{"--json", "--trust-program"};

bool isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-+=./:,@%").find(c) != std::string_view::npos;
}

std::string shellQuoted(std::string_view word) {
    if (!word.empty() && std::ranges::all_of(word, isPlain)) return std::string(word);
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + '\'';
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool isOneOf(std::string_view word, const auto& words) { return std::ranges::find(words, word) != words.end(); }

/// The key that an option of its own stands for; empty for others.
std::string_view keyOf(std::string_view option) {
    if (option == "--seed") return "seed";
    if (option == "--evaluations") return "budget.evaluations";
    if (option == "--device") return "device";
    return {};
}

RunConfiguration readNamed(const std::string& name, const std::vector<Override>& overrides,
                           const std::vector<Preset>& presets, const std::filesystem::path& folder) {
    const auto preset = std::ranges::find(presets, name, &Preset::name);
    if (preset == presets.end()) return readConfiguration(folder / name, overrides);
    return parseConfiguration(toYaml(preset->configuration), name, overrides);
}

}  // namespace

std::string commandLineOf(const RunConfiguration& configuration, const std::vector<Preset>& presets) {
    std::optional<std::vector<Override>> least;
    std::string name;
    for (const auto& preset : presets) {
        auto overrides = overridesFrom(preset.configuration, configuration);
        if (least && overrides.size() >= least->size()) continue;
        least = std::move(overrides);
        name = preset.name;
    }
    auto line = fmt::format("{} run {}", kProgram, shellQuoted(name));
    if (least)
        for (const auto& one : *least) line += fmt::format(" --set {}", shellQuoted(one.key + '=' + one.value));
    return line;
}

std::vector<std::string> shellWords(std::string_view line) {
    std::vector<std::string> words;
    bool inWord = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size() &&
                             (quote == 0 || std::string_view("\"\\$`\n").find(line[i + 1]) != std::string_view::npos);
        if (!inWord && (quote != 0 || escapes || !isBlank(c))) {
            // A line that goes on in the next one begins no word.
            if (escapes && line[i + 1] == '\n') {
                ++i;
                continue;
            }
            words.emplace_back();
            inWord = true;
        }
        if (escapes) {
            if (line[++i] != '\n') words.back() += line[i];
        } else if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                words.back() += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (isBlank(c)) {
            inWord = false;
        } else {
            words.back() += c;
        }
    }
    if (quote != 0) throw ConfigurationError(fmt::format("The command line has a {} that is not closed.", quote));
    return words;
}

bool isCommandLine(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n$");
    if (begin == std::string_view::npos) return false;
    auto word = text.substr(begin);
    word = word.substr(0, word.find_first_of(" \t\r\n"));
    return word == kProgram || word.ends_with('/' + std::string(kProgram));
}

RunConfiguration parseCommandLine(std::string_view line, const std::vector<Preset>& presets,
                                  const std::filesystem::path& folder) {
    auto words = shellWords(line);
    if (!words.empty() && words.front() == "$") words.erase(words.begin());
    if (words.size() < 2 || words[1] != "run")
        throw ConfigurationError("The command line is not one of mergarium-cli run; paste one that is.");
    std::optional<std::string> name;
    std::vector<Override> overrides;
    for (std::size_t i = 2; i < words.size(); ++i) {
        auto word = words[i];
        if (!word.starts_with("--")) {
            if (name) throw ConfigurationError(fmt::format("'{}' is one name too many after '{}'.", word, *name));
            name = word;
            continue;
        }
        if (isOneOf(word, kOthers)) continue;
        std::optional<std::string> value;
        if (const auto equals = word.find('='); equals != std::string::npos) {
            value = word.substr(equals + 1);
            word.resize(equals);
        } else if (i + 1 < words.size()) {
            value = words[++i];
        }
        const bool known = word == "--set" || !keyOf(word).empty() || isOneOf(word, kOthersWithValue);
        if (!known) throw ConfigurationError(fmt::format("The command line's option {} is not one of run.", word));
        if (!value) throw ConfigurationError(fmt::format("The command line's option {} has no value.", word));
        if (word == "--set")
            overrides.push_back(parseOverride(*value));
        else if (const auto key = keyOf(word); !key.empty())
            overrides.push_back({std::string(key), *value});
    }
    if (!name) throw ConfigurationError("The command line names no preset and no file.");
    return readNamed(*name, overrides, presets, folder);
}

}  // namespace mergarium
